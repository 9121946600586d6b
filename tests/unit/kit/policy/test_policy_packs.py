"""The packs that come with the platform: nothing is wrong with them, and they say what the catalogue of the regulations says."""

from pathlib import Path

import pytest
import yaml

from services.kit.policy import load_file, validate
from services.kit.policy.precedence import clashes
from services.kit.policy.rules import ProcedureRule
from services.platform.policy_cli import catalogue

ROOT = Path(__file__).parents[4]
PACKS = sorted((ROOT / "deploy/policies").glob("*.yaml"))
REGULATIONS = ROOT / "tests/regulations"
DOCUMENTS = {"documents", "directory"}


def regulation(pack):
    """The entries of the catalogue for a pack, and the text of the regulation."""
    entries = yaml.safe_load((REGULATIONS / f"{pack}.yaml").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in entries["clauses"]}, (REGULATIONS / "texts" / entries["source_file"]).read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_a_pack(path):
    source = REGULATIONS / f"{path.stem}.yaml"
    text = regulation(path.stem)[1] if source.is_file() else None
    assert [str(problem) for problem in validate(path, catalogue(), text)] == []


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_clause_of_a_pack_carries_a_rule_or_a_step(path):
    pack = load_file(path)
    used = {clause for rule in pack.rules for clause in rule.clauses}
    used |= {step.clause for rule in pack.rules if isinstance(rule, ProcedureRule) for step in rule.procedure.steps}
    used |= {clause for rule in pack.rules for step in rule.source.get("steps", ()) for clause in step.get("also", ())}
    used |= {
        demand.clause
        for rule in pack.rules
        if isinstance(rule, ProcedureRule)
        for step in rule.procedure.steps
        for demand in step.refuse.values()
    }
    used |= {rule.source[key] for rule in pack.rules for key in ("gap_clause", "approval_clause") if key in rule.source}
    used |= {pack.data["effective_clause"]} if "effective_clause" in pack.data else set()
    used |= {pack.head.binds.clause} if pack.head.binds is not None else set()
    used |= {chain["clause"] for chain in pack.data.get("chains", {}).values()}
    used |= {rung["clause"] for ladder in pack.data.get("ladders", {}).values() for rung in ladder if "clause" in rung}
    assert {clause.id for clause in pack.clauses.values() if not clause.guidance} - used == set()


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_no_text_is_there_for_nothing(path):
    pack = load_file(path)
    written = path.read_text(encoding="utf-8")
    texts = written.index("\ntexts:") + len("\ntexts:")
    rest = written[:texts] + written[written.index("\nclauses:", texts) :]
    assert [reason for reason in pack.texts if reason not in rest] == []


@pytest.mark.parametrize("name", ["ganzhou-water-2019", "hebei-documents-2018", "yiyuan-procedures"])
def test_articles_and_quotes_are_those_of_the_catalogue(name):
    entries, _ = regulation(name)
    pack = load_file(ROOT / f"deploy/policies/{name}.yaml")
    for clause in pack.clauses.values():
        entry = entries[clause.id]
        assert (clause.article, clause.quote, clause.assumed) == (entry["article"], entry["quote"], entry["assumption"])


def test_the_pack_of_ganzhou_has_every_entry_of_documents_and_directory():
    entries, _ = regulation("ganzhou-water-2019")
    pack = load_file(ROOT / "deploy/policies/ganzhou-water-2019.yaml")
    wanted = {clause for clause, entry in entries.items() if entry["service"] in DOCUMENTS}
    assert wanted - set(pack.clauses) == set()


@pytest.mark.parametrize("name", ["ganzhou-water-2019", "hebei-documents-2018", "yiyuan-procedures"])
def test_a_regulation_and_the_house_rules_go_together(name):
    packs = [load_file(ROOT / f"deploy/policies/{one}.yaml") for one in (name, "platform-defaults")]
    assert clashes(packs) == []
