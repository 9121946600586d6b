"""What waits for a person: the events from which the to-do list over all services is kept.

A service calls `opened`, `changed` and `ended` in the transaction that opens, changes or ends a step or a reading. Each event carries the
whole item, so that they may arrive twice or out of order. They stay inside the installation: persons and titles do not go to subscribers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from services.kit.db.event import Event
from xiaoneng.kit.v1 import citation_pb2, work_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.errors import Citation

WorkItem = work_pb2.WorkItem


def opened(tx: Tx, item: work_pb2.WorkItem) -> None:
    """Tells the to-do list that `item` lies with its persons from now on."""
    item.state = work_pb2.WORK_STATE_OPEN
    if not item.HasField("arrive_time"):
        item.arrive_time.FromDatetime(tx.now)
    _emit(tx, "opened", work_pb2.WorkOpened(item=item), item)


def changed(tx: Tx, item: work_pb2.WorkItem) -> None:
    """Tells the to-do list that an open item has other persons, another due moment or another urgency."""
    item.state = work_pb2.WORK_STATE_OPEN
    _emit(tx, "changed", work_pb2.WorkChanged(item=item), item)


def ended(tx: Tx, item: work_pb2.WorkItem, done: bool, by: str = "", on_behalf_of: str = "") -> None:
    """Tells the to-do list that `item` was done (by whom, for whom), or that it needs not be done any more."""
    item.state = work_pb2.WORK_STATE_DONE if done else work_pb2.WORK_STATE_CANCELLED
    item.ended_by, item.ended_for = by, on_behalf_of
    item.end_time.FromDatetime(tx.now)
    _emit(tx, "ended", work_pb2.WorkEnded(item=item), item)


def told(tx: Tx, subject: str, persons: Iterable[str], text: str, citation: Citation) -> None:
    """Tells persons something that asks nothing of them: what `rules.notices` gave, with its holders. Nobody to tell: nothing happens."""
    named = sorted(set(persons))
    if named:
        data = work_pb2.NoticeGiven(subject=subject, persons=named, text=text, citation=citation_pb2.Citation(**asdict(citation)))
        tx.emit(Event(type=f"{tx.service}.notice.given.v1", subject=subject, data=data, clause=citation.clause))


def _emit(tx: Tx, what: str, data: work_pb2.WorkOpened | work_pb2.WorkChanged | work_pb2.WorkEnded, item: work_pb2.WorkItem) -> None:
    tx.emit(Event(type=f"{tx.service}.work.{what}.v1", subject=item.item, data=data, unit=item.unit, clause=item.citation.clause))
