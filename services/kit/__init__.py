"""What every service is built from; no domain words in it. `docs/kit.md` is the overview."""
