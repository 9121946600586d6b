"""`require`: what a check demands."""

from datetime import UTC, datetime

import pytest

from services.kit.policy.predicates import compile_predicate
from services.kit.worktime import Calendar

EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)

MET = [
    ({"present": "a"}, {"a": 1}),
    ({"present": "a"}, {"a": False}),
    ({"present": ["a", "b"]}, {"a": 1, "b": 2}),
    ({"absent": ["a", "b"]}, {"a": ""}),
    ({"count": "a", "max": 1}, {"a": ["x"]}),
    ({"count": "a", "max": 1}, {}),
    ({"count": "a", "min": 1, "max": 2}, {"a": 2}),
    ({"equals": {"a": "x"}}, {"a": "x"}),
    ({"equals": {"a": False}}, {"a": False}),
    ({"equals": {"a": {"fact": "b"}}}, {"a": "x", "b": "x"}),
    ({"one_of": {"a": ["x", "y"]}}, {"a": "y"}),
    ({"one_of": {"a": ["x", {"fact": "b"}]}}, {"a": "z", "b": ["z"]}),
    ({"differs": ["a", "b"]}, {"a": "x", "b": "y"}),
    ({"differs": ["a", "b"]}, {"a": "x"}),
    ({"has": {"a": "x"}}, {"a": ["y", "x"]}),
    ({"subset": {"a": ["x", "y"]}}, {"a": ["x"]}),
    ({"subset": {"a": {"fact": "b"}}}, {"a": ["x"], "b": ["x", "y"]}),
    ({"subset": {"a": [{"role": "clerk"}, "z"]}}, {"a": ["x", "z"], "role:clerk": ["x"]}),
    ({"one_of": {"a": [{"role": "clerk"}]}}, {"a": "x", "role:clerk": ["x", "y"]}),
    ({"disjoint": ["a", "b"]}, {"a": ["x"], "b": ["y"]}),
    ({"before": ["a", "b"]}, {"a": EARLY, "b": LATE}),
    ({"by": ["a", "b"]}, {"a": EARLY, "b": EARLY}),
    ({"after": ["a", "b"]}, {"a": LATE, "b": EARLY}),
    ({"contains": {"a": ["请示"]}}, {"a": "关于供水的请示"}),
    ({"any": [{"present": "a"}, {"present": "b"}]}, {"b": 1}),
    ({"all": [{"present": "a"}, {"present": "b"}]}, {"a": 1, "b": 1}),
    ({"not": {"present": "a"}}, {}),
    ({"present": "a", "one_of": {"a": ["x"]}}, {"a": "x"}),
]
UNMET = [
    ({"present": ["a", "b"]}, {"a": 1}),
    ({"absent": ["a", "b"]}, {"b": 1}),
    ({"count": "a", "max": 1}, {"a": ["x", "y"]}),
    ({"count": "a", "min": 1}, {}),
    ({"equals": {"a": "x"}}, {"a": "y"}),
    ({"equals": {"a": {"fact": "b"}}}, {}),
    ({"one_of": {"a": ["x", "y"]}}, {"a": "z"}),
    ({"differs": ["a", "b"]}, {"a": "x", "b": "x"}),
    ({"has": {"a": "x"}}, {"a": ["y"]}),
    ({"has": {"a": "x"}}, {}),
    ({"subset": {"a": ["x"]}}, {"a": ["x", "y"]}),
    ({"disjoint": ["a", "b"]}, {"a": ["x"], "b": ["x"]}),
    ({"before": ["a", "b"]}, {"a": EARLY, "b": EARLY}),
    ({"by": ["a", "b"]}, {"a": LATE, "b": EARLY}),
    ({"before": ["a", "b"]}, {"a": EARLY}),
    ({"contains": {"a": ["请示"]}}, {"a": "报告"}),
    ({"any": [{"present": "a"}, {"present": "b"}]}, {}),
    ({"all": [{"present": "a"}, {"present": "b"}]}, {"a": 1}),
    ({"not": {"present": "a"}}, {"a": 1}),
    ({"present": "a", "one_of": {"a": ["x"]}}, {"a": "y"}),
]
NONE = [
    "text",
    {},
    {"exists": "a"},
    {"count": "a"},
    {"max": 1},
    {"present": []},
    {"differs": ["a"]},
    {"before": ["a", "b", "c"]},
    {"equals": "a"},
    {"any": []},
    {"lead": {"from": "a"}},
    {"lead": {"from": "a", "to": "b", "min": {"value": 1, "unit": "clock_hours"}}},
]


@pytest.mark.parametrize(("written", "facts"), MET)
def test_a_demand_is_met(written, facts):
    assert compile_predicate(written).holds(facts)


@pytest.mark.parametrize(("written", "facts"), UNMET)
def test_a_demand_is_not_met(written, facts):
    assert not compile_predicate(written).holds(facts)


@pytest.mark.parametrize("written", NONE)
def test_what_is_no_demand_is_said(written):
    with pytest.raises(ValueError):
        compile_predicate(written)


def test_a_predicate_knows_all_its_facts():
    written = {
        "any": [{"present": "a"}, {"not": {"equals": {"b": {"fact": "c"}}}}],
        "lead": {"from": "d", "to": "e", "min": {"value": 1, "unit": "working_days"}},
    }
    assert compile_predicate(written).facts == ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(("hour", "met"), [(9, True), (10, True), (11, False)])
def test_a_lead_time_ends_at_closing_of_the_nth_working_day_before(hour, met):
    # Friday 2018-10-19, 15 working days before: Tuesday 2018-09-25 18:00 in China, 10:00 UTC.
    lead = compile_predicate({"lead": {"from": "asked", "to": "meeting", "min": {"value": 15, "unit": "working_days"}}})
    facts = {"asked": datetime(2018, 9, 25, hour, tzinfo=UTC), "meeting": datetime(2018, 10, 19, 1, tzinfo=UTC)}
    assert lead.holds(facts, Calendar()) is met


def test_elements_that_are_not_among_those_demanded_are_named():
    demand = compile_predicate({"subset": {"a": [{"fact": "b"}, {"role": "clerk"}]}})
    assert demand.lacking({"a": ["x", "y", "z"], "b": ["x"], "role:clerk": ["y"]}) == ("z",)
    assert compile_predicate({"present": "a"}).lacking({}) == ()
