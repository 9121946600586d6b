"""Bringing messages out of the platform: what is due, one attempt, what follows from its outcome.

Nothing is sent inside a transaction: a worker takes what is due for some time (`claim`), sends, and notes the outcome. One that dies in
between leaves the delivery to the next after that time; so a message may arrive twice, it is never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.kit.db.event import Event
from services.notifications import store
from services.notifications.channels import Letter
from services.notifications.commands.post import begin_leg, preferences_of
from services.notifications.domain.addresses import mail_address, robot_address
from services.notifications.domain.delivery import Channel, Leg, MessageKind, Outcome, Reach, Retry, following, reach
from services.notifications.facts import SEND
from services.notifications.settings import NotificationsSettings
from xiaoneng.notifications.v1 import events_pb2

if TYPE_CHECKING:
    from sqlalchemy import Row

    from services.kit.db.tx import Tx

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Errand:
    """One attempt: which message by which channel to which address. Without an address there is nothing to try."""

    tenant: str
    message: str
    person: str
    channel: Channel
    attempts: int
    address: str
    letter: Letter


def claim(tx: Tx, now: datetime, lease: timedelta, most: int) -> Sequence[Row[Any]]:
    """Takes up to `most` deliveries that are due, of all tenants, for the time of the lease."""
    return store.claim_due(tx, now, now + lease, most)


def prepare(tx: Tx, leg: Row[Any], settings: NotificationsSettings) -> Errand | None:
    """Makes the errand of a delivery. None where the tenant's rules want quiet now: it is put off to the next full hour."""
    row = store.sent_message(tx, leg.message)
    if _wants_quiet(tx, row):
        local = tx.roster.calendar().local(tx.now)
        later = local.replace(minute=0, second=0, microsecond=0) + _HOUR
        tx.update(store.message_deliveries, {"message": leg.message, "channel": leg.channel}, {"next_at": later})
        return None
    channel = Channel(leg.channel)
    link = f"\n{settings.base_url}{row.link}" if settings.base_url else ""
    letter = Letter(title=row.text.splitlines()[0][:60], text=row.text + link)
    return Errand(tx.tenant, leg.message, leg.person, channel, leg.attempts, _address(tx, channel, leg.person, settings), letter)


def conclude(tx: Tx, errand: Errand, error: str, retry: Retry) -> Outcome:
    """Notes how an attempt went: delivered, to be tried again, or given up and the next way begun. Empty `error`: it was taken."""
    attempts = errand.attempts + (1 if errand.address else 0)
    next_at = retry.next_at(attempts, tx.now) if error and errand.address else None
    outcome = (
        Outcome.NO_ADDRESS if not errand.address else Outcome.DELIVERED if not error else Outcome.PENDING if next_at else Outcome.FAILED
    )
    tx.update(
        store.message_deliveries,
        {"message": errand.message, "channel": errand.channel.value},
        {"state": outcome.value, "attempts": attempts, "error": error, "attempted_at": tx.now, "next_at": next_at},
    )
    if outcome is not Outcome.PENDING:
        tx.flush()
        _go_on(tx, errand)
    return outcome


def _go_on(tx: Tx, errand: Errand) -> None:
    """Begins the next way after one that is over, or settles how the message stands as a whole."""
    row = store.sent_message(tx, errand.message, lock=True)
    legs = [Leg(Channel(leg.channel), Outcome(leg.state), leg.attempts) for leg in store.legs(tx, errand.message)]
    route = preferences_of(tx, [errand.person])[errand.person].route(MessageKind(row.kind))
    further = following(legs, route)
    if further is not None:
        begin_leg(tx, errand.message, errand.person, Leg(further))
        return
    stands = reach(legs)
    tx.update(store.messages, {"id": errand.message}, {"reach": stands.value})
    if stands is Reach.UNREACHED:
        name = f"messages/{errand.message}"
        data = events_pb2.MessageUnreached(message=name, person=errand.person)
        tx.emit(Event(type="notifications.message.unreached.v1", subject=name, data=data))


def _wants_quiet(tx: Tx, row: Row[Any]) -> bool:
    local = tx.roster.calendar().local(tx.now)
    hour = local.replace(minute=0, second=0, microsecond=0)
    facts = {"message_kind": row.kind, "local_hour": local.hour, "sent_this_hour": store.sent_since(tx, row.person, hour)}
    return bool(tx.rules().check(SEND, facts))


def _address(tx: Tx, channel: Channel, person: str, settings: NotificationsSettings) -> str:
    own = store.wanted(tx, [person]).get(person)
    if channel is Channel.ROBOT:
        tenant = store.offered(tx)
        return robot_address(tenant.robot if tenant else "", own.robot_mention if own else "")
    member = tx.roster.member(person)
    return mail_address(settings.smtp_url.get_secret_value(), (own.mail if own else "") or (member.email if member else ""))
