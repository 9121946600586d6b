"""How many limits are open, overdue and broken, per unit and rule.

Every transaction appends its change; the folder adds the changes to the sums, sorted by key, so that it never waits crosswise.
A reader takes sums and changes in one question and is therefore exact at every moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg2
from sqlalchemy import BigInteger, Row, Select, func, select, union_all
from sqlalchemy import text as sql

from services.kit.deadline.store import table

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

BATCH = 5000
FOLDING = timedelta(seconds=1)
SHOWN_FOR = timedelta(days=35)
_COLLECTOR_LOCK = 0x58_4E_44_43

_FOLD = sql("""
    WITH gone AS (
        DELETE FROM deadline_count_changes c USING (
            SELECT tenant, id FROM deadline_count_changes ORDER BY tenant, id LIMIT :batch FOR UPDATE SKIP LOCKED
        ) chosen
        WHERE c.tenant = chosen.tenant AND c.id = chosen.id
        RETURNING c.*
    )
    INSERT INTO deadline_counts AS sums (tenant, unit, rule, open, overdue, breaches, set_aside, changed_at)
    SELECT tenant, unit, rule, sum(open), sum(overdue), sum(breaches), sum(set_aside), max(at)
    FROM gone GROUP BY tenant, unit, rule ORDER BY tenant, unit, rule
    ON CONFLICT (tenant, unit, rule) DO UPDATE SET
        open = sums.open + EXCLUDED.open, overdue = sums.overdue + EXCLUDED.overdue,
        breaches = sums.breaches + EXCLUDED.breaches, set_aside = sums.set_aside + EXCLUDED.set_aside,
        changed_at = greatest(sums.changed_at, EXCLUDED.changed_at)
""")


@dataclass(frozen=True, slots=True)
class Count:
    """The limits of one unit under one rule. `breaches` and `set_aside` only grow."""

    tenant: str
    unit: str
    rule: str
    open: int
    overdue: int
    breaches: int
    set_aside: int


class CountFolder:
    """The loop that adds appended changes to the sums."""

    def __init__(self, ports: Ports, batch: int = BATCH) -> None:
        self.name = f"{ports.service}-deadline-counts"
        self._ports = ports
        self._batch = batch

    def step(self, now: datetime) -> datetime | None:
        """Folds one batch; comes again at once while batches are full."""
        with self._ports.db.plumbing() as tx:
            waiting = table(tx, "deadline_count_changes")
            before = tx.scalar(select(func.count()).select_from(select(waiting.c.id).limit(self._batch).subquery()))
            if before:
                tx.execute(_FOLD.bindparams(batch=self._batch))
        if before == self._batch:
            return now
        return None if self._ports.clock.driven else now + FOLDING


def read(tx: Tx, unit: str | None = None) -> list[Count]:
    """The counts of the transaction's tenant (of one unit, if named), exact at this moment."""
    rows = tx.all(_sums(tx, unit))
    return [_count(row) for row in rows]


class Lead:
    """Whether this process is the one of its service that shows the counts: it holds an advisory lock as long as it lives.

    The lock is a transaction's, which stays open on a connection of its own, beside the pool: a session's would belong to whoever
    PgBouncer gives that session next. It holds no snapshot and no row. When it is lost, another process may take the lead.
    """

    def __init__(self, ports: Ports) -> None:
        self._engine = ports.db.engine
        self._connection: Any = None
        self._held = False

    def taken(self) -> bool:
        """Takes the lead if it is free, and says whether this process has it."""
        try:
            return self._ask()
        except psycopg2.Error:
            self._connection, self._held = None, False
            return self._ask()

    def _ask(self) -> bool:
        if self._connection is None:
            pooled = self._engine.raw_connection()
            self._connection = pooled.driver_connection
            pooled.detach()
        with self._connection.cursor() as cursor:
            # Who has the lock asks something else, which shows that the transaction lives.
            cursor.execute("SELECT true" if self._held else f"BEGIN; SELECT pg_try_advisory_xact_lock({_COLLECTOR_LOCK})")
            self._held = bool(cursor.fetchone()[0])
            if not self._held:
                cursor.execute("ROLLBACK")
        return self._held

    def close(self) -> None:
        """Gives the lead up at once; a process that dies gives it up with its connection."""
        if self._connection is None:
            return
        if self._held:
            with self._connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        self._connection.close()
        self._connection, self._held = None, False


def read_all(ports: Ports) -> list[Count]:
    """The counts of all tenants, for the metrics."""
    with ports.db.plumbing() as tx:
        rows = tx.all(_sums(tx, None))
        since = ports.clock.now() - SHOWN_FOR
        return [_count(row) for row in rows if row.open or row.changed_at >= since]


def _count(row: Row[Any]) -> Count:
    return Count(row.tenant, row.unit, row.rule, row.open, row.overdue, row.breaches, row.set_aside)


def _sums(tx: Tx, unit: str | None) -> Select[Any]:
    sums, changes = table(tx, "deadline_counts"), table(tx, "deadline_count_changes")
    names = ("tenant", "unit", "rule", "open", "overdue", "breaches", "set_aside")
    both = union_all(
        select(*(sums.c[name] for name in names), sums.c.changed_at.label("at")),
        select(*(changes.c[name] for name in names), changes.c.at),
    ).subquery()
    # The sum of bigints is a numeric; these are whole numbers.
    numbers: list[Any] = [func.sum(both.c[name]).cast(BigInteger).label(name) for name in names[3:]]
    keys = [both.c[name] for name in names[:3]]
    statement = select(*keys, *numbers, func.max(both.c.at).label("changed_at")).group_by(*keys).order_by(*keys)
    return statement if unit is None else statement.where(both.c.unit == unit)
