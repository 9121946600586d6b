"""The reminder of everything that is open, at the hours that the regulation sets."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from services.kit.db.event import Event
from services.kit.schedule import Run
from services.notifications import metrics, store
from services.notifications.commands.post import post
from services.notifications.domain.delivery import MessageKind
from services.notifications.domain.messages import Draft, citation_data
from services.notifications.domain.texts import reminder_text
from xiaoneng.notifications.v1 import events_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


def remind_open_items(tx: Tx, run: Run) -> None:
    """Reminds everybody who has an open item: one message per person and run, with the number of items at this moment.

    Windows that were missed are covered by the same message. Persons without an open item get nothing, unless the pack wants it.
    """
    counts = counts_of(tx)
    if not run.schedule.settings.get("skip_if_zero", True):
        counts.update({member.person: 0 for member in tx.roster.members(tx.now) if member.person not in counts})
    merged = tuple(occurrence.at for occurrence in run.missed)
    posted = post(tx, (_draft(run, person, count, merged) for person, count in sorted(counts.items())))
    store.note_reminded(tx, sorted(counts))
    tx.after_commit(partial(metrics.WINDOWS_MISSED.labels(tx.tenant).inc, len(merged)))
    data = events_pb2.RemindersSent(persons=posted, items=sum(counts.values()), merged_windows=len(merged))
    data.planned_time.FromDatetime(run.planned_at)
    clause = run.schedule.citation.clause
    tx.emit(Event(type="notifications.reminders.sent.v1", subject=f"reminders/{run.schedule.rule}", data=data, clause=clause))
    tx.audit("notifications.reminders.send", clause=clause, details={"persons": posted, "planned_at": run.planned_at.isoformat()})


def counts_of(tx: Tx) -> Counter[str]:
    """Open items per person: the own ones, and those of persons who have delegated."""
    rows = store.open_counts(tx)
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.person] += row.number
    for row in rows:
        if row.delegable:
            for delegate in {d.delegate for d in tx.roster.delegates_of(row.person, tx.now, act_of(row.service))}:
                counts[delegate] += row.number
    return +counts


def act_of(service: str) -> str:
    """The kind of act that a delegation must cover for the items of a service."""
    return f"{service}.step"


def _draft(run: Run, person: str, count: int, merged: tuple[Any, ...]) -> Draft:
    return Draft(
        person=person,
        kind=MessageKind.REMINDER,
        cause=f"schedule:{run.key}",
        text=reminder_text(run.schedule.text, count),
        planned_at=run.planned_at,
        link="/todos",
        citation=citation_data(run.schedule.citation),
        merged=merged,
    )
