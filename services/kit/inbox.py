"""The inbox: an event is handled once per handler and receiving tenant, however often it arrives.

The row is written in the transaction of the effect, so that there is never one without the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


def claim(tx: Tx, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Writes `(event, handler)` rows for the tenant of the transaction; returns those that were not there yet.

    A row that another transaction is just writing is waited for. The keys go in sorted, so that two batches with the same
    events wait for each other and do not deadlock.
    """
    inbox = tx.ports.db.metadata.tables["inbox"]
    rows = [{"tenant": tx.tenant, "event": event, "handler": handler, "handled_at": tx.now} for event, handler in sorted(set(keys))]
    if not rows:
        return set()
    statement = insert(inbox).values(rows).on_conflict_do_nothing().returning(inbox.c.event, inbox.c.handler)
    return {(row.event, row.handler) for row in tx.returning(statement)}


def forget(tx: Tx, event: str) -> int:
    """Removes the rows of an event, so that its handlers run again; only for a repair that a person has decided."""
    inbox = tx.ports.db.metadata.tables["inbox"]
    return tx.execute(delete(inbox).where(inbox.c.event == event))
