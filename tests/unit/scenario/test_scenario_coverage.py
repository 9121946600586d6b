"""What the run of the scenarios says of each clause."""

import json
from types import SimpleNamespace

import pytest

from tests.scenario import coverage
from tests.scenario.coverage import CLAUSES, SCENARIO, Report, catalogue_entries

ENTRY = next(entry for entry in catalogue_entries() if entry["id"] == "ganzhou/2.1")


def said(outcome="passed", when="call", clauses=("ganzhou/2.1",), **fates):
    properties = [(CLAUSES, list(clauses)), (SCENARIO, fates)]
    return SimpleNamespace(nodeid="t", when=when, passed=outcome == "passed", failed=outcome == "failed", user_properties=properties)


def status(*reports, entry=ENTRY):
    report = Report(None)
    for one in reports:
        report.pytest_runtest_logreport(one)
    return report.status(entry)


def written_down(monkeypatch, change):
    monkeypatch.setattr(coverage, "_survivors", lambda: ({"clause": "ganzhou/2.1", "change": change, "why": "for the test"},))


def test_a_clause_that_nobody_claims_is_missing():
    assert status(said(clauses=["ganzhou/2.2"])) == "missing"


def test_a_clause_passes_when_every_change_is_noticed():
    assert status(said(killed=[["ganzhou/2.1", "x"]])) == "passing"


def test_a_change_that_nobody_notices_fails_the_clause():
    assert status(said(survived=[["ganzhou/2.1", "x"]])) == "failing"


def test_it_is_enough_that_one_scenario_notices():
    assert status(said(survived=[["ganzhou/2.1", "x"]]), said(killed=[["ganzhou/2.1", "x"]])) == "passing"


def test_what_is_explained_fails_no_clause(monkeypatch):
    written_down(monkeypatch, "x")
    assert status(said(survived=[["ganzhou/2.1", "x"]])) == "passing"
    assert status(said(survived=[["ganzhou/2.1", "x"], ["ganzhou/2.1", "y"]])) == "failing"


def test_the_changes_are_counted_and_those_that_nobody_noticed_named(monkeypatch):
    written_down(monkeypatch, "x")
    changes = [["ganzhou/2.1", name] for name in "xyz"]
    report = Report(None)
    report.pytest_runtest_logreport(said(outcome="failed", survived=changes[:2], unusable=changes[2:], killed=[["ganzhou/2.2", "x"]]))
    assert report.summary() == [
        "ganzhou/2.1: no scenario notices: y",
        "ganzhou/2.1: the changed pack could not be used: z",
        "ganzhou/2.1: explained in survivors.yaml: x",
        "4 changes of packs, 2 survivors (1 of them explained), 1 not usable",
    ]


@pytest.mark.parametrize("when", ["setup", "call", "teardown"])
def test_a_scenario_that_fails_fails_its_clauses(when):
    assert status(said(), said(outcome="failed", when=when)) == "failing"


def test_guidance_is_guidance():
    guidance = next(entry for entry in catalogue_entries() if entry["kind"] == "guidance")
    assert status(entry=guidance) == "guidance"


def test_the_file_has_every_entry_of_the_catalogue(tmp_path):
    report = Report(tmp_path / "coverage.json")
    report.pytest_runtest_logreport(said())
    report.write(tmp_path / "coverage.json")
    entries = json.loads((tmp_path / "coverage.json").read_text())
    assert len(entries) == len(catalogue_entries()) == 609
    assert {tuple(entry) for entry in entries} == {("id", "regulation", "service", "tier", "status")}
    assert [entry["status"] for entry in entries if entry["id"] == "ganzhou/2.1"] == ["passing"]
