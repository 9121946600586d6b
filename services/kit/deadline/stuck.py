"""Limits that the watch cannot fire: set apart so that they hold up nobody, tried again at growing distances, shown to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import ColumnElement, Table, and_, exists, func, select, update
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

log = structlog.get_logger(__name__)

_AGAIN = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))
_AT_ONCE = 20


@dataclass(frozen=True)
class StuckDeadline:
    """One limit that waits for a person, or for a release that can read it."""

    tenant: str
    deadline: str
    error: str
    attempts: int
    since: datetime
    next_at: datetime


class Stuck:
    """The limits of one service that are set apart."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    @property
    def _table(self) -> Table:
        return self._ports.db.metadata.tables["stuck_deadlines"]

    def holds(self, rungs: Table) -> ColumnElement[bool]:
        """That the limit of a rung is set apart."""
        table = self._table
        return exists().where(and_(table.c.tenant == rungs.c.tenant, table.c.deadline == rungs.c.deadline))

    def due(self, tx: Tx, now: datetime) -> list[tuple[str, str]]:
        """Those that are to be tried again, as (tenant, limit)."""
        table = self._table
        wanted = select(table.c.tenant, table.c.deadline).where(table.c.next_at <= now).order_by(table.c.next_at).limit(_AT_ONCE)
        return [(row.tenant, row.deadline) for row in tx.all(wanted)]

    def wait(self, tx: Tx, clock: ColumnElement[Any]) -> timedelta | None:
        """How long until the next one is to be tried again."""
        found: timedelta | None = tx.scalar(select(func.min(self._table.c.next_at) - clock).where(self._table.c.next_at > clock))
        return found

    def set_apart(self, tenant: str, deadline: str, error: BaseException, now: datetime) -> None:
        """Lets the watch pass by a limit until it is tried again. What it holds is not lost: its rungs stay as they are."""
        said = _what(error)
        table = self._table
        with self._ports.db.plumbing() as tx:
            known = tx.one(select(table).where(table.c.tenant == tenant, table.c.deadline == deadline).with_for_update())
            attempts = 1 + (known.attempts if known is not None else 0)
            row = {
                "tenant": tenant, "deadline": deadline, "error": said, "attempts": attempts,
                "since": known.since if known is not None else now, "next_at": now + _AGAIN[min(attempts, len(_AGAIN)) - 1],
            }  # fmt: skip
            tx.upsert(table, row)
        log.error("deadline_stuck", service=self._ports.service, tenant=tenant, deadline=deadline, attempts=attempts, error=said)

    def freed(self, tx: Tx, deadline: str) -> None:
        """It could be fired."""
        tx.delete(self._table, {"deadline": deadline})


def listed(ports: Ports) -> list[StuckDeadline]:
    """All limits of a service that are set apart, those of longest standing first."""
    table = ports.db.metadata.tables["stuck_deadlines"]
    with ports.db.plumbing() as tx:
        rows = tx.all(select(table).order_by(table.c.since, table.c.tenant, table.c.deadline))
    return [StuckDeadline(**row._mapping) for row in rows]


def retry(ports: Ports, deadlines: Sequence[str] = ()) -> int:
    """Lets the watch try these (or all) again now; says how many."""
    table = ports.db.metadata.tables["stuck_deadlines"]
    statement = update(table).values(next_at=table.c.since)
    with ports.db.plumbing() as tx:
        return tx.execute(statement.where(table.c.deadline.in_(deadlines)) if deadlines else statement)


def _what(error: BaseException) -> str:
    """A class and a code, never a text with data."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    diagnosis = getattr(cause, "diag", None)
    where = getattr(diagnosis, "constraint_name", None) or getattr(cause, "pgcode", None) or ""
    return f"{type(cause).__name__} {where}".strip()
