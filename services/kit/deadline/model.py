"""A limit that runs: what it is, when it is due, which rungs of its ladder come when. Pure: no SQL, no clock.

Nothing here stops anybody: a limit that has passed is breached, and the work can still be done, late.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.kit.errors import Citation, Missing, Refused
from services.kit.policy.model import Limit
from services.kit.worktime import Budget, Calendar, Due, Suspension, Unit, due, latest_before, used

BREACH = 0
"""The rung that every ladder has: the due moment itself."""

OPEN, SUSPENDED, FINISHED, CANCELLED = "open", "suspended", "finished", "cancelled"
ON_TIME, LATE = "on_time", "late"
PENDING, WAITING, HELD, FIRED = "pending", "waiting", "held", "fired"


class DeadlineMissing(Missing):
    """There is no such limit in this tenant."""

    reason = "DEADLINE_NOT_FOUND"


class DeadlineNotRunning(Refused):
    """The limit has ended, or its clock already stands still, or runs again."""

    reason = "DEADLINE_NOT_RUNNING"
    text = "该期限已结束或状态不允许此项操作"


class DeadlineOver(Refused):
    """The due moment has passed: it can neither be suspended nor extended any more."""

    reason = "DEADLINE_OVER"
    text = "期限已届满，不能再中止或延长"


class DueNotLater(Refused):
    """An extension that would not end later than the limit does."""

    reason = "DUE_NOT_LATER"
    text = "延长后的期限须晚于原期限和当前时间"


class NothingToSetAside(Refused):
    """There is no breach, or it is set aside already."""

    reason = "NOTHING_TO_SET_ASIDE"
    text = "该期限没有可以撤销认定的逾期记录"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a ladder, as it is kept with the limit so that it can be placed anew."""

    rung: int
    do: str
    side: int
    offset: Budget | None
    to: tuple[str, ...]
    citation: Citation
    text: str = ""

    def moment(self, due_at: datetime, calendar: Calendar) -> datetime:
        """When it is reached, for this due moment."""
        if self.offset is None:
            return due_at
        count = due if self.side > 0 else latest_before
        return count(due_at, self.offset, calendar).at

    def as_data(self) -> dict[str, Any]:
        """For storage; `from_data` reads it."""
        offset = self.offset.as_data() if self.offset else None
        return {"rung": self.rung, "do": self.do, "side": self.side, "offset": offset, "to": list(self.to),
                "citation": asdict(self.citation), "text": self.text}  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Step:
        """The reverse of `as_data`."""
        offset = Budget.parse(data["offset"]) if data["offset"] else None
        citation = Citation(**data["citation"])
        return cls(data["rung"], data["do"], data["side"], offset, tuple(data["to"]), citation, data["text"])


def ladder_of(limit: Limit) -> tuple[Step, ...]:
    """The steps of a limit's ladder. The breach at the due moment is always one of them, whether the pack writes it or not.

    Raises ValueError for a ladder that breaches at another moment than the due one.
    """
    breaches = [rung for rung in limit.ladder if rung.do == "breach"]
    if any(rung.side for rung in breaches) or len(breaches) > 1:
        raise ValueError(f"{limit.rule}: a limit is breached once, at its due moment")
    first = breaches[0] if breaches else None
    citation = first.citation if first else limit.citation
    steps = [Step(BREACH, "breach", 0, None, first.to if first else (), citation, first.text if first else "")]
    for rung in limit.ladder:
        if rung.do != "breach":
            steps.append(Step(len(steps), rung.do, rung.side, rung.offset, tuple(rung.to), rung.citation, rung.text))
    return tuple(steps)


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a service says when a limit begins to run. `budget` and `due_at` take the place of the rule's own.

    `entry` counts up when the same subject comes under the same rule again (sent back and entered anew).
    """

    subject: str
    rule: Limit
    unit: str
    role: str = ""
    person: str | None = None
    started_at: datetime | None = None
    budget: Budget | None = None
    due_at: datetime | None = None
    parent: str = ""
    initiator: str = ""
    entry: int = 1
    pins: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Deadline:
    """A limit as it stands. Either `budget` or `stated_at` says what it allows; `due_at` is derived, empty while suspended."""

    id: str
    tenant: str
    subject: str
    parent: str
    rule: str
    label: str
    entry: int
    generation: int
    unit: str
    role: str
    person: str
    initiator: str
    hard: bool
    citation: Citation
    pins: Mapping[str, int]
    ladder: tuple[Step, ...]
    started_at: datetime
    budget: Budget | None
    stated_at: datetime | None
    suspensions: tuple[Suspension, ...]
    suspended_at: datetime | None
    due_at: datetime | None
    provisional: bool
    calendar_version: str
    state: str
    ended_at: datetime | None = None
    outcome: str | None = None
    breached_at: datetime | None = None
    set_aside_at: datetime | None = None
    set_aside_by: str = ""
    set_aside_reason: str = ""
    # Share of the allowed time that was used, in the limit's own unit; known once the work is done.
    used: float | None = None

    @property
    def name(self) -> str:
        """Its resource name."""
        return f"deadlines/{self.id}"

    @property
    def running(self) -> bool:
        """Whether the work is still to be done."""
        return self.state in (OPEN, SUSPENDED)

    @property
    def counts_as_overdue(self) -> bool:
        """Whether it stands in the number of overdue ones."""
        return self.running and self.breached_at is not None and self.set_aside_at is None

    def reaches(self, at: datetime) -> bool:
        """Whether the work was still to be done at `at`: an end at that very moment is in time."""
        return self.ended_at is None or self.ended_at > at


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a limit ends with a calendar."""

    due_at: datetime
    provisional: bool
    reckoning: Due | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A rung with its moment; `at` is empty while it is held back."""

    step: Step
    state: str
    at: datetime | None


def project(
    started_at: datetime, budget: Budget | None, stated_at: datetime | None, suspensions: Sequence[Suspension], calendar: Calendar
) -> Projection:
    """Derives the due moment from what is allowed and what was suspended."""
    if budget is not None:
        reckoning = due(started_at, budget, calendar, suspensions)
        return Projection(reckoning.at, reckoning.provisional, reckoning)
    if stated_at is None:
        raise ValueError("a limit has a budget or a stated end")
    return _postponed(stated_at, suspensions, calendar)


def _postponed(stated_at: datetime, suspensions: Sequence[Suspension], calendar: Calendar) -> Projection:
    """A stated end, later by the working time that was left when the clock stopped, counted from when it went on."""
    end, provisional = stated_at, False
    for pause in sorted(suspensions, key=lambda pause: pause.start):
        if pause.start >= end:
            continue
        minutes = math.ceil(used(pause.start, end, Unit.OFFICE_MINUTES, calendar))
        if minutes:
            moved = due(pause.end, Budget(minutes, Unit.OFFICE_MINUTES), calendar)
            end, provisional = moved.at, provisional or moved.provisional
        else:
            end += pause.end - pause.start
    return Projection(end, provisional)


def place(
    steps: Iterable[Step], projection: Projection | None, calendar: Calendar, after: datetime, fired: frozenset[int] = frozenset()
) -> list[Placed]:
    """Gives every rung that has not fired its moment. Exactly one of them, the next, is `pending`.

    Without a projection (suspended) all are held. A provisional limit reminds, but what is at or after its due moment is held:
    it is not broken before every day up to it is known. What would remind before `after` is left out.
    """
    open_steps = [step for step in steps if step.rung not in fired]
    if projection is None:
        return [Placed(step, HELD, None) for step in open_steps]
    placed: list[tuple[datetime, Step]] = []
    held: list[Placed] = []
    for step in open_steps:
        if projection.provisional and step.side >= 0:
            held.append(Placed(step, HELD, None))
            continue
        at = step.moment(projection.due_at, calendar)
        if step.side >= 0 or at > after:
            placed.append((at, step))
    placed.sort(key=lambda entry: (entry[0], entry[1].rung))
    return [Placed(step, WAITING if number else PENDING, at) for number, (at, step) in enumerate(placed)] + held


def outcome_of(due_at: datetime | None, provisional: bool, ended_at: datetime) -> str | None:
    """In time or late; None where the due moment is only provisional and lies before the end: nobody can say yet."""
    if due_at is None or ended_at <= due_at:
        return ON_TIME
    return None if provisional else LATE


def overdue_by(deadline: Deadline, now: datetime) -> timedelta:
    """By how much the due moment is passed; zero while it is not, or while nobody can say."""
    end = deadline.ended_at or now
    if deadline.due_at is None or deadline.provisional:
        return timedelta()
    return max(end - deadline.due_at, timedelta())
