"""Placing a ladder and deciding what fires, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.deadline import model
from services.kit.deadline.model import Deadline, Projection, Step, ladder_of, outcome_of, overdue_by, place, project
from services.kit.deadline.watch import Rung as WatchedRung
from services.kit.deadline.watch import decide
from services.kit.errors import Citation
from services.kit.policy.model import Limit, Rung
from services.kit.worktime import Budget, Calendar, Suspension, parse_offset

CITATION = Citation("reg/1.1", "第一条", "限时办结", "某规定", "reg", 1)
CALENDAR = Calendar()
START = datetime(2019, 4, 8, 2, tzinfo=UTC)


def a_step(rung, do, where):
    side, offset = parse_offset(where)
    return Step(rung, do, side, offset, (), CITATION)


def a_limit(*rungs):
    ladder = tuple(Rung(do, *parse_offset(where), to=(), citation=CITATION) for do, where in rungs)
    return Limit("rule", CITATION, Budget(6, "clock_hours"), None, ladder)


def a_deadline(**changes):
    values = {
        "id": "1", "tenant": "river", "subject": "things/1", "parent": "", "rule": "rule", "label": "", "entry": 1, "generation": 1,
        "unit": "planning", "role": "", "person": "", "initiator": "", "hard": True, "citation": CITATION, "pins": {},
        "ladder": ladder_of(a_limit()), "started_at": START, "budget": Budget(6, "clock_hours"), "stated_at": None, "suspensions": (),
        "suspended_at": None, "due_at": START + timedelta(hours=6), "provisional": False, "calendar_version": "x", "state": model.OPEN,
    }  # fmt: skip
    return Deadline(**(values | changes))


def test_a_ladder_always_has_the_due_moment():
    assert [(step.rung, step.do) for step in ladder_of(a_limit())] == [(0, "breach")]
    steps = ladder_of(a_limit(("warn", {"clock_hours_before": 1}), ("breach", "due"), ("notify", "due")))
    assert [(step.rung, step.do) for step in steps] == [(0, "breach"), (1, "warn"), (2, "notify")]


@pytest.mark.parametrize("rungs", [[("breach", {"clock_hours_after": 1})], [("breach", "due"), ("breach", "due")]])
def test_a_ladder_that_breaches_elsewhere_or_twice_is_refused(rungs):
    with pytest.raises(ValueError, match="breached once"):
        ladder_of(a_limit(*rungs))


def test_a_step_is_stored_and_read_again():
    step = replace(a_step(3, "escalate", {"working_days_after": 1, "time": "09:00"}), to=("office_head",), text="请督办")
    assert Step.from_data(step.as_data()) == step


def test_rungs_are_placed_in_the_order_of_their_moments_and_one_is_next():
    steps = [a_step(0, "breach", "due"), a_step(1, "notify", "due"), a_step(2, "warn", {"clock_hours_before": 1})]
    placed = place(steps, Projection(START + timedelta(hours=6), provisional=False), CALENDAR, START)
    assert [(entry.step.rung, entry.state) for entry in placed] == [(2, "pending"), (0, "waiting"), (1, "waiting")]


def test_rungs_are_held_while_suspended_and_at_a_provisional_end():
    steps = [a_step(0, "breach", "due"), a_step(1, "warn", {"clock_hours_before": 1})]
    assert {entry.state for entry in place(steps, None, CALENDAR, START)} == {"held"}
    placed = place(steps, Projection(START + timedelta(hours=6), provisional=True), CALENDAR, START)
    assert [(entry.step.rung, entry.state) for entry in placed] == [(1, "pending"), (0, "held")]


@pytest.mark.parametrize(
    ("due_at", "provisional", "ended", "expected"),
    [
        (6, False, 6, model.ON_TIME),
        (6, False, 7, model.LATE),
        (6, True, 6, model.ON_TIME),
        (6, True, 7, None),
        (None, False, 9, model.ON_TIME),
    ],
)
def test_the_outcome_of_an_end(due_at, provisional, ended, expected):
    moment = START + timedelta(hours=due_at) if due_at else None
    assert outcome_of(moment, provisional, START + timedelta(hours=ended)) == expected


@given(st.integers(0, 12), st.integers(0, 12), st.one_of(st.none(), st.integers(0, 12)))
def test_what_fires_is_what_was_passed_while_the_work_was_open(now, warn_before, ended):
    end = None if ended is None else START + timedelta(hours=ended)
    deadline = a_deadline(
        ended_at=end, ladder=ladder_of(a_limit(("warn", {"clock_hours_before": 1}), ("escalate", {"clock_hours_after": 3})))
    )
    hours = {1: 6 - warn_before / 12, 0: 6, 2: 9}
    rungs = [WatchedRung("1", 1, rung, START + timedelta(hours=at), START) for rung, at in hours.items()]
    batch = decide(deadline, rungs, START + timedelta(hours=now))
    expected = [
        rung for rung, at in sorted(hours.items(), key=lambda item: (item[1], item[0])) if at <= now and (ended is None or at < ended)
    ]
    assert [step.rung for _, step, _ in batch.fired] == expected
    assert bool(batch.breached) == (0 in expected)
    assert len(batch.armed) + len(batch.emptied) + (len(expected) == 3) == 1


@given(st.integers(0, 2000), st.integers(0, 5000))
def test_a_stated_end_never_moves_forward_and_keeps_its_working_time(before, length):
    stated = datetime(2019, 4, 18, 10, tzinfo=UTC)
    pause = Suspension(START + timedelta(minutes=before), START + timedelta(minutes=before + length))
    moved = project(START, None, stated, [pause], CALENDAR)
    assert moved.due_at >= stated
    assert not moved.provisional


def test_a_limit_without_anything_to_count_is_refused():
    with pytest.raises(ValueError, match="budget or a stated end"):
        project(START, None, None, [], CALENDAR)


def test_by_how_much_a_limit_is_passed():
    now = START + timedelta(hours=8)
    assert overdue_by(a_deadline(), now) == timedelta(hours=2)
    assert overdue_by(a_deadline(ended_at=START + timedelta(hours=7)), now) == timedelta(hours=1)
    assert overdue_by(a_deadline(provisional=True), now) == timedelta()
    assert overdue_by(a_deadline(due_at=None), now) == timedelta()
