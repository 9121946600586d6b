"""What notifications does when another service tells something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.kit.bus.dispatch import Registry
from services.kit.roster import copy
from services.notifications import convert, store
from services.notifications.commands.counts import keep_counts
from services.notifications.commands.keep import keep_item, move_due
from services.notifications.commands.ladder import tell_step
from services.notifications.commands.post import post
from services.notifications.domain.delivery import MessageKind
from xiaoneng.kit.v1 import deadline_pb2, work_pb2

if TYPE_CHECKING:
    from services.kit.bus.envelope import Envelope
    from services.kit.db.tx import Tx

REGISTRY = Registry()
REGISTRY.include(copy.registry())


@REGISTRY.on("*.work.opened.v1")
def add_to_list(tx: Tx, event: Envelope, data: work_pb2.WorkOpened) -> None:
    """Puts an item into the lists of its persons."""
    keep_item(tx, convert.work_item(data.item, event.service), event.subject_version)


@REGISTRY.on("*.work.changed.v1")
def change_in_list(tx: Tx, event: Envelope, data: work_pb2.WorkChanged) -> None:
    """Brings an item to other persons, or to another due moment."""
    keep_item(tx, convert.work_item(data.item, event.service), event.subject_version)


@REGISTRY.on("*.work.ended.v1")
def take_from_list(tx: Tx, event: Envelope, data: work_pb2.WorkEnded) -> None:
    """Ends an item in every list."""
    keep_item(tx, convert.work_item(data.item, event.service), event.subject_version)


@REGISTRY.on("*.deadline.warned.v1")
def tell_warning(tx: Tx, event: Envelope, data: deadline_pb2.DeadlineWarned) -> None:
    """Reminds those who answer for a limit that it will end, and whom the pack names beside them."""
    tell_step(tx, convert.ladder_step(data.deadline, data.step, event.service, MessageKind.WARNING))


@REGISTRY.on("*.deadline.breached.v1")
def tell_breach(tx: Tx, event: Envelope, data: deadline_pb2.DeadlineBreached) -> None:
    """Tells those who answer for a limit that it has passed, and whom the pack names beside them."""
    tell_step(tx, convert.ladder_step(data.deadline, data.step, event.service, MessageKind.BREACH))


@REGISTRY.on("*.deadline.escalated.v1")
def tell_escalation(tx: Tx, event: Envelope, data: deadline_pb2.DeadlineEscalated) -> None:
    """Tells the next in the chain that a limit has passed and the work is not done."""
    tell_step(tx, convert.ladder_step(data.deadline, data.step, event.service, MessageKind.ESCALATION))


@REGISTRY.on("*.deadline.changed.v1")
def follow_due_moment(tx: Tx, event: Envelope, data: deadline_pb2.DeadlineChanged) -> None:
    """Moves an item to the new due moment of its limit: extended, projected anew, suspended, resumed."""
    move_due(tx, data.deadline.subject, *convert.due_moments(data), provisional=data.deadline.provisional)


@REGISTRY.on("*.deadline.counted.v1")
def keep_counts_of_child(tx: Tx, event: Envelope, data: deadline_pb2.DeadlinesCounted) -> None:
    """Keeps how the limits of a tenant below stand; what comes late is older than what is known."""
    keep_counts(tx, event.tenant, event.service, data)


@REGISTRY.on("*.notice.given.v1")
def tell_notice(tx: Tx, event: Envelope, data: work_pb2.NoticeGiven) -> None:
    """Tells persons what the regulation makes known."""
    item = store.item_of(tx, [data.subject])
    post(tx, convert.notices(data, event.id, event.time, item.title if item else ""))
