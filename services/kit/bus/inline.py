"""The bus of embedded mode: the same events, handlers, attempts and dead letters without a broker.

Handing over an event means writing one row per consuming service into `deliveries` of the producer's database, in the
transaction that marks it as sent. A loop claims what is due, runs the handlers in the consumer's database and then marks
the rows: dying in between runs them again, and the consumer's inbox makes that harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.kit import ids
from services.kit.bus.catalogue import Catalogue, Visibility, catalogue
from services.kit.bus.dispatch import Dispatcher, Outcome, Registry, Result
from services.kit.bus.envelope import Envelope, from_dict
from services.kit.bus.topology import RETRY_STEPS
from services.kit.loop import Loop
from services.kit.outbox import LONGEST_WAIT, Relay

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

BATCH = 100
Tap = Callable[[Envelope], None]
"""Hears every event that is handed over, for live updates; it may hear one twice, and one whose transaction is then lost."""


class InlineTransport:
    """Takes over the outbox of one producer into its deliveries."""

    def __init__(self, ports: Ports, consumers: Sequence[tuple[str, Registry]], tap: Tap | None = None) -> None:
        self._ports = ports
        self._consumers = tuple(consumers)
        self._tap = tap

    def publish(self, tx: Tx, events: Sequence[tuple[Envelope, Visibility | str]]) -> set[str]:
        """Writes the deliveries; an event that nobody handles is sent as it is. A repeated event is delivered again."""
        deliveries = self._ports.db.metadata.tables["deliveries"]
        now = self._ports.clock.now()
        rows = [
            {
                "id": ids.new(),
                "tenant": event.tenant,
                "event": event.id,
                "consumer": consumer,
                "source": event.service,
                "type": event.type,
                "seq": position,
                "envelope": event.to_dict(),
                "next_at": now,
            }
            for position, (event, _) in enumerate(events)
            for consumer, registry in self._consumers
            if registry.for_type(event.type)
        ]
        if rows:
            statement = insert(deliveries).values(rows)
            again = {"state": "pending", "attempt": 0, "next_at": now, "error": ""}
            tx.execute(statement.on_conflict_do_update(index_elements=["tenant", "event", "consumer"], set_=again))
        if self._tap is not None:
            for event, _ in events:
                self._tap(event)
        return {event.id for event, _ in events}

    def idle(self) -> None:
        """Nothing to keep alive."""


class Deliver:
    """Runs what is due in the deliveries of one producer."""

    def __init__(self, ports: Ports, dispatchers: dict[str, Dispatcher], steps: Sequence[timedelta] = RETRY_STEPS) -> None:
        self.name = f"deliver.{ports.service}"
        self._ports = ports
        self._dispatchers = dispatchers
        self._steps = tuple(steps)
        self._table = ports.db.metadata.tables["deliveries"]

    def step(self, now: datetime) -> datetime | None:
        """Runs one batch; returns `now` after work, else the moment of the next attempt."""
        table = self._table
        with self._ports.db.plumbing() as tx:
            due = (table.c.state == "pending") & (table.c.next_at <= now) & table.c.consumer.in_(self._dispatchers)
            rows = tx.all(select(table).where(due).order_by(table.c.next_at, table.c.id).limit(BATCH).with_for_update(skip_locked=True))
            if rows:
                self._mark(tx, rows, now)
                return now
            waiting: datetime | None = tx.scalar(select(func.min(table.c.next_at)).where(table.c.state == "pending", table.c.next_at > now))
            return waiting

    def _mark(self, tx: Tx, rows: Sequence[Row[Any]], now: datetime) -> None:
        table = self._table
        done: list[str] = []
        for consumer, group in groupby(sorted(rows, key=lambda row: row.consumer), key=lambda row: row.consumer):
            mine = list(group)
            outcomes = self._dispatchers[consumer].handle([from_dict(row.envelope) for row in mine])
            for row, outcome in zip(mine, outcomes, strict=True):
                values = self._not_done(row, outcome, now)
                if values is None:
                    done.append(row.id)
                else:
                    tx.execute(update(table).where(table.c.tenant == row.tenant, table.c.id == row.id).values(**values))
        if done:
            tx.execute(update(table).where(table.c.id.in_(done)).values(state="done", next_at=now, error=""))

    def _not_done(self, row: Row[Any], outcome: Outcome, now: datetime) -> dict[str, Any] | None:
        if outcome.result is Result.RETRY and row.attempt < len(self._steps):
            return {"attempt": row.attempt + 1, "next_at": now + self._steps[row.attempt], "error": outcome.reason}
        if outcome.result in (Result.RETRY, Result.DEAD):
            return {"state": "dead", "next_at": now, "error": f"{outcome.reason}\n{outcome.trace}"}
        return None


class Pipe:
    """Relay and delivery of one producer in one loop, so that an event reaches its handlers without another wait."""

    def __init__(self, relay: Relay, deliver: Deliver, driven: bool) -> None:
        self.name = f"bus.{relay.name.partition('.')[2]}"
        self._relay = relay
        self._deliver = deliver
        self._driven = driven

    def step(self, now: datetime) -> datetime | None:
        """Relays, then delivers."""
        wakes = [wake for wake in (self._relay.step(now), self._deliver.step(now)) if wake is not None]
        if any(wake <= now for wake in wakes):
            return now
        if self._driven:
            return min(wakes, default=None)
        return min([*wakes, now + LONGEST_WAIT])


class InlineBus:
    """All services of one process, each of them producer and consumer."""

    def __init__(
        self,
        services: Sequence[tuple[Ports, Registry]],
        types: Catalogue | None = None,
        steps: Sequence[timedelta] = RETRY_STEPS,
        tap: Tap | None = None,
    ) -> None:
        known = types or catalogue()
        for _, registry in services:
            registry.types(known)
        self._services = tuple(services)
        self._steps = tuple(steps)
        self._tap = tap
        self._dispatchers = {ports.service: Dispatcher(ports, registry, known) for ports, registry in services}
        self._consumers = [(ports.service, registry) for ports, registry in services]

    def loops(self) -> list[Loop]:
        """One loop per producer."""
        return [self._pipe(ports) for ports, _ in self._services]

    def _pipe(self, producer: Ports) -> Pipe:
        relay = Relay(producer, InlineTransport(producer, self._consumers, self._tap))
        return Pipe(relay, Deliver(producer, self._dispatchers, self._steps), producer.clock.driven)
