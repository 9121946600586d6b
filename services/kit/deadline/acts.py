"""What a service does with a limit: start, finish, cancel, suspend, resume, extend, set aside.

All of them are calls inside a command's transaction. Those that change a limit lock its row first and take the moment of the act after
the lock is held (`Tx.now`): the watch locks the same row, so that an act is either in time or after the breach, never both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.kit import ids
from services.kit.deadline import events, metrics, model, store
from services.kit.deadline.model import Deadline, Projection, Start
from services.kit.worktime import Budget, Calendar, Suspension, share_used

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


def start(tx: Tx, begin: Start) -> Deadline:
    """Starts a limit: its row, its rungs and one more open one in the counts. Refuses nothing; asks the database nothing."""
    limit = begin.rule
    calendar = tx.roster.calendar(begin.unit)
    started_at = begin.started_at or tx.now
    stated_at = begin.due_at or (None if begin.budget else limit.due_at)
    budget = None if stated_at else begin.budget or limit.budget
    projection = model.project(started_at, budget, stated_at, (), calendar)
    deadline = Deadline(
        id=ids.new(), tenant=tx.tenant, subject=begin.subject, parent=begin.parent, rule=limit.rule, label=limit.label, entry=begin.entry,
        generation=1, unit=begin.unit, role=begin.role, person=begin.person or "", initiator=begin.initiator, hard=limit.hard,
        citation=limit.citation, pins=dict(begin.pins), ladder=model.ladder_of(limit), started_at=started_at, budget=budget,
        stated_at=stated_at, suspensions=(), suspended_at=None, due_at=projection.due_at, provisional=projection.provisional,
        calendar_version=calendar.version, state=model.OPEN,
    )  # fmt: skip
    tx.insert(store.table(tx), store.row_of(deadline))
    store.keep(tx, deadline)
    store.write_rungs(tx, deadline.id, 1, model.place(deadline.ladder, projection, calendar, started_at), tx.now)
    store.write_count(tx, deadline, open_=1)
    return deadline


def finish(tx: Tx, subject: str, rule: str | None = None, at: datetime | None = None) -> list[Deadline]:
    """Ends the running limits of a subject (of one rule, if named): the work is done at `at`, by default now.

    Late work is done as well; it counts as late, and a breach that was raised is not taken back. One that the watch has not raised
    yet is raised all the same, because the rungs that were passed stay.
    """
    running = store.of_subject(tx, subject, rule, running=True, lock=True)
    return [_end(tx, deadline, model.FINISHED, at or tx.now) for deadline in running]


def cancel(tx: Tx, subject: str, reason: str, rule: str | None = None) -> list[Deadline]:
    """Ends the running limits of a subject that fell away: sent back, taken back, void. What was breached stays breached."""
    cancelled = []
    for deadline in store.of_subject(tx, subject, rule, running=True, lock=True):
        store.write_change(tx, deadline, "cancelled", due_after=deadline.due_at, reason=reason)
        after = _end(tx, deadline, model.CANCELLED, tx.now)
        if after.breached_at is not None:
            events.emit_changed(tx, deadline, after, "cancelled")
        cancelled.append(after)
    return cancelled


def suspend(tx: Tx, deadline_id: str, reason: str, clause: str = "") -> Deadline:
    """Stops the clock, for example while a correction is awaited. Refuses: DeadlineMissing, DeadlineNotRunning, DeadlineOver."""
    before = _locked(tx, deadline_id, model.OPEN)
    after = replace(before, state=model.SUSPENDED, suspended_at=tx.now, due_at=None, provisional=False)
    _save(tx, before, after, ("state", "suspended_at", "due_at", "provisional"))
    _rewrite(tx, before, after, None, tx.roster.calendar(before.unit))
    _record(tx, before, after, "suspended", reason, clause)
    return after


def resume(tx: Tx, deadline_id: str, reason: str = "", clause: str = "") -> Deadline:
    """Lets the clock go on; what was suspended is not counted. Refuses: DeadlineMissing, DeadlineNotRunning."""
    before = _locked(tx, deadline_id, model.SUSPENDED)
    assert before.suspended_at is not None
    # The database's clock may be set back by a hair between two transactions.
    pause = Suspension(before.suspended_at, max(tx.now, before.suspended_at))
    calendar = tx.roster.calendar(before.unit)
    suspensions = (*before.suspensions, pause)
    projection = model.project(before.started_at, before.budget, before.stated_at, suspensions, calendar)
    after = replace(before, state=model.OPEN, suspended_at=None, suspensions=suspensions, **_projected(projection, calendar))
    _save(tx, before, after, ("state", "suspended_at", "suspensions", "due_at", "provisional", "calendar_version"))
    _rewrite(tx, before, after, projection, calendar)
    _record(tx, before, after, "resumed", reason, clause)
    return after


def extend(tx: Tx, deadline_id: str, to: datetime | Budget, reason: str, granted_by: str = "", clause: str = "") -> Deadline:
    """Gives more time before the limit ends: another budget from the same start, or a stated end. The ladder begins anew.

    Refuses: DeadlineMissing, DeadlineNotRunning, DeadlineOver, DueNotLater.
    """
    before = _locked(tx, deadline_id, model.OPEN)
    calendar = tx.roster.calendar(before.unit)
    budget, stated_at = (to, None) if isinstance(to, Budget) else (None, to)
    # A stated end is meant as it is said: what was suspended before it was said does not move it.
    suspensions = before.suspensions if budget else ()
    projection = model.project(before.started_at, budget, stated_at, suspensions, calendar)
    if before.due_at is None or projection.due_at <= max(before.due_at, tx.now):
        raise model.DueNotLater()
    after = replace(
        before, generation=before.generation + 1, budget=budget, stated_at=stated_at, suspensions=suspensions,
        **_projected(projection, calendar),
    )  # fmt: skip
    _save(tx, before, after, ("generation", "budget", "stated_at", "suspensions", "due_at", "provisional", "calendar_version"))
    store.drop_rungs(tx, before)
    store.write_rungs(tx, after.id, after.generation, model.place(after.ladder, projection, calendar, tx.now), tx.now)
    _record(tx, before, after, "extended", reason, clause, {"granted_by": granted_by} if granted_by else None)
    return after


def set_aside(tx: Tx, deadline_id: str, reason: str, clause: str = "") -> Deadline:
    """Sets a breach aside that rested on a wrong calendar, pack or registration: it stays visible and no longer counts.

    The rest of its ladder falls away. Who does it and why is kept. Refuses: DeadlineMissing, NothingToSetAside.
    """
    before = store.one(tx, deadline_id, lock=True)
    if before.breached_at is None or before.set_aside_at is not None:
        raise model.NothingToSetAside()
    person = tx.caller.person if tx.caller else ""
    after = replace(before, set_aside_at=tx.now, set_aside_by=person, set_aside_reason=reason)
    _save(tx, before, after, ("set_aside_at", "set_aside_by", "set_aside_reason"))
    store.drop_rungs(tx, before)
    store.write_count(tx, after, overdue=-int(before.counts_as_overdue), set_aside=1)
    _record(tx, before, after, "set_aside", reason, clause)
    return after


def reassign(tx: Tx, subject: str, unit: str, role: str, person: str | None = None) -> list[Deadline]:
    """Puts the running limits of a subject into other hands: transferred, or the post has another holder. The clock runs on.

    The counts follow to the new unit; a breach stays with the unit that let the moment pass.
    """
    moved = []
    for before in store.of_subject(tx, subject, running=True, lock=True):
        after = replace(before, unit=unit, role=role, person=person or "")
        _save(tx, before, after, ("unit", "role", "person"))
        if unit != before.unit:
            overdue = int(before.counts_as_overdue)
            store.write_count(tx, before, open_=-1, overdue=-overdue)
            store.write_count(tx, after, open_=1, overdue=overdue)
        moved.append(after)
    return moved


def reproject_one(tx: Tx, before: Deadline, calendar: Calendar, reason: str) -> Deadline:
    """Reckons a locked limit anew with a changed calendar. One that is breached keeps its due moment; its later rungs move.

    One that ended after a provisional due moment gets its outcome as soon as the days are known.
    """
    if before.state == model.SUSPENDED or before.breached_at is not None:
        projection = None if before.due_at is None else Projection(before.due_at, before.provisional)
        after = replace(before, calendar_version=calendar.version)
    else:
        projection = model.project(before.started_at, before.budget, before.stated_at, before.suspensions, calendar)
        after = replace(before, **_projected(projection, calendar))
        if after.ended_at is not None:
            after = replace(after, outcome=model.outcome_of(after.due_at, after.provisional, after.ended_at))
    _save(tx, before, after, ("due_at", "provisional", "calendar_version", "outcome"))
    _rewrite(tx, before, after, projection, calendar)
    if (after.due_at, after.provisional) != (before.due_at, before.provisional):
        _record(tx, before, after, "reprojected", reason, "", {"calendar_version": calendar.version})
    return after


def _end(tx: Tx, before: Deadline, state: str, at: datetime) -> Deadline:
    # Cancelling says nothing about the work, so it has no outcome; a limit that was suspended cannot have been late.
    outcome = model.outcome_of(before.due_at, before.provisional, at) if state == model.FINISHED else None
    if before.breached_at is not None and state == model.FINISHED:
        outcome = model.LATE
    after = replace(before, state=state, ended_at=at, outcome=outcome, suspended_at=None)
    if state == model.FINISHED and after.due_at is not None:
        calendar = tx.roster.calendar(after.unit)
        after = replace(after, used=share_used(after.started_at, at, after.due_at, after.budget, calendar, after.suspensions))
    _save(tx, before, after, ("state", "ended_at", "outcome", "suspended_at", "used"))
    _drop_unreachable(tx, before, after)
    store.write_count(tx, after, open_=-1, overdue=-int(before.counts_as_overdue))
    if after.used is not None:
        metrics.COMPLETION.labels(tx.service, after.rule).observe(after.used)
        if outcome == model.LATE:
            events.emit_finished(tx, after, after.used)
    return after


def _drop_unreachable(tx: Tx, before: Deadline, ended: Deadline) -> None:
    """Removes what can no longer be reached. What was reached before the end and not noticed yet stays for the watch."""
    assert ended.ended_at is not None
    in_time = ended.due_at is None or ended.ended_at <= ended.due_at
    if ended.provisional and ended.state == model.FINISHED and not in_time:
        return  # held until the days are known
    if not in_time and not ended.provisional:
        following = store.next_rung_at(tx, before)
        if following is not None and following < ended.ended_at:
            return
    store.drop_rungs(tx, before)


def _rewrite(tx: Tx, before: Deadline, after: Deadline, projection: Projection | None, calendar: Calendar) -> None:
    """Places the rungs that were not reached anew, in the same generation."""
    # Nobody is reminded of what is done; but what became late is still to be said. What is set aside has no ladder any more.
    steps = [step for step in after.ladder if after.set_aside_at is None and (after.running or step.side >= 0)]
    placed = model.place(steps, projection, calendar, after.started_at, store.fired(tx, after))
    store.drop_rungs(tx, before)
    reachable = [entry for entry in placed if entry.at is None or after.reaches(entry.at)]
    store.write_rungs(tx, after.id, after.generation, reachable, tx.now)


def _locked(tx: Tx, deadline_id: str, state: str) -> Deadline:
    found = store.one(tx, deadline_id, lock=True)
    if found.state != state:
        raise model.DeadlineNotRunning()
    passed = found.due_at is not None and tx.now > found.due_at and not found.provisional
    if found.breached_at is not None or passed:
        raise model.DeadlineOver()
    return found


def _projected(projection: Projection, calendar: Calendar) -> dict[str, Any]:
    return {"due_at": projection.due_at, "provisional": projection.provisional, "calendar_version": calendar.version}


def _save(tx: Tx, before: Deadline, after: Deadline, columns: Iterable[str]) -> None:
    row = store.row_of(after) | {
        "ended_at": after.ended_at, "outcome": after.outcome, "set_aside_at": after.set_aside_at,
        "set_aside_by": after.set_aside_by, "set_aside_reason": after.set_aside_reason, "used": after.used,
    }  # fmt: skip
    tx.update(store.table(tx), {"id": before.id}, {name: row[name] for name in columns})
    store.keep(tx, after)


def _record(tx: Tx, before: Deadline, after: Deadline, kind: str, reason: str, clause: str, details: dict[str, Any] | None = None) -> None:
    store.write_change(tx, before, kind, due_after=after.due_at, reason=reason, clause=clause, details=details)
    tx.audit(
        f"{tx.service}.deadline.{kind}", after.name, clause=clause or after.citation.clause, pack=after.citation.pack,
        version=after.citation.version, details={"due_before": _text(before.due_at), "due_after": _text(after.due_at)},
    )  # fmt: skip
    events.emit_changed(tx, before, after, kind, clause)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def changes(tx: Tx, deadline_id: str) -> list[Any]:
    """The history of a limit, the oldest line first."""
    table = store.table(tx, "deadline_changes")
    return list(tx.all(select(table).where(table.c.deadline == deadline_id.removeprefix("deadlines/")).order_by(table.c.at, table.c.id)))
