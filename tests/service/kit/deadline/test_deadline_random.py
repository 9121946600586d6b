"""Offices do everything in every order. After any history of acts, with downtimes of the watch, the books agree with each other."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from services.kit import deadline
from services.kit.deadline import Deadline, model
from services.kit.errors import Refusal
from services.kit.worktime import Budget
from tests.service.kit.deadline.conftest import Desk, a_limit, a_rung

UNITS = ("planning", "rivers", "office")
BUDGETS = ((6, "clock_hours"), (2, "working_days"), (5, "office_hours"), (3, "calendar_days"), (30, "working_day_clock_hours"))
LADDER = (
    a_rung("warn", {"clock_hours_before": 1}),
    a_rung("notify", "due", "office_head"),
    a_rung("escalate", {"working_days_after": 1, "time": "09:00"}, "section_chief"),
)


class History:
    """Acts at random; a refusal is an answer as well."""

    def __init__(self, desk: Desk, rng: random.Random) -> None:
        self.desk = desk
        self.rng = rng
        self.begun: list[Deadline] = []
        self.refused: Counter[str] = Counter()

    def act(self) -> None:
        weighted = [
            (self.start, 5),
            (self.finish, 3),
            (self.cancel, 1),
            (self.suspend, 3),
            (self.resume, 4),
            (self.extend, 2),
            (self.other, 2),
        ]
        choice = self.rng.choices([act for act, _ in weighted], [weight for _, weight in weighted])[0]
        try:
            choice()
        except Refusal as refusal:
            self.refused[refusal.code] += 1

    def start(self) -> None:
        value, unit = self.rng.choice(BUDGETS)
        subject = f"things/{len(self.begun)}"
        self.begun.append(self.desk.start(subject, a_limit(value, unit, LADDER), unit=self.rng.choice(UNITS)))

    def one(self) -> Deadline:
        if not self.begun:
            self.start()
        return self.rng.choice(self.begun[-12:])

    def finish(self) -> None:
        self.desk.do(deadline.finish, self.one().subject)

    def cancel(self) -> None:
        self.desk.do(deadline.cancel, self.one().subject, "撤回")

    def suspend(self) -> None:
        self.desk.do(deadline.suspend, self.one().id, "待补正")

    def resume(self) -> None:
        self.desk.do(deadline.resume, self.one().id)

    def extend(self) -> None:
        self.desk.do(deadline.extend, self.one().id, Budget(self.rng.randint(1, 60), "clock_hours"), "经批准")

    def other(self) -> None:
        if self.rng.random() < 0.5:
            self.desk.do(deadline.set_aside, self.one().id, "登记有误")
        else:
            self.desk.do(deadline.reassign, self.one().subject, self.rng.choice(UNITS), "section_chief")

    def pass_time(self) -> None:
        later = self.desk.clock.now() + timedelta(minutes=self.rng.choice((5, 60, 300, 1000)))
        if self.rng.random() < 0.5:
            self.desk.until(later.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:%S"))
        else:
            self.desk.clock.set(later)  # the watch is down


CHINA = datetime.fromisoformat("2019-01-01T00:00:00+08:00").tzinfo


@pytest.mark.parametrize("round_", range(4))
def test_after_any_history_the_books_agree(desk: Desk, rng: random.Random, round_: int) -> None:
    history = History(desk, random.Random(rng.random() + round_))
    for _ in range(90):
        history.act()
        if history.rng.random() < 0.4:
            history.pass_time()
    desk.watch()
    rows = [desk.get(each) for each in history.begun]
    assert_fates(desk, rows)
    assert_counts(desk, rows)
    assert_rungs(desk, rows)
    assert any(row.breached_at for row in rows)
    assert history.refused


def assert_fates(desk: Desk, rows: list[Deadline]) -> None:
    """What was passed is breached once, at its moment; what ended in time never."""
    told = Counter((event.data["deadline"]["name"], event.time) for event in desk.events("breached"))
    assert told == Counter((row.name, row.due_at) for row in rows if row.breached_at)
    for row in rows:
        passed = row.due_at is not None and (row.ended_at or desk.clock.now()) >= row.due_at
        in_time = row.ended_at is not None and row.ended_at == row.due_at
        assert (row.breached_at is not None) == (passed and not in_time), row
        if row.state == model.FINISHED:
            assert row.outcome == (model.LATE if row.breached_at else model.ON_TIME)


def assert_counts(desk: Desk, rows: list[Deadline]) -> None:
    """Appended and folded changes come to what the rows say."""
    counts = desk.do(deadline.counts)
    summed = tuple(sum(getattr(count, name) for count in counts) for name in ("open", "overdue", "breaches", "set_aside"))
    assert summed == (
        sum(row.running for row in rows),
        sum(row.counts_as_overdue for row in rows),
        sum(row.breached_at is not None for row in rows),
        sum(row.set_aside_at is not None for row in rows),
    )
    for unit in UNITS:
        mine = [row for row in rows if row.unit == unit]
        assert desk.counts(unit)[:2] == (sum(row.running for row in mine), sum(row.counts_as_overdue for row in mine))


def assert_rungs(desk: Desk, rows: list[Deadline]) -> None:
    """Each rung was told once; of what still runs exactly one is next, of what ended or stands still none."""
    rungs = desk.rows("rungs")
    told = Counter(
        (event.data["deadline"]["name"].removeprefix("deadlines/"), event.data["deadline"]["generation"], event.data["step"].get("rung", 0))
        for kind in ("warned", "breached", "escalated")
        for event in desk.events(kind)
    )
    assert told == Counter((rung.deadline, rung.generation, rung.rung) for rung in rungs if rung.state == model.FIRED)
    following = Counter(rung.deadline for rung in rungs if rung.state == model.PENDING)
    later = {rung.deadline for rung in rungs if rung.state == model.WAITING}
    for row in rows:
        assert following[row.id] <= 1
        assert not (row.id in later and not following[row.id])
        assert not (following[row.id] and (not row.running or row.state == model.SUSPENDED))
    assert all(rung.at > desk.clock.now() for rung in rungs if rung.state == model.PENDING)
