"""Terms of full texts, and what waits for the worker: documents to be read, exports to be made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Row, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from services.documents.store import tables

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

HEAD, BODY, TEXT = "head", "body", "text"


def put_terms(tx: Tx, document: str, found: Iterable[str], field: str) -> None:
    """Adds terms of a document in one statement. What its head has stays the head's."""
    listed = sorted(found)
    if not listed:
        return
    table = tables.search_terms
    rows = select(literal(tx.tenant, Text), func.unnest(cast(listed, ARRAY(Text))), literal(document, Text), literal(field, Text))
    statement = insert(table).from_select(["tenant", "term", "document", "field"], rows)
    key = ["tenant", "term", "document"]
    if field == HEAD:
        tx.execute(statement.on_conflict_do_update(index_elements=key, set_={"field": HEAD}))
    else:
        tx.execute(statement.on_conflict_do_nothing(index_elements=key))


def due_jobs(tx: Tx, now: datetime, most: int) -> Sequence[Row[Any]]:
    """Documents of any tenant whose full text has to be read now, locked; what another worker has is left out."""
    table = tables.text_jobs
    due = select(table).where(table.c.next_at <= now).order_by(table.c.next_at).limit(most)
    return tx.all(due.with_for_update(skip_locked=True))


def due_export(tx: Tx, now: datetime) -> Row[Any] | None:
    """An export of any tenant that has to be made or removed now, locked; what another worker has is left out."""
    table = tables.exports
    due = select(table).where(table.c.state.in_(["pending", "done"]), table.c.next_at <= now).order_by(table.c.next_at, table.c.id)
    return tx.one(due.limit(1).with_for_update(skip_locked=True))
