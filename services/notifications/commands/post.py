"""Writing messages: into the inbox at once, and onto the way that the tenant and the person want."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from services.kit import ids
from services.kit.db.event import Event
from services.notifications import metrics, store
from services.notifications.domain.delivery import Channel, Leg, MessageKind, Outcome, Preferences, reach
from services.notifications.domain.messages import Draft
from xiaoneng.notifications.v1 import events_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


def post(tx: Tx, drafts: Iterable[Draft]) -> int:
    """Writes the messages that were not written yet; returns how many. The same cause reaches a person once."""
    wanted = {(draft.person, draft.cause): draft for draft in drafts}
    known = store.known_causes(tx, sorted({cause for _, cause in wanted}), sorted({person for person, _ in wanted})) if wanted else set()
    fresh = [draft for key, draft in wanted.items() if key not in known]
    if not fresh:
        return 0
    preferences = preferences_of(tx, sorted({draft.person for draft in fresh}))
    for draft in fresh:
        _write(tx, draft, preferences[draft.person])
    persons = sorted({draft.person for draft in fresh})
    tx.emit(Event(type="notifications.messages.posted.v1", subject=f"inboxes/{tx.tenant}", data=events_pb2.MessagesPosted(persons=persons)))
    tx.after_commit(partial(_count, tx.tenant, Counter(draft.kind.value for draft in fresh)))
    return len(fresh)


def _count(tenant: str, kinds: Mapping[str, int]) -> None:
    for kind, number in kinds.items():
        metrics.MESSAGES.labels(tenant, kind).inc(number)


def preferences_of(tx: Tx, persons: Sequence[str]) -> Mapping[str, Preferences]:
    """What the tenant offers and what each of the persons wants of it."""
    tenant = store.offered(tx)
    offered = _channels(tenant.channel_order) if tenant else ()
    own = store.wanted(tx, persons) if offered else {}
    return {person: _preferences(offered, own.get(person)) for person in persons}


def _preferences(offered: tuple[Channel, ...], own: Row[Any] | None) -> Preferences:
    if own is None:
        return Preferences(offered)
    return Preferences(offered, _channels(own.channel_order), frozenset(MessageKind(kind) for kind in own.inbox_only))


def _channels(names: Sequence[str]) -> tuple[Channel, ...]:
    return tuple(Channel(name) for name in names)


def _write(tx: Tx, draft: Draft, preferences: Preferences) -> None:
    id_ = ids.new()
    legs = [Leg(Channel.IN_APP, Outcome.DELIVERED, 1)]
    legs += [Leg(channel) for channel in preferences.route(draft.kind)[:1]]
    tx.insert(
        store.messages,
        {
            "id": id_, "person": draft.person, "kind": draft.kind.value, "cause": draft.cause, "text": draft.text, "subject": draft.subject,
            "deadline": draft.deadline, "link": draft.link, "citation": draft.citation, "planned_at": draft.planned_at,
            "merged": [at.isoformat() for at in draft.merged], "created_at": tx.now, "read_at": None, "reach": reach(legs).value,
        },
    )  # fmt: skip
    for leg in legs:
        begin_leg(tx, id_, draft.person, leg)


def begin_leg(tx: Tx, message: str, person: str, leg: Leg) -> None:
    """Begins a way for a message; what is not over at once is taken up by the sender."""
    over = leg.outcome is not Outcome.PENDING
    tx.insert(
        store.message_deliveries,
        {
            "message": message, "channel": leg.channel.value, "person": person, "state": leg.outcome.value, "attempts": leg.attempts,
            "error": "", "created_at": tx.now, "attempted_at": tx.now if over else None, "next_at": None if over else tx.now,
        },
    )  # fmt: skip
