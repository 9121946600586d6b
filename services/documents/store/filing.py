"""What is filed of a year, what waits for it, receipts and lists of what is destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, func, literal, select, tuple_

from services.documents.domain.document import State
from services.documents.store import tables, visibility
from services.kit.db.tx import Tx
from services.kit.pages import Page


def _unfiled(tx: Tx, year: int) -> ColumnElement[bool]:
    table, zone = tables.documents, ZoneInfo(tx.roster.tenant.time_zone)
    first, after = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    closed = and_(table.c.state == State.CLOSED, table.c.closed_at >= first, table.c.closed_at < after)
    return and_(closed, table.c.file_number == "", visibility.visible(tx))


def unfiled(tx: Tx, year: int, page: Page) -> Sequence[Row[Any]]:
    """What was closed in a year of the office's calendar and is not filed, in the order in which it was closed."""
    table = tables.documents
    where = [_unfiled(tx, year)]
    if page.after is not None:
        where.append(tuple_(table.c.closed_at, table.c.id) > tuple_(*(literal(value) for value in page.after)))
    return tx.all(select(table).where(and_(*where)).order_by(table.c.closed_at, table.c.id).limit(page.size + 1))


def count_unfiled(tx: Tx, year: int) -> int:
    """How many of them there are."""
    return int(tx.scalar(select(func.count()).select_from(tables.documents).where(_unfiled(tx, year))))


def classes(tx: Tx, year: int) -> Sequence[Row[Any]]:
    """How many documents of a year were filed under each retention class."""
    table = tables.documents
    counted = select(table.c.retention, func.count().label("documents"))
    return tx.all(counted.where(_filed(tx, year)).group_by(table.c.retention).order_by(table.c.retention))


def _filed(tx: Tx, year: int) -> ColumnElement[bool]:
    table = tables.documents
    return and_(table.c.file_year == year, table.c.file_number != "", visibility.visible(tx))


def filed(tx: Tx, year: int, retention: str, page: Page) -> Sequence[Row[Any]]:
    """What was filed of a year, in the order of the file numbers."""
    table = tables.documents
    where = [_filed(tx, year)]
    if retention:
        where.append(table.c.retention == retention)
    if page.after is not None:
        where.append(tuple_(table.c.file_number, table.c.id) > tuple_(*(literal(value) for value in page.after)))
    return tx.all(select(table).where(and_(*where)).order_by(table.c.file_number, table.c.id).limit(page.size + 1))


def receipts(tx: Tx, page: Page) -> Sequence[Row[Any]]:
    """The archive's receipts, newest first."""
    return _newest(tx, tables.archive_receipts, page)


def destructions(tx: Tx, page: Page) -> Sequence[Row[Any]]:
    """Lists of what is to be destroyed or was, newest first."""
    return _newest(tx, tables.destructions, page)


def _newest(tx: Tx, table: Any, page: Page) -> Sequence[Row[Any]]:
    where = [table.c.id < page.after[0]] if page.after is not None else []
    return tx.all(select(table).where(*where).order_by(table.c.id.desc()).limit(page.size + 1))
