"""What the validator says about packs that are wrong: where, what, and how to mend it."""

import sys
from datetime import date

import pytest

from services.kit.policy import validate
from services.kit.policy.source import write
from tests.unit.kit.policy.office import BREACH, CATALOGUE, data, rule

SIGN = {"id": "sign", "act": "sign", "role": "boss"}
CHECK = {"require": {"present": "title"}}


def problems(pack):
    return validate(write(pack), CATALOGUE)


def line_of(pack, words):
    """The first line of the written pack that contains these words."""
    return next(number for number, line in enumerate(write(pack).splitlines(), start=1) if words in line)


def test_a_right_pack_has_no_problem():
    right = data(
        rule("check", "check", **CHECK, when={"sort": "visit"}),
        rule("cap", "cap", of="days", max=3, **{"else": {"effect": "refuse", "reason": "TOO_LONG", "field": "days"}}),
        rule("limit", "limit", on="trips.step.arrived", budget={"value": 6, "unit": "clock_hours"}, ladder=BREACH),
        rule("procedure", "route", on="trips.trip.route", steps=[SIGN]),
        rule("schedule", "remind", do="trips.remind", times={"every": "day", "at": ["09:00"]}),
        grants={"head": ["trips:trip:sign"], "member": ["trips:trip:sign"]},
    )
    assert problems(right) == []


SHAPE = [
    (rule("check", **CHECK, extra=1), "extra: 1", "extra is not known here"),
    (rule("dance"), "kind: dance", "dance is no kind of rule"),
    ({"id": "one", "kind": "check"}, "- id: one", "one: clause is missing"),
    (rule("check"), "- id: one", "one: require is missing"),
    (rule("check", **CHECK, **{"else": {"effect": "shout", "reason": "NO"}}), "effect: shout", "'shout' is not known"),
    (rule("limit", on="trips.step.arrived", budget={"value": 6}, ladder=BREACH), "budget:", "a limit without a unit"),
    (
        rule("limit", on="trips.step.arrived", budget={"value": 6, "unit": "moons"}, ladder=BREACH),
        "budget:",
        "moons is no unit of time",
    ),
    (rule("cap", of="days"), "- id: one", "a cap needs `max` or `min`"),
    (
        rule("limit", on="trips.step.arrived", budget={"value": 6, "unit": "clock_hours"}, ladder="tall"),
        "ladder: tall",
        "ladder tall is not declared",
    ),
    (
        rule("procedure", on="trips.trip.route", steps=[{**SIGN, "after": ["read"]}, {**SIGN, "id": "read", "after": ["sign"]}]),
        "- id: sign",
        "wait for each other",
    ),
    (rule("procedure", on="trips.trip.route", steps=[{**SIGN, "after": ["nowhere"]}]), "- id: sign", "names nowhere, which is no step"),
    (rule("check", clause="trips/9.9", **CHECK), "clause: trips/9.9", "clause trips/9.9 has no entry"),
]
NAMES = [
    (
        rule("check", on="trips.trip.sumbit", **CHECK),
        "on: trips",
        "operation or event trips.trip.sumbit is not known",
        "did you mean trips.trip.submit?",
    ),
    (rule("check", require={"present": "titel"}), "require:", "fact titel is not known", "did you mean title?"),
    (rule("check", on="trips.trip.count", **CHECK), "require:", "fact title is not offered here", "it is offered at trips.trip.submit"),
    (rule("check", **CHECK, when={"sort": "party"}), "when:", "sort (vocabulary sort): party is not known", "known are meeting, visit"),
    (rule("check", **CHECK, when={"medium": "papre"}), "when:", "value of medium: papre is not known", "did you mean paper?"),
    (rule("check", **CHECK, when={"role": "chief"}), "when:", "role chief is not known", ""),
    (rule("check", **CHECK, when={"days": "three"}), "when:", "days is an int, 'three' is none", ""),
    (rule("check", **CHECK, when={"due_at": {"min": 3}}), "when:", "due_at is an instant, it has no size", ""),
    (rule("check", require={"before": ["title", "due_at"]}), "require:", "title is a text", "here stands an instant or a date"),
    (rule("check", **CHECK, **{"else": {"effect": "refuse", "reason": "NOE"}}), "reason: NOE", "reason NOE has no text", ""),
    (
        rule("check", **CHECK, **{"else": {"effect": "refuse", "reason": "NO", "field": "tilte"}}),
        "field: tilte",
        "field tilte is not known",
        "did you mean title?",
    ),
    (
        rule("check", **CHECK, **{"else": {"effect": "refuse", "reason": "TOO_LONG"}}),
        "TOO_LONG:",
        "TOO_LONG: nothing fills {limit} where it is used",
        "",
    ),
    (rule("check", on="trips.step.arrived", **CHECK), "on: trips", "trips.step.arrived has already happened, nothing can be refused", ""),
    (
        rule("notice", on="trips.trip.submit", to=["boss"], text="NO"),
        "on: trips",
        "trips.trip.submit is an operation, a notice follows an event",
        "",
    ),
    (rule("notice", on="trips.trip.done", to=["chief"], text="NO"), "to:", "role chief is not known", ""),
    (rule("procedure", on="trips.trip.route", steps=[{**SIGN, "act": "sing"}]), "act: sing", "act sing is not known", "did you mean sign?"),
    (
        rule("procedure", on="trips.trip.route", steps=[{**SIGN, "each": "days"}]),
        "each: days",
        "days is an int",
        "here stands a unit or a person",
    ),
    (rule("procedure", on="trips.trip.route", steps=[{**SIGN, "may": ["fly"]}]), "may:", "permission of a step fly is not known", ""),
    (
        rule("limit", on="trips.step.arrived", budget={"from": "title"}, ladder=BREACH),
        "budget:",
        "title is a text",
        "here stands an instant",
    ),
    (
        rule("limit", on="trips.step.arrived", budget={"value": 1, "unit": "working_days"}),
        "- id: one",
        "one: the ladder has 0 breaches",
        "a limit is breached once, `at: due`",
    ),
    (rule("schedule", do="trips.dance", times={"every": "day"}), "do: trips", "job trips.dance is not known", ""),
    (
        rule("register", name="list", fields={"person": {"label": "人"}}, per="each", each="lands"),
        "each: lands",
        "vocabulary lands is not known",
        "",
    ),
]


@pytest.mark.parametrize(("wrong", "where", "what"), SHAPE)
def test_a_wrong_shape_is_said_with_its_line(wrong, where, what):
    pack = data(wrong)
    found = [problem for problem in problems(pack) if what in problem.what]
    assert found, problems(pack)
    assert found[0].line == line_of(pack, where)


@pytest.mark.parametrize(("wrong", "where", "what", "mend"), NAMES)
def test_an_unknown_name_is_said_with_its_line_and_a_guess(wrong, where, what, mend):
    pack = data(wrong)
    found = [problem for problem in problems(pack) if problem.what == what]
    assert found, problems(pack)
    assert found[0].line == line_of(pack, where)
    assert mend in found[0].mend


HEADS = [
    ({"effective_from": "2019-01-01"}, "effective_from is text"),
    ({"effective_to": date(2019, 1, 1)}, "the pack ends before it begins"),
    ({"layer": "campaign"}, "a campaign has an end"),
    ({"layer": "instruction"}, "an instruction tightens a pack, and only an instruction does"),
    ({"office_hours": [["12:00", "08:30"]]}, "office hours from 12:00 to 08:30"),
    ({"grants": {"head": ["trips:trip:fly"]}}, "permission trips:trip:fly is not known"),
    ({"grants": {"nobody": ["trips:trip:sign"]}}, "role nobody is not known"),
    ({"roles": {"ghost": {"label": "无"}}}, "role ghost means nobody"),
    ({"roles": {"a": {"label": "甲", "posts": ["emperor"]}}}, "post emperor is not known"),
    (
        {"roles": {"a": {"label": "甲", "fallback": ["b"]}, "b": {"label": "乙", "fallback": ["a"]}}},
        "the fallbacks of role a lead back to it",
    ),
    ({"texts": {"NO": "不行{0}"}}, "NO: {0} is no plain name"),
    ({"schema": 7}, "schema 7 is not known"),
    ({"vocabularies": {"colour": {"red": "红"}}}, "vocabulary colour is not known"),
]


@pytest.mark.parametrize(("head", "what"), HEADS)
def test_a_wrong_head_is_said(head, what):
    assert what in [problem.what for problem in problems(data(**head))]


def test_a_name_that_stands_twice_points_to_the_other():
    pack = data(rule("check", **CHECK), rule("check", **CHECK))
    (problem,) = problems(pack)
    assert (problem.what, problem.mend) == ("rule one stands twice", f"the other is on line {line_of(pack, '- id: one')}")


def test_quotes_are_looked_up_in_the_text_without_regard_to_blanks():
    pack = data()
    assert validate(write(pack), CATALOGUE, "……不得超过 三天。由局长\n审批。") == []
    (problem,) = validate(write(pack), CATALOGUE, "不得超过四天。由局长审批。")
    assert problem.what == "trips/1.1: the quote does not stand in the text"


def test_text_that_is_no_pack_is_said():
    assert [problem.what for problem in validate("- 1\n- 2\n", CATALOGUE)] == ["this is not a policy pack"]


def test_a_pack_of_an_older_schema_is_brought_up(monkeypatch):
    def one_up(old):
        rules = old.pop("regulations")
        return {**old, "schema": 1, "rules": rules}

    monkeypatch.setitem(sys.modules["services.kit.policy.load"].UPCASTERS, 0, one_up)
    old = data()
    old["schema"], old["regulations"] = 0, old.pop("rules")
    assert validate(write(old), CATALOGUE) == []


ROUTE = {"on": "trips.trip.route", "when": {"sort": "visit"}}
NEVER = {**SIGN, "id": "never", "when": {"sort": "meeting"}}


def test_a_step_that_is_never_reached_is_said():
    (problem,) = problems(data(rule("procedure", **ROUTE, steps=[SIGN, NEVER])))
    assert (problem.what, problem.mend) == ("step never is never reached", "the route is for sort: visit")


def test_a_step_is_reached_where_somebody_may_change_the_fact():
    assert problems(data(rule("procedure", **ROUTE, steps=[{**SIGN, "sets": ["sort"]}, NEVER]))) == []


def test_a_number_in_principle_does_not_refuse():
    (problem,) = problems(data(rule("cap", of="days", max=3, hard=False)))
    assert problem.what == "one is not hard and yet refuses"
