"""The watch: fires the rungs of ladders when their moment comes, each once, however many watches run or die.

A batch is one transaction: claim the rungs that are next and due (SKIP LOCKED), per tenant lock their limits (SKIP LOCKED: an act that
holds one is decided first, the watch comes back), see whether the work is still to be done, and write rungs, breaches, events, audit and
counts. What a downtime has passed fires at once, in the order of the ladder, each rung with its true moment.

A batch in which one limit fails is done again limit by limit, each in a transaction of its own; the one that fails there is set apart
(`stuck`) and holds up nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import and_, func, literal, not_, select
from sqlalchemy.dialects.postgresql import TIMESTAMP

from services.kit.db.failures import UNEXPECTED, transient
from services.kit.deadline import events, metrics, model, store
from services.kit.deadline.model import Deadline, Step
from services.kit.deadline.stuck import Stuck

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

log = structlog.get_logger(__name__)

BATCH = 200
LOOK_AGAIN = timedelta(milliseconds=50)
"""After limits that an act held just then."""

_FIRE = """
    UPDATE rungs r SET state = 'fired', fired_at = %s
    FROM unnest(%s::text[], %s::int[], %s::int[]) AS f(deadline, generation, rung)
    WHERE r.tenant = %s AND r.deadline = f.deadline AND r.generation = f.generation AND r.rung = f.rung
"""
_ARM = """
    UPDATE rungs r SET state = 'pending'
    FROM unnest(%s::text[], %s::int[], %s::int[]) AS f(deadline, generation, rung)
    WHERE r.tenant = %s AND r.deadline = f.deadline AND r.generation = f.generation AND r.rung = f.rung
"""
_DROP = "DELETE FROM rungs WHERE tenant = %s AND deadline = ANY(%s) AND state IN ('pending', 'waiting')"
_BREACH = "UPDATE deadlines SET breached_at = due_at WHERE tenant = %s AND id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung that was not reached when the batch began."""

    deadline: str
    generation: int
    rung: int
    at: datetime
    armed_at: datetime


@dataclass
class Batch:
    """What a tenant's part of a batch comes to."""

    fired: list[tuple[Deadline, Step, Rung]] = field(default_factory=list)
    breached: list[Deadline] = field(default_factory=list)
    armed: list[Rung] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)


def decide(deadline: Deadline, rungs: Sequence[Rung], now: datetime) -> Batch:
    """Says which rungs of a locked limit fire now, and which is the next one. Pure."""
    batch = Batch()
    steps = {step.rung: step for step in deadline.ladder}
    for rung in sorted(rungs, key=lambda rung: (rung.at, rung.rung)):
        if not deadline.reaches(rung.at):
            batch.emptied.append(deadline.id)  # everything from here on lies behind the end
            break
        if rung.at > now:
            batch.armed.append(rung)
            break
        if rung.rung == model.BREACH:
            deadline = replace(deadline, breached_at=deadline.due_at)
            batch.breached.append(deadline)
        batch.fired.append((deadline, steps[rung.rung], rung))
    return batch


class Watch:
    """The loop. Any number of them may run at once, in any number of processes."""

    def __init__(self, ports: Ports, batch: int = BATCH) -> None:
        self.name = f"{ports.service}-deadline-watch"
        self.last_step: datetime | None = None
        self._ports = ports
        self._batch = batch
        self._stuck = Stuck(ports)

    def step(self, now: datetime) -> datetime | None:
        """Fires one batch; returns when the next rung is due."""
        self.last_step = now
        claimed: dict[str, list[str]] = {}
        following: datetime | None = None
        try:
            with self._ports.db.plumbing() as tx:
                claimed, following = self._claim(tx, now)
                again, fired = self._stuck.due(tx, now), 0
                lags: list[float] = []
                for tenant, deadlines in sorted(claimed.items()):
                    tx.enter(tenant)
                    found, late_by = self._fire(tx, deadlines)
                    fired += found
                    lags += late_by
                before_commit = monotonic()
            self._observe(lags, before_commit)
        except UNEXPECTED as error:
            if transient(error) or not claimed:
                raise
            log.warning("deadline_batch_taken_apart", service=self._ports.service, error=type(error).__name__)
            fired, again = 0, [(tenant, one) for tenant, deadlines in sorted(claimed.items()) for one in deadlines]
            claimed = {}
        alone = [self._alone(tenant, deadline, now) for tenant, deadline in again]
        busy = sum(map(len, claimed.values())) - fired + alone.count(False)
        if busy:
            log.info("deadlines_busy", service=self._ports.service, count=busy)
        if fired or any(alone):
            return now  # there may be more, and what was armed may be due
        return now + LOOK_AGAIN if busy else following

    def _alone(self, tenant: str, deadline: str, now: datetime) -> bool:
        """Fires the rungs of one limit in a transaction of its own, or sets it apart; False when an act holds it."""
        try:
            with self._ports.db.plumbing() as tx:
                tx.enter(tenant)
                found, lags = self._fire(tx, [deadline])
                if found:
                    self._stuck.freed(tx, deadline)
                before_commit = monotonic()
        except UNEXPECTED as error:
            if transient(error):
                raise
            self._stuck.set_apart(tenant, deadline, error, now)
            return True
        self._observe(lags, before_commit)
        return found > 0

    def _observe(self, lags: Iterable[float], before_commit: float) -> None:
        commit = 0.0 if self._ports.clock.driven else monotonic() - before_commit
        for lag in lags:
            metrics.LAG.labels(self._ports.service).observe(max(lag, 0.0) + commit)

    def _claim(self, tx: Tx, now: datetime) -> tuple[dict[str, list[str]], datetime | None]:
        """Locks the next rungs that are due, of all tenants; gives their limits by tenant, and the moment of the rung after them."""
        rungs = store.table(tx, "rungs")
        clock = literal(now, TIMESTAMP(timezone=True)) if self._ports.clock.driven else func.clock_timestamp()
        pending = and_(rungs.c.state == model.PENDING, not_(self._stuck.holds(rungs)))
        # Asked before the claim: what falls due between the two questions is claimed or waited for, never overlooked. It is a
        # distance by the database's clock, because the clock of this process may differ.
        wait = tx.scalar(select(func.min(rungs.c.at) - clock).where(pending, rungs.c.at > select(clock).scalar_subquery()))
        rows = tx.all(
            select(rungs.c.tenant, rungs.c.deadline)
            .where(pending, rungs.c.at <= select(clock).scalar_subquery())
            .order_by(rungs.c.at, rungs.c.tenant, rungs.c.deadline)
            .limit(self._batch)
            .with_for_update(skip_locked=True, of=rungs)
        )
        claimed: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            claimed[row.tenant].append(row.deadline)
        waits = [each for each in (wait, self._stuck.wait(tx, clock)) if each is not None]
        return claimed, now + max(min(waits), timedelta(milliseconds=1)) if waits else None

    def _fire(self, tx: Tx, claimed: Sequence[str]) -> tuple[int, list[float]]:
        deadlines = store.table(tx)
        mine = store.whole(deadlines).where(deadlines.c.id.in_(claimed)).order_by(deadlines.c.id)
        rows = tx.all(mine.with_for_update(skip_locked=True))
        locked = {row.id: store.deadline_of(row) for row in rows}
        if not locked:
            return 0, []
        now, read_at = tx.now, monotonic()
        total = Batch()
        for deadline_id, rungs in self._rungs(tx, list(locked)).items():
            part = decide(locked[deadline_id], rungs, now)
            total.fired += part.fired
            total.breached += part.breached
            total.armed += part.armed
            total.emptied += part.emptied
        self._write(tx, total, now)
        since = 0.0 if self._ports.clock.driven else monotonic() - read_at
        return len(locked), [
            (now - max(rung.at, rung.armed_at)).total_seconds() + since for _, step, rung in total.fired if step.rung == model.BREACH
        ]

    def _rungs(self, tx: Tx, deadlines: list[str]) -> dict[str, list[Rung]]:
        rungs = store.table(tx, "rungs")
        columns = (rungs.c.deadline, rungs.c.generation, rungs.c.rung, rungs.c.at, rungs.c.armed_at)
        wanted = rungs.c.state.in_((model.PENDING, model.WAITING))
        by_deadline: dict[str, list[Rung]] = defaultdict(list)
        for row in tx.all(select(*columns).where(rungs.c.deadline.in_(deadlines), wanted)):
            by_deadline[row.deadline].append(Rung(row.deadline, row.generation, row.rung, row.at, row.armed_at))
        return by_deadline

    def _write(self, tx: Tx, batch: Batch, now: datetime) -> None:
        for deadline, step, rung in batch.fired:
            events.emit_step(tx, deadline, step, rung.at)
            tx.audit(
                f"{tx.service}.deadline.{step.do}", deadline.name, clause=step.citation.clause, pack=step.citation.pack,
                version=step.citation.version, details={"subject": deadline.subject, "rung": step.rung, "at": rung.at.isoformat()},
            )  # fmt: skip
        for deadline, count in _by_count(batch.breached):
            store.write_count(tx, deadline, overdue=count[0], breaches=count[1])
        cursor = tx.flush_on()
        _each(cursor, _FIRE, [rung for _, _, rung in batch.fired], tx.tenant, now)
        _each(cursor, _ARM, batch.armed, tx.tenant)
        if batch.emptied:
            cursor.execute(_DROP, (tx.tenant, batch.emptied))
        if batch.breached:
            cursor.execute(_BREACH, (tx.tenant, [deadline.id for deadline in batch.breached]))


def _each(cursor: Any, statement: str, rungs: Sequence[Rung], tenant: str, *head: datetime) -> None:
    if rungs:
        keys = ([rung.deadline for rung in rungs], [rung.generation for rung in rungs], [rung.rung for rung in rungs])
        cursor.execute(statement, (*head, *keys, tenant))


def _by_count(breached: Iterable[Deadline]) -> list[tuple[Deadline, tuple[int, int]]]:
    """One change of the counts per unit and rule: (overdue, breaches). Work that is done by now is no longer overdue."""
    sums: dict[tuple[str, str], tuple[Deadline, int, int]] = {}
    for deadline in breached:
        one, overdue, breaches = sums.get((deadline.unit, deadline.rule), (deadline, 0, 0))
        sums[deadline.unit, deadline.rule] = (one, overdue + int(deadline.running), breaches + 1)
    return [(one, (overdue, breaches)) for one, overdue, breaches in sums.values()]
