"""Regulations as data. `docs/policy-packs.md` tells how packs are written, `docs/kit.md` what services ask of them."""

from services.kit.policy.catalogue import Catalogue, FactCatalogue
from services.kit.policy.load import load, load_data, load_file, validate
from services.kit.policy.pack import Pack
from services.kit.policy.ruleset import RuleSet
from services.kit.policy.source import BadPack, Problem

__all__ = ["BadPack", "Catalogue", "FactCatalogue", "Pack", "Problem", "RuleSet", "load", "load_data", "load_file", "validate"]
