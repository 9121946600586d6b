"""Regulations as data. `docs/policy-packs.md` tells how packs are written, `docs/kit.md` what services ask of them."""
