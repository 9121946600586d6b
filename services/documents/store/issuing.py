"""What is asked of the issue list: one entry, the entries of a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, select, tuple_

from services.documents.store import rows, tables
from services.kit.db.tx import Tx
from services.kit.pages import Page


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to. `units`: only their entries; None: all of them."""

    state: str = ""
    lead_unit: str = ""
    superior_document: str = ""
    overdue_at: datetime | None = None
    units: Collection[str] | None = None


def entry_row(tx: Tx, entry: str, units: Collection[str] | None) -> Row[Any] | None:
    """An entry, if it is one of these units'."""
    table = tables.issue_entries
    return tx.one(select(table).where(table.c.id == entry, *_of(units)))


def page_of_entries(tx: Tx, wish: Filter, page: Page) -> Sequence[Row[Any]]:
    """The entries of a page, due first; those without a limit last."""
    table = tables.issue_entries
    due = func.coalesce(table.c.draft_due_at, literal(rows.LAST)).label("due")
    where = _of(wish.units)
    where += [table.c[name] == value for name in ("state", "lead_unit", "superior_document") if (value := getattr(wish, name))]
    if wish.overdue_at is not None:
        where.append(table.c.draft_due_at < func.coalesce(table.c.delivered_at, literal(wish.overdue_at)))
    if page.after is not None:
        where.append(tuple_(due, table.c.id) > tuple_(*(literal(value) for value in page.after)))
    return tx.all(select(table, due).where(and_(True, *where)).order_by(due, table.c.id).limit(page.size + 1))


def _of(units: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if units is None else [tables.issue_entries.c.lead_unit.in_(sorted(units))]
