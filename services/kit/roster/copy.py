"""Keeps a service's copy of the directory: changes are applied in the order of their numbers, each once.

A change that comes before one that is still missing waits in `roster_pending`; while one is missing `roster_state.gap_since` says
since when, and the copy asks the directory for it (`kit.roster.heal`). `xiaoneng sync <service>` fills it anew (`kit.roster.sync`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict, ParseDict
from prometheus_client import Counter
from sqlalchemy import Table, func, select

from services.kit.bus.dispatch import Registry
from services.kit.roster.model import Row
from services.kit.roster.rows import from_proto, keys_from_proto
from services.kit.roster.tables import KIND_OF, KINDS, Kind, values
from xiaoneng.kit.v1 import roster_pb2

if TYPE_CHECKING:
    from services.kit.bus.envelope import Envelope
    from services.kit.db.tx import Tx

CHANGED = "directory.roster.changed.v1"

CHANGES = Counter(
    "xiaoneng_roster_changes_total",
    "Changes of the directory by outcome: applied, repeated (known already), waiting (one before it is missing), replaced (all of it).",
    ["service", "outcome"],
)


@dataclass(frozen=True)
class Applied:
    """A change that the copy now contains."""

    number: int
    rows: tuple[Row, ...]
    removed: tuple[tuple[Kind, dict[str, Any]], ...]


After = Callable[["Tx", Applied], None]


def registry(*after: After) -> Registry:
    """The handlers of a service that keeps a copy. Each of `after` is called, in the same transaction, once per applied change:
    there a service lets open steps follow a post or projects deadlines anew."""
    handlers = Registry()

    @handlers.on(CHANGED)
    def apply_roster_change(tx: Tx, event: Envelope, data: roster_pb2.RosterChanged) -> None:
        """Brings a change of the directory into the copy, and those that waited for it."""
        receive(tx, data, after)

    return handlers


def receive(tx: Tx, data: roster_pb2.RosterChanged, after: Sequence[After] = ()) -> None:
    """Applies a change that is the next one, or all there is; lets it wait when one before it is missing; ignores one that is known."""
    number = lock(tx)
    if data.number <= number:
        CHANGES.labels(tx.service, "repeated").inc()
        return
    if data.whole:
        replace(tx, from_proto(tx.tenant, data.rows), data.number)
        for follow in after:
            follow(tx, Applied(data.number, tuple(from_proto(tx.tenant, data.rows)), ()))
        drain(tx, data.number, after)
        CHANGES.labels(tx.service, "replaced").inc()
        return
    if data.number > number + 1:
        CHANGES.labels(tx.service, "waiting").inc()
        tx.upsert(_table(tx, "roster_pending"), {"number": data.number, "data": MessageToDict(data)})
        tx.flush()
        set_number(tx, number)
        return
    _apply(tx, data, after)
    drain(tx, data.number, after)


def drain(tx: Tx, number: int, after: Sequence[After] = ()) -> None:
    """Applies what waited for `number`, and writes down how far the copy has come."""
    pending = _table(tx, "roster_pending")
    waiting = tx.all(select(pending.c.number, pending.c.data).where(pending.c.tenant == tx.tenant).order_by(pending.c.number))
    for row in waiting:
        if row.number == number + 1:
            _apply(tx, ParseDict(row.data, roster_pb2.RosterChanged()), after)
            number = row.number
        if row.number <= number:
            tx.delete(pending, {"number": row.number})
    tx.flush()
    set_number(tx, number)


def lock(tx: Tx) -> int:
    """Lets nobody else change this tenant's copy until the transaction ends; returns how far it has come."""
    tx.scalar(select(func.pg_advisory_xact_lock(func.hashtextextended(f"roster {tx.tenant}", 0))))
    state = _table(tx, "roster_state")
    number = tx.scalar(select(state.c.number).where(state.c.tenant == tx.tenant))
    return int(number or 0)


def set_number(tx: Tx, number: int) -> None:
    """Writes down how far the copy has come, and since when a change is missing."""
    state, pending = _table(tx, "roster_state"), _table(tx, "roster_pending")
    missing = tx.scalar(select(func.count()).select_from(pending).where(pending.c.tenant == tx.tenant))
    since = tx.scalar(select(state.c.gap_since).where(state.c.tenant == tx.tenant))
    row = {"number": number, "gap_since": (since or tx.now) if missing else None}
    tx.upsert(state, row if missing else {**row, "asks": 0, "asked_at": None})
    tx.flush()
    tx.renew_roster(number, written=True)


def replace(tx: Tx, rows: Iterable[Row], number: int) -> None:
    """Lets the copy hold these rows and no others."""
    for kind in KINDS:
        tx.delete(_table(tx, kind.table), {})
    tx.flush()
    for row in rows:
        write(tx, row)
    tx.flush()
    tx.renew_roster(number, written=True)


def write(tx: Tx, row: Row) -> None:
    """Queues a row as it is now."""
    tx.upsert(_table(tx, KIND_OF[type(row)].table), values(row))


def _apply(tx: Tx, data: roster_pb2.RosterChanged, after: Sequence[After]) -> None:
    rows = tuple(from_proto(tx.tenant, data.rows))
    removed = tuple(keys_from_proto(data.removed))
    for kind, key in removed:
        tx.delete(_table(tx, kind.table), key)
    for row in rows:
        write(tx, row)
    tx.flush()
    tx.renew_roster(data.number, written=True)
    for follow in after:
        follow(tx, Applied(data.number, rows, removed))
    CHANGES.labels(tx.service, "applied").inc()


def _table(tx: Tx, name: str) -> Table:
    return tx.ports.db.metadata.tables[name]
