"""The whole account of a limit, for people: what it allows, day by day, what changed it, what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.kit.deadline import acts, model, store
from services.kit.deadline.model import Deadline, Step
from services.kit.worktime import Entry, Remaining, Suspension, moment, remaining

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a limit's history."""

    at: datetime
    kind: str
    person: str
    reason: str
    clause: str
    due_before: datetime | None
    due_after: datetime | None


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung of the ladder: when it is meant, and when it was reached (empty: not yet)."""

    step: Step
    at: datetime | None
    fired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that there is to say about a limit. `entries` is empty where the end was stated as a date."""

    deadline: Deadline
    summary: str
    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]
    ladder: tuple[Reached, ...]
    left: Remaining | None

    @property
    def earlier_due(self) -> tuple[datetime, ...]:
        """The due moments before extensions, oldest first."""
        return tuple(change.due_before for change in self.changes if change.kind == "extended" and change.due_before is not None)


def explain(tx: Tx, deadline_id: str) -> Account:
    """Explains a limit day by day with the calendar of its unit. Refuses: DeadlineMissing."""
    deadline = store.one(tx, deadline_id)
    calendar = tx.roster.calendar(deadline.unit)
    # While the clock stands still the days are told as if it went on now.
    pauses = deadline.suspensions
    if deadline.suspended_at is not None:
        pauses = (*pauses, Suspension(deadline.suspended_at, max(tx.now, deadline.suspended_at)))
    projection = model.project(deadline.started_at, deadline.budget, deadline.stated_at, pauses, calendar)
    reckoning = projection.reckoning.explanation if projection.reckoning else None
    if reckoning:
        summary = reckoning.summary
    else:
        summary = f"限定于{moment(calendar.local(projection.due_at))}前完成"
    if deadline.suspended_at is not None:
        summary = f"自{moment(calendar.local(deadline.suspended_at))}起中止计时；如即恢复计时：{summary}"
    return Account(
        deadline, summary, reckoning.entries if reckoning else (), _changes(tx, deadline), _ladder(tx, deadline),
        remaining(tx.now, deadline.due_at, calendar) if deadline.running and deadline.due_at else None,
    )  # fmt: skip


def _changes(tx: Tx, deadline: Deadline) -> tuple[Change, ...]:
    return tuple(
        Change(row.at, row.kind, row.person, row.reason, row.clause, row.due_before, row.due_after) for row in acts.changes(tx, deadline.id)
    )


def _ladder(tx: Tx, deadline: Deadline) -> tuple[Reached, ...]:
    rungs = store.table(tx, "rungs")
    steps = {step.rung: step for step in deadline.ladder}
    rows = tx.all(select(rungs).where(rungs.c.deadline == deadline.id).order_by(rungs.c.generation, rungs.c.at.nulls_last(), rungs.c.rung))
    return tuple(Reached(steps[row.rung], row.at, row.fired_at) for row in rows)
