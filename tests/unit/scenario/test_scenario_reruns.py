"""The run on changed packs: what notices, what does not, and that the run ends red with the name of what nobody noticed."""

import pytest

from tests.scenario import conftest, coverage

pytest_plugins = ["pytester"]

PACK = "ganzhou-water-2019"
CLAUSE = "ganzhou/2.1"  # rests on one rule of the pack
CHANGES = 2
TAKEN_AWAY = "lead-unit taken away"
NO_OFFICE = """
    import pytest
    from services.kit.policy import load
    from tests.scenario import packs

    def rule():
        return next((r for r in load(packs.text("ganzhou-water-2019")).rules if r.id == "lead-unit"), None)

"""
WEAK = """
    @pytest.mark.clause("ganzhou/2.1")
    def test_weak():
        assert load(packs.text("ganzhou-water-2019")).rules
"""
STRONG = """
    @pytest.mark.clause("ganzhou/2.1")
    def test_strong():
        assert (rule() and rule().refusal.effect) == "refuse"
"""
HALF = """
    @pytest.mark.clause("ganzhou/2.1")
    def test_half():
        assert rule() is not None
"""
BREAKS = """
    @pytest.mark.clause("ganzhou/2.1")
    def test_breaks():
        rule().id
"""
WITHOUT_OFFICE = """
    @pytest.fixture
    def office():
        rule().id

    @pytest.mark.clause("ganzhou/2.1")
    def test_without_office(office):
        pass
"""
RED = """
    @pytest.mark.clause("ganzhou/2.1")
    def test_red():
        assert packs.text("ganzhou-water-2019") == ""
"""


@pytest.fixture
def rerun(pytester, monkeypatch):
    """Runs scenarios on the changed packs of their clause: how many tests passed and failed, and what was printed."""

    def run(*scenarios, explained=()):
        entries = tuple({"clause": CLAUSE, "change": change, "why": "for the test"} for change in explained)
        monkeypatch.setattr(coverage, "_survivors", lambda: entries)
        pytester.makeini("[pytest]\nmarkers = clause(id)")
        pytester.makepyfile(NO_OFFICE + "".join(scenarios))
        # Imported before the run: what it brings in it takes away again, and the next one would begin with modules of its own.
        plugins = ("-p", "no:pytest_nameko", "-p", "no:xdist", "-p", conftest.__name__)
        result = pytester.runpytest_inprocess(*plugins, "--mutants", "-q")
        counts = result.parseoutcomes()
        return counts.get("passed", 0), counts.get("failed", 0), str(result.stdout)

    return run


def test_what_is_noticed_is_counted(rerun):
    passed, failed, said = rerun(STRONG)
    assert (passed, failed) == (2, 0)
    assert f"{CHANGES} changes of packs, 0 survivors (0 of them explained), 0 not usable" in said


def test_a_change_that_nobody_notices_ends_the_run_red_and_by_its_name(rerun):
    passed, failed, said = rerun(WEAK)
    assert (passed, failed) == (1, 1)
    assert f"{CLAUSE}: no scenario notices: {TAKEN_AWAY}" in said
    assert f"::changed-packs[{CLAUSE}]" in said
    assert f"{CHANGES} changes of packs, {CHANGES} survivors" in said


def test_each_change_is_noticed_by_itself(rerun):
    _, failed, said = rerun(HALF)
    assert failed == 1
    assert TAKEN_AWAY not in said
    assert f"{CHANGES} changes of packs, 1 survivors" in said


def test_it_is_enough_that_one_of_several_scenarios_notices(rerun):
    assert rerun(WEAK, HALF, STRONG)[:2] == (4, 0)


def test_to_break_is_not_to_notice(rerun):
    _, failed, said = rerun(BREAKS)
    assert failed == 1
    assert f"no scenario notices: {TAKEN_AWAY}" in said
    assert "AttributeError" in said


def test_a_pack_without_which_no_office_opens_proves_nothing(rerun):
    _, failed, said = rerun(WITHOUT_OFFICE)
    assert failed == 1
    assert f"{CLAUSE}: the changed pack could not be used: {TAKEN_AWAY}" in said


def test_a_scenario_that_fails_anyway_notices_nothing(rerun):
    assert rerun(RED, STRONG)[:2] == (2, 1)
    passed, failed, said = rerun(RED, WEAK)
    assert (passed, failed) == (1, 2)
    assert f"{CHANGES} survivors" in said


def test_a_survivor_that_is_explained_passes(rerun):
    passed, failed, said = rerun(HALF, explained=["lead-unit: refuse made finding"])
    assert (passed, failed) == (2, 0)
    assert "1 survivors (1 of them explained)" in said


@pytest.mark.parametrize("change", [TAKEN_AWAY, "no change of this name"])
def test_an_explanation_that_is_not_needed_fails(rerun, change):
    passed, failed, said = rerun(STRONG, explained=[change])
    assert (passed, failed) == (1, 1)
    assert f"explained in survivors.yaml, and yet noticed or not made: {change}" in said
