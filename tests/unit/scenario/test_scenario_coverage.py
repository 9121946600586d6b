"""What the run of the scenarios says of each clause."""

import json
from types import SimpleNamespace

import pytest

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


def test_a_clause_that_nobody_claims_is_missing():
    assert status(said(clauses=["ganzhou/2.2"])) == "missing"


def test_a_clause_passes_when_every_change_is_noticed():
    assert status(said(killed=[["ganzhou/2.1", "x"]])) == "passing"


def test_a_change_that_nobody_notices_fails_the_clause():
    assert status(said(survived=[["ganzhou/2.1", "x"]])) == "failing"


def test_it_is_enough_that_one_scenario_notices():
    assert status(said(survived=[["ganzhou/2.1", "x"]]), said(killed=[["ganzhou/2.1", "x"]])) == "passing"


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
