"""What waits for an administrator of a tenant: events that a handler gave up, limits that the watch cannot fire.

Apis do not reach the broker. A loop of the worker copies what lies among the dead letters into a table, where row-level security shows
each tenant its own, and brings back what somebody asked for there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.kit.bus.catalogue import catalogue
from services.kit.bus.deadletters import DeadLetter, DeadLetters, InlineDeadLetters, RabbitDeadLetters
from services.kit.bus.topology import Consumption
from services.kit.db.command import Command, UseCase

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.pages import Page
    from services.kit.service import Ports, ServiceSpec

_BROKER_EVERY = timedelta(minutes=1)
_INLINE_EVERY = timedelta(seconds=2)
_ASKED_EVERY = timedelta(seconds=1)
_LOCK = 0x58_4E_44_4C

Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class ReplayDeadLetters(Command):
    """Events that are to be handled again; none: all."""

    events: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RetryStuck(Command):
    """Stuck limits that are to be tried again; none: all."""

    deadlines: tuple[str, ...] = ()


def replay(service: str) -> UseCase[ReplayDeadLetters, int]:
    """The command of a service: asks the worker to bring dead letters back, and says how many."""

    def replay_dead_letters(tx: Tx, cmd: ReplayDeadLetters) -> int:
        table = tx.ports.db.metadata.tables["dead_letters"]
        asked = update(table).where(table.c.tenant == tx.tenant, table.c.wanted_at.is_(None)).values(wanted_at=tx.now)
        chosen = asked.where(table.c.event.in_(cmd.events)) if cmd.events else asked
        rows = tx.returning(chosen.returning(table.c.event))
        tx.audit(f"{service}.dead_letter.replay", details={"events": sorted({row.event for row in rows})})
        return len(rows)

    return UseCase("replay_dead_letters", f"{service}.dead_letter.replay", replay_dead_letters)


def retry(service: str) -> UseCase[RetryStuck, int]:
    """The command of a service with limits: lets the watch try the stuck ones at once, and says how many."""

    def retry_stuck(tx: Tx, cmd: RetryStuck) -> int:
        table = tx.ports.db.metadata.tables["stuck_deadlines"]
        at_once = update(table).where(table.c.tenant == tx.tenant).values(next_at=table.c.since)
        chosen = at_once.where(table.c.deadline.in_(cmd.deadlines)) if cmd.deadlines else at_once
        rows = tx.returning(chosen.returning(table.c.deadline))
        tx.audit(f"{service}.stuck_deadline.retry", details={"deadlines": sorted(row.deadline for row in rows)})
        return len(rows)

    return UseCase("retry_stuck", f"{service}.stuck_deadline.retry", retry_stuck)


def dead_letters(tx: Tx, page: Page) -> Sequence[Row[Any]]:
    """The dead letters of the tenant, the newest events first."""
    table = tx.ports.db.metadata.tables["dead_letters"]
    wanted = select(table).order_by(table.c.event.desc(), table.c.consumer.desc()).limit(page.size + 1)
    if page.after is not None:
        wanted = wanted.where(tuple_(table.c.event, table.c.consumer) < page.after)
    return tx.all(wanted)


def stuck(tx: Tx, page: Page) -> Sequence[Row[Any]]:
    """The stuck limits of the tenant, those of longest standing first."""
    table = tx.ports.db.metadata.tables["stuck_deadlines"]
    wanted = select(table).order_by(table.c.since, table.c.deadline).limit(page.size + 1)
    if page.after is not None:
        wanted = wanted.where(tuple_(table.c.since, table.c.deadline) > page.after)
    return tx.all(wanted)


class DeadLetterMirror:
    """Copies the dead letters of one service into its table, and brings back those that somebody wants."""

    def __init__(self, ports: Ports, letters: DeadLetters, every: timedelta = _BROKER_EVERY) -> None:
        self.name = f"{ports.service}-dead-letters"
        self._ports = ports
        self._letters = letters
        self._every = every.total_seconds()
        self._look_at = self._ask_at = monotonic()

    @classmethod
    def of(cls, spec: ServiceSpec, ports: Ports) -> DeadLetterMirror:
        """The one of a service, on its broker or, in embedded mode, in its own deliveries."""
        broker = ports.settings.amqp_url.get_secret_value()
        if not broker:
            return cls(ports, InlineDeadLetters([ports]), _INLINE_EVERY)
        return cls(ports, RabbitDeadLetters(broker, [Consumption(spec.name, tuple(spec.handlers.types(catalogue())))]))

    def step(self, now: datetime) -> datetime | None:
        """Looks when its time has come or somebody wants one back. By the process's own clock: a driven one does not wait for it."""
        if monotonic() < self._ask_at:
            return None
        self._ask_at = monotonic() + _ASKED_EVERY.total_seconds()
        wanted = self._wanted()
        if wanted or monotonic() >= self._look_at:
            self._look_at = monotonic() + self._every
            self.look(wanted)
        return None

    def look(self, wanted: frozenset[Key]) -> None:
        """Brings back what is wanted, then makes the table say what lies there. One worker of a service at a time.

        Who looks at a queue of the broker holds its messages meanwhile; another one would take them for gone.
        """
        table = self._ports.db.metadata.tables["dead_letters"]
        with self._ports.db.plumbing() as tx:
            if not tx.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
                return
            if wanted:
                self._letters.replay(lambda letter: _key(letter) in wanted)
            found = {_key(letter): letter for letter in self._letters.all() if letter.tenant and letter.event}
            known = {(row.tenant, row.event, row.consumer) for row in tx.all(select(table.c.tenant, table.c.event, table.c.consumer))}
            gone = (known - found.keys()) | (known & wanted)
            if gone:
                tx.execute(table.delete().where(tuple_(table.c.tenant, table.c.event, table.c.consumer).in_(gone)))
            fresh = [_row(found[key]) for key in found.keys() - (known - gone)]
            if fresh:
                tx.execute(insert(table).values(fresh).on_conflict_do_nothing())

    def _wanted(self) -> frozenset[Key]:
        table = self._ports.db.metadata.tables["dead_letters"]
        with self._ports.db.plumbing() as tx:
            rows = tx.all(select(table.c.tenant, table.c.event, table.c.consumer).where(table.c.wanted_at.is_not(None)))
        return frozenset((row.tenant, row.event, row.consumer) for row in rows)


def _key(letter: DeadLetter) -> Key:
    return letter.tenant, letter.event, letter.consumer


def _row(letter: DeadLetter) -> dict[str, Any]:
    return {
        "tenant": letter.tenant, "event": letter.event, "consumer": letter.consumer, "source": letter.source,
        "type": letter.type.removeprefix("cn.xiaoneng."), "subject": letter.subject, "reason": letter.reason[:500],
        "died_at": datetime.fromisoformat(letter.died_at) if letter.died_at else None, "wanted_at": None,
    }  # fmt: skip
