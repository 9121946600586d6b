"""How packs are changed where a clause rests."""

import pytest

from services.kit.policy import load, validate
from services.kit.policy.source import read, write
from tests.scenario.mutants import mutants
from tests.unit.kit.policy.office import BREACH, CATALOGUE, data, rule

STEPS = [
    {"id": "a", "act": "sign", "role": "head", "may": ["differ"], "also": {"trips/2.1": ["differ"]}},
    {"id": "b", "act": "sign", "role": "boss", "when": {"urgent": True}},
    {"id": "c", "act": "read", "role": "clerk", "after": ["a"]},
]
CHAIN = {
    "up": {"clause": "trips/2.1", "step": {"value": 1, "unit": "working_days", "time": "09:00"}, "levels": [["clerk"], ["head"], ["boss"]]}
}


def described(*rules, clause="trips/1.1", **head):
    pack = write(data(*rules, **head))
    return [mutant.description for mutant in mutants(pack, clause, CATALOGUE)]


def test_a_number_goes_one_up_and_one_down_and_the_rule_away():
    limit = rule("limit", on="trips.step.arrived", budget={"value": 6, "unit": "clock_hours"}, ladder=BREACH)
    assert described(limit) == ["one taken away", "one: value 6 → 7", "one: value 6 → 5"]


def test_a_number_that_cannot_be_smaller_only_goes_up():
    limit = rule("limit", on="trips.step.arrived", budget={"value": 1, "unit": "clock_hours"}, ladder=BREACH)
    assert described(limit) == ["one taken away", "one: value 1 → 2"]


def test_a_refusal_becomes_a_finding():
    assert described(rule("check", require={"count": "matters", "max": 1})) == [
        "one taken away",
        "one: max 1 → 2",
        "one: max 1 → 0",
        "one: refuse made finding",
    ]


def test_steps_are_exchanged_left_out_and_given_to_somebody_else():
    route = rule("procedure", on="trips.trip.route", steps=STEPS)
    assert described(route) == [
        "one taken away",
        "one: a and b exchanged",
        "one.a left out",
        "one.b left out",
        "one.b: always",
        "one.c left out",
    ]


def test_steps_beside_each_other_are_not_exchanged():
    beside = [{"id": "a", "act": "sign", "role": "head"}, {"id": "b", "act": "read", "role": "boss", "after": []}]
    assert "one: a and b exchanged" not in described(rule("procedure", on="trips.trip.route", steps=beside))


def test_a_step_that_is_left_out_leaves_no_gap():
    route = rule("procedure", on="trips.trip.route", steps=STEPS)
    (left,) = [m for m in mutants(write(data(route)), "trips/1.1", CATALOGUE) if m.description == "one.a left out"]
    steps = load(left.pack).rules[0].procedure.steps
    assert [(step.id, step.after) for step in steps] == [("b", ()), ("c", ())]


def test_a_clause_that_shares_a_step_changes_only_its_own():
    assert described(rule("procedure", on="trips.trip.route", steps=STEPS), clause="trips/2.1") == ["one.a: may not differ"]


def test_a_chain_loses_levels_and_exchanges_them():
    limit = rule("limit", on="trips.step.arrived", budget={"value": 6, "unit": "clock_hours"}, ladder="all")
    ladders = {"all": [*BREACH, {"do": "escalate", "chain": "up"}]}
    assert described(limit, clause="trips/2.1", chains=CHAIN, ladders=ladders) == [
        "chain up: value 1 → 2",
        "chain up: 09:00 an hour later",
        "chain up: head and boss exchanged",
        "chain up: without head",
        "ladder all: without chain up",
    ]


@pytest.mark.parametrize("at", [["09:00", "15:00"]])
def test_hours_are_moved_and_dropped(at):
    duty = rule("schedule", do="trips.remind", times={"every": "day", "at": at})
    assert described(duty)[1:] == ["one: 09:00 an hour later", "one: without 09:00", "one: 15:00 an hour later", "one: without 15:00"]


def test_every_changed_pack_is_loadable_and_another_one():
    pack = write(data(rule("procedure", on="trips.trip.route", steps=STEPS), rule("check", "two", require={"present": "title"})))
    for mutant in mutants(pack, "trips/1.1", CATALOGUE):
        assert validate(mutant.pack, CATALOGUE) == []
        assert read(mutant.pack).data != read(pack).data
