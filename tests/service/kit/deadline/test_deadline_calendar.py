"""Calendars that are not published yet, or change: what is provisional, what moves, what is never broken by a guess."""

from datetime import date

import pytest
import yaml

from services.kit import deadline
from services.kit.clock import DrivenClock
from services.kit.deadline import Reprojector, model
from services.kit.loop import drain
from services.kit.roster import RosterCache
from services.kit.testing.office import Office
from services.kit.worktime import PublishedYear, parse_year
from tests.service.kit.deadline.conftest import TENANT, Desk, a_limit, a_rung, at

DAYS = a_limit(
    3, "working_days", ladder=(a_rung("warn", {"working_days_before": 1, "time": "09:00"}), a_rung("escalate", {"working_days_after": 1}))
)

# Invented: 4 and 5 January are days off, so that what was presumed to be working is not.
ARRANGEMENT = """
year: 2027
source: 虚构的通知
holidays:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-05}
  - {name: 春节, from: 2027-02-05, to: 2027-02-12}
  - {name: 清明节, from: 2027-04-05, to: 2027-04-05}
  - {name: 劳动节, from: 2027-05-01, to: 2027-05-05}
  - {name: 端午节, from: 2027-06-09, to: 2027-06-09}
  - {name: 中秋节, from: 2027-09-15, to: 2027-09-15}
  - {name: 国庆节, from: 2027-10-01, to: 2027-10-07}
working: []
"""


@pytest.fixture
def year() -> PublishedYear:
    return parse_year(yaml.safe_load(ARRANGEMENT), "2027.yaml")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    assert isinstance(desk.clock, DrivenClock)
    desk.clock.set(at("2026-12-30T10:00"))
    return desk


def publish(desk: Desk, year: PublishedYear) -> list[deadline.Reprojected]:
    object.__setattr__(desk.ports, "rosters", RosterCache([year]))
    return desk.do(deadline.reproject, "2027年节假日安排公布")


def test_a_provisional_limit_reminds_and_is_never_broken(desk: Desk) -> None:
    started = desk.start(limit=DAYS)
    assert (started.provisional, started.due_at) == (True, at("2027-01-05T18:00"))
    desk.until("2027-01-20T12:00")
    assert desk.fired() == [("warned", 1, at("2027-01-04T09:00"))]
    assert desk.counts() == (1, 0, 0, 0)


def test_when_the_year_is_published_it_is_projected_anew_and_breached_at_its_true_moment(desk: Desk, year: PublishedYear) -> None:
    started = desk.start(limit=DAYS)
    desk.until("2027-01-20T12:00")
    (entry,) = publish(desk, year)
    assert (entry.after.due_at, entry.after.provisional) == (at("2027-01-07T18:00"), False)
    desk.watch()
    assert desk.fired()[1:] == [("breached", 0, at("2027-01-07T18:00")), ("escalated", 2, at("2027-01-08T18:00"))]
    (change,) = desk.do(deadline.changes, started.id)
    assert (change.kind, change.reason, change.due_before, change.due_after) == (
        "reprojected", "2027年节假日安排公布", at("2027-01-05T18:00"), at("2027-01-07T18:00"),
    )  # fmt: skip
    assert desk.get(started).breached_at == at("2027-01-07T18:00")


def test_the_reminder_follows_the_new_due_moment(desk: Desk, year: PublishedYear) -> None:
    desk.start(limit=DAYS)
    publish(desk, year)
    desk.until("2027-01-06T12:00")
    assert desk.fired() == [("warned", 1, at("2027-01-06T09:00"))]


@pytest.mark.parametrize(("moment", "outcome"), [("2027-01-07T18:00", model.ON_TIME), ("2027-01-07T18:01", model.LATE)])
def test_work_after_a_provisional_moment_is_judged_when_the_days_are_known(
    desk: Desk, year: PublishedYear, moment: str, outcome: str
) -> None:
    started = desk.start(limit=DAYS)
    desk.clock.set(at(moment))
    (ended,) = desk.do(deadline.finish, "things/1")
    assert ended.outcome is None
    publish(desk, year)
    desk.watch()
    assert desk.get(started).outcome == outcome
    assert [kind for kind, _, _ in desk.fired() if kind == "breached"] == (["breached"] if outcome == model.LATE else [])


def test_what_is_cancelled_after_a_provisional_moment_leaves_nothing_behind(desk: Desk, year: PublishedYear) -> None:
    started = desk.start(limit=DAYS)
    desk.clock.set(at("2027-01-06T10:00"))
    desk.do(deadline.cancel, "things/1", "撤回")
    publish(desk, year)
    desk.watch()
    assert (desk.get(started).outcome, desk.rows("rungs"), desk.fired()) == (None, [], [])


def test_a_limit_that_needs_no_calendar_is_broken_in_an_unpublished_year(desk: Desk) -> None:
    desk.start(limit=a_limit(60))
    desk.until("2027-01-02T00:00")
    assert desk.fired() == [("breached", 0, at("2027-01-01T22:00"))]


def test_a_closure_of_the_office_moves_what_is_open_and_the_loop_notices(desk: Desk) -> None:
    started, done = desk.start(limit=a_limit(1, "working_days")), desk.start("things/2", a_limit(1, "working_days"))
    desk.do(deadline.finish, "things/2")
    Office(TENANT).day(date(2026, 12, 31), working=False, reason="停电").install(desk.ports)
    drain([Reprojector(desk.ports)], desk.clock.now())
    assert desk.get(started).due_at == at("2027-01-04T18:00")
    assert desk.get(done).due_at == at("2026-12-31T18:00")


def test_a_closure_of_one_unit_moves_only_what_lies_with_it(desk: Desk) -> None:
    mine = desk.start(limit=a_limit(1, "working_days"))
    other = desk.start("things/2", a_limit(1, "working_days"), unit="rivers")
    Office(TENANT).day(date(2026, 12, 31), working=False, reason="搬迁", unit="rivers").install(desk.ports)
    moved = []
    drain([Reprojector(desk.ports, lambda tx, entry: moved.append(entry.after.subject))], desk.clock.now())
    assert (desk.get(mine).due_at, desk.get(other).due_at, moved) == (at("2026-12-31T18:00"), at("2027-01-04T18:00"), ["things/2"])


def test_a_suspended_limit_is_reckoned_with_the_new_calendar_when_it_goes_on(desk: Desk) -> None:
    started = desk.start(limit=a_limit(1, "working_days"))
    desk.do(deadline.suspend, started.id, "待补正")
    Office(TENANT).day(date(2026, 12, 31), working=False).install(desk.ports)
    drain([Reprojector(desk.ports)], desk.clock.now())
    desk.until("2026-12-30T15:00")
    assert desk.do(deadline.resume, started.id).due_at == at("2027-01-04T18:00")


def test_a_breach_stays_when_the_calendar_changes_and_its_later_rungs_move(desk: Desk) -> None:
    ladder = (a_rung("escalate", {"working_days_after": 1}),)
    started = desk.start(limit=a_limit(1, ladder=ladder))
    desk.until("2026-12-30T12:00")
    Office(TENANT).day(date(2026, 12, 31), working=False).day(date(2027, 1, 1), working=True).install(desk.ports)
    desk.until("2027-01-10T12:00")
    assert desk.get(started).due_at == at("2026-12-30T11:00")
    assert desk.fired() == [("breached", 0, at("2026-12-30T11:00")), ("escalated", 1, at("2027-01-01T18:00"))]


def test_many_limits_are_reckoned_in_batches_and_the_loop_comes_to_rest(desk: Desk) -> None:
    with desk.tx() as tx:
        for number in range(25):
            deadline.start(tx, deadline.Start(subject=f"things/{number}", rule=a_limit(1, "working_days"), unit="planning"))
    Office(TENANT).day(date(2026, 12, 31), working=False).install(desk.ports)
    drain([Reprojector(desk.ports, batch=10)], desk.clock.now())
    assert {row.due_at for row in desk.rows("deadlines")} == {at("2027-01-04T18:00")}


def test_a_published_file_reaches_the_limits_through_the_loop(desk: Desk, year: PublishedYear) -> None:
    started = desk.start(limit=DAYS)
    object.__setattr__(desk.ports, "rosters", RosterCache([year]))
    drain([Reprojector(desk.ports)], desk.clock.now())
    assert (desk.get(started).provisional, desk.get(started).due_at) == (False, at("2027-01-07T18:00"))
