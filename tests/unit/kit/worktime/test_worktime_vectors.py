"""Every computed instant of the regulations catalogue, as a literal that our code has to reproduce."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from services.kit.worktime import Budget, Calendar, due, latest_before

CATALOGUE = Path(__file__).parents[3] / "regulations"
VECTORS = [
    pytest.param(vector, id=f"{clause['id']}-{number}")
    for path in sorted(CATALOGUE.glob("*.yaml"))
    for clause in yaml.safe_load(path.read_text(encoding="utf-8")).get("clauses", [])
    for number, vector in enumerate(clause.get("instants", []))
]
UNITS = {"calendar_days_roll": "calendar_days"}


def budget_of(vector):
    unit = UNITS.get(vector["basis"], vector["basis"])
    # The catalogue states the hour of a weekly duty in its parameters, beside the instants.
    time = vector.get("time") or ("16:00" if unit == "last_working_day_of_iso_week" else None)
    return Budget(vector.get("n"), unit, time)


def start_of(vector):
    if "month" in vector:
        return datetime.fromisoformat(f"{vector['month']}-03T10:00:00+08:00")
    if "week_of" in vector:
        return datetime.fromisoformat(f"{vector['week_of']}T10:00:00+08:00")
    return datetime.fromisoformat(vector["from"])


def event_of(text):
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def computed(vector):
    calendar = Calendar()
    if "event" in vector:
        return latest_before(event_of(vector["event"]), budget_of(vector), calendar)
    return due(start_of(vector), budget_of(vector), calendar)


def test_the_catalogue_is_complete():
    assert len(VECTORS) == 75


@pytest.mark.parametrize("vector", VECTORS)
def test_the_computed_moment_is_the_one_of_the_catalogue(vector):
    result = computed(vector)
    assert result.at == datetime.fromisoformat(vector["due"])
    assert not result.provisional


@pytest.mark.parametrize("vector", [v for v in VECTORS if "n" in v.values[0] and v.values[0]["basis"] != "calendar_days_roll"])
def test_one_unit_more_is_another_moment(vector):
    assert computed({**vector, "n": vector["n"] + 1}).at != datetime.fromisoformat(vector["due"])


@pytest.mark.parametrize("vector", VECTORS)
def test_the_explanation_ends_at_the_moment_of_the_catalogue(vector):
    result = computed(vector)
    entries = result.explanation.entries
    ends = [entry.ends for entry in entries if entry.ends]
    assert (min(ends) if "event" in vector else max(ends)) == datetime.fromisoformat(vector["due"])
    days = sum(entry.days for entry in entries)
    time = sum((entry.time for entry in entries), timedelta())
    budget = budget_of(vector)
    assert (days, time) == ((0, budget.amount) if budget.unit.endswith("hours") else (vector.get("n", 1), timedelta()))
