"""Rows of service matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from services.documents.domain.matters import OVER, Matter
from services.documents.store.tables import service_matters as table
from services.kit.db.tx import Tx
from services.kit.deadline import store as deadlines
from services.kit.pages import Page

_NAMES = tuple(f.name for f in fields(Matter))


def insert(tx: Tx, matter: Matter) -> None:
    """Keeps a new matter."""
    tx.insert(table, asdict(matter))


def update(tx: Tx, matter: Matter) -> None:
    """Writes a matter as it is now."""
    row = asdict(matter)
    tx.update(table, {"id": row.pop("id")}, row)


def one(tx: Tx, matter: str) -> Matter | None:
    """A matter."""
    row = tx.one(select(table).where(table.c.id == matter))
    return _of(row) if row is not None else None


def locked(tx: Tx, matter: str) -> Matter | None:
    """A matter, locked."""
    rows = tx.locked(select(table).where(table.c.id == matter))
    return _of(rows[0]) if rows else None


def overdue(tx: Tx, matter: Matter) -> bool:
    """Whether its due moment has passed while it was not done; of one that has ended, whether a limit was broken."""
    if matter.ended_at is not None:
        return any(limit.breached_at is not None and limit.set_aside_at is None for limit in deadlines.of_subject(tx, matter.name))
    return matter.due_at is not None and matter.due_at <= tx.now


def overdue_of(tx: Tx, unit: str, at: datetime) -> list[str]:
    """The names of a unit's matters that are overdue and not done, oldest first."""
    late = select(table.c.id).where(table.c.unit == unit, table.c.due_at <= at, table.c.ended_at.is_(None)).order_by(table.c.id)
    return [f"serviceMatters/{row.id}" for row in tx.all(late)]


def holders(tx: Tx) -> list[str]:
    """Under which names the caller may see a matter."""
    assert tx.caller is not None
    person = tx.caller.acting_for or tx.caller.person
    return [f"person:{person}", *(f"unit:{unit}" for unit in tx.roster.units_of(person, tx.now))]


def listed(tx: Tx, page: Page, *, everything: bool, mine: bool, show_ended: bool) -> Sequence[Matter]:
    """Matters that the caller may see by id, one more than the page has."""
    assert tx.caller is not None
    statement = select(table).order_by(table.c.id).limit(page.size + 1)
    if mine:
        person = tx.caller.person
        statement = statement.where(or_(table.c.handler == person, table.c.handed_to == person, table.c.first_asked == person))
    elif not everything:
        statement = statement.where(_seen(holders(tx)))
    if not show_ended:
        statement = statement.where(table.c.state.not_in([state.value for state in OVER]))
    if page.after:
        statement = statement.where(table.c.id > page.after[0])
    return [_of(row) for row in tx.all(statement)]


def _seen(names: list[str]) -> ColumnElement[bool]:
    return or_(false(), *(table.c.involved.contains([name]) for name in names))


def _of(row: Any) -> Matter:
    values = {name: getattr(row, name) for name in _NAMES}
    return Matter(**{**values, "state": str(row.state)})
