"""Keeping the to-do lists as the services tell them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from services.kit.db.event import Event
from services.notifications import metrics, store
from services.notifications.domain.todo import State, WorkItem
from xiaoneng.notifications.v1 import events_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


def keep_item(tx: Tx, item: WorkItem, version: int) -> None:
    """Brings the lists of an item's persons to what its service told. Older news than what is known change nothing."""
    if not store.save_item(tx, item, version):
        return
    changed = store.save_todos(tx, item)
    if item.state is State.DONE:
        _measure(tx, item)
    tx.emit(
        Event(
            type="notifications.todos.changed.v1",
            subject=f"todos/{item.item}",
            data=events_pb2.TodosChanged(item=item.item, persons=changed),
            unit=item.unit,
        )
    )


def move_due(tx: Tx, item: str, before: datetime | None, due_at: datetime | None, *, provisional: bool) -> None:
    """Moves an open item whose due moment was `before`. Nothing happens to one that follows another limit or was moved already."""
    if store.move_due(tx, item, before, due_at, provisional):
        persons = store.holding(tx, item)
        data = events_pb2.TodosChanged(item=item, persons=persons)
        tx.emit(Event(type="notifications.todos.changed.v1", subject=f"todos/{item}", data=data))


def _measure(tx: Tx, item: WorkItem) -> None:
    for reminded_at, ended_at in store.reminded_and_done(tx, item.item):
        tx.after_commit(partial(metrics.REMINDER_TO_ACTION.labels(tx.tenant).observe, (ended_at - reminded_at).total_seconds()))
