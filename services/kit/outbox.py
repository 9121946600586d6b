"""The outbox: what has happened is written in the transaction that caused it, and relayed afterwards.

`Tx.emit(Event(...))` writes the row, with the version of its subject. The relay is the only one that publishes: it claims
rows with SKIP LOCKED, hands them to a transport, marks those that are safe there, and repeats. Dying between handing over
and marking sends them twice; the inbox of the receiver makes that harmless.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import BigInteger, Row, Table, delete, func, select, update

from services.kit import metrics
from services.kit.bus.envelope import Envelope
from services.kit.bus.publish import PublishFailed, Transport
from services.kit.db.event import Event

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

__all__ = ["Cleaner", "Event", "OutboxCollector", "Relay", "republish"]

log = structlog.get_logger(__name__)

BATCH = 500
AFTER_WORK = timedelta(milliseconds=20)
LONGEST_WAIT = timedelta(milliseconds=500)
AFTER_FAILURE = timedelta(seconds=1)
CLEANING = timedelta(hours=1)
CLEANED_AT_ONCE = 5000


class Relay:
    """Carries pending events of one service to a transport. Any number of relays may run at once."""

    def __init__(self, ports: Ports, transport: Transport, batch: int = BATCH) -> None:
        self.name = f"relay.{ports.service}"
        self.last_step: datetime | None = None
        self._ports = ports
        self._transport = transport
        self._batch = batch
        self._wait = AFTER_WORK

    def step(self, now: datetime) -> datetime | None:
        """Relays one batch; looks again soon after work, and after 500 ms at the latest when there is none."""
        try:
            found, sent = self._relay(now)
        except PublishFailed as failure:
            metrics.RELAY_FAILURES.labels(self._ports.service).inc()
            log.warning("relay_failed", service=self._ports.service, error=str(failure))
            return now + AFTER_FAILURE
        self.last_step = now
        if sent:
            self._wait = AFTER_WORK
            return now if found == self._batch or self._ports.clock.driven else now + self._wait
        self._transport.idle()
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        return None if self._ports.clock.driven else now + self._wait

    def _relay(self, now: datetime) -> tuple[int, int]:
        outbox = self._ports.db.metadata.tables["outbox"]
        with self._ports.db.plumbing() as tx:
            rows = tx.all(
                select(outbox)
                .where(outbox.c.state == "pending")
                .order_by(outbox.c.seq)
                .limit(self._batch)
                .with_for_update(skip_locked=True)
            )
            if not rows:
                return 0, 0
            sent = self._transport.publish(tx, [(envelope_of(row, self._ports.installation), row.visibility) for row in rows])
            if sent:
                tx.execute(update(outbox).where(outbox.c.id.in_(sent), outbox.c.state == "pending").values(state="sent", sent_at=now))
        done = self._ports.clock.now()
        for row in rows:
            if row.id in sent:
                metrics.EVENTS_PUBLISHED.labels(self._ports.service, row.type).inc()
                metrics.RELAY_LAG.labels(self._ports.service).observe(max((done - row.created_at).total_seconds(), 0.0))
        return len(rows), len(sent)


def envelope_of(row: Row[Any], installation: str) -> Envelope:
    """Gives the event of an outbox row."""
    return Envelope(
        id=row.id,
        type=row.type,
        installation=installation,
        subject=row.subject,
        subject_version=row.subject_version,
        time=row.time,
        tenant=row.tenant,
        dataschema=f"urn:xiaoneng:proto:{row.schema}",
        data=row.data,
        actor=row.actor or None,
        unit=row.unit or None,
        clause=row.clause or None,
        traceparent=row.traceparent or None,
        receivers=tuple(row.receivers or ()),
    )


def republish(tx: Tx, outbox: Table, since: datetime, tenant: str = "", until: datetime | None = None) -> int:
    """Makes events that happened since then pending again; for repair after a restore. Returns how many."""
    statement = update(outbox).where(outbox.c.state == "sent", outbox.c.time >= since).values(state="pending", sent_at=None)
    if until is not None:
        statement = statement.where(outbox.c.time < until)
    if tenant:
        statement = statement.where(outbox.c.tenant == tenant)
    return tx.execute(statement)


def resend_numbers(tx: Tx, type_: str, subject: str, numbers: range) -> int:
    """Makes events of one type and subject pending again whose data carry one of these numbers; says how many are still kept."""
    outbox = tx.ports.db.metadata.tables["outbox"]
    number = outbox.c.data["number"].astext.cast(BigInteger)
    wanted = (outbox.c.type == type_, outbox.c.subject == subject, number >= numbers.start, number < numbers.stop)
    return tx.execute(update(outbox).where(*wanted).values(state="pending", sent_at=None))


class Cleaner:
    """Removes what was sent, handled or answered longer ago than the setting `request_days` says."""

    def __init__(self, ports: Ports) -> None:
        self.name = f"cleaner.{ports.service}"
        self._ports = ports
        self._next: datetime | None = None

    def step(self, now: datetime) -> datetime | None:
        """Cleans once an hour, in small transactions; on a driven clock whenever it is called and an hour has passed."""
        if self._next is not None and now < self._next:
            return None if self._ports.clock.driven else self._next
        before = now - timedelta(days=self._ports.settings.request_days)
        tables = self._ports.db.metadata.tables
        outbox, inbox, deliveries, requests = (tables[name] for name in ("outbox", "inbox", "deliveries", "requests"))
        full = [
            self._remove(outbox, (outbox.c.state == "sent") & (outbox.c.sent_at < before)),
            self._remove(inbox, inbox.c.handled_at < before),
            self._remove(deliveries, (deliveries.c.state == "done") & (deliveries.c.next_at < before)),
            self._remove(requests, requests.c.created_at < before),
        ]
        if any(full):
            return now
        self._next = now + CLEANING
        return None if self._ports.clock.driven else self._next

    def _remove(self, table: Table, which: Any) -> bool:
        keys = list(table.primary_key)
        with self._ports.db.plumbing() as tx:
            chosen = select(*keys).where(which).limit(CLEANED_AT_ONCE).with_for_update(skip_locked=True).subquery()
            same = [key == chosen.c[key.name] for key in keys]
            return tx.execute(delete(table).where(*same)) == CLEANED_AT_ONCE


class OutboxCollector(Collector):
    """Reads from the tables what waits; nothing of it is kept in memory, so that no death of a process falsifies it.

    With `inline` it also shows the dead letters of the inline bus; elsewhere they lie on the broker.
    """

    def __init__(self, ports: Sequence[Ports], inline: bool = True) -> None:
        self._ports = tuple(ports)
        self._inline = inline

    def describe(self) -> Iterator[Metric]:
        """Names the metrics without asking the database."""
        yield from self._families()[: 3 if self._inline else 2]

    def collect(self) -> Iterator[Metric]:
        """Counts what is pending and how old the oldest of it is."""
        pending, oldest, dead = self._families()
        for ports in self._ports:
            tables = ports.db.metadata.tables
            outbox, deliveries = tables["outbox"], tables["deliveries"]
            with ports.db.plumbing() as tx:
                waiting = tx.all(
                    select(
                        func.count().label("number"), func.min(outbox.c.created_at).label("since"), func.clock_timestamp().label("at")
                    ).where(outbox.c.state == "pending")
                )[0]
                letters = tx.all(
                    select(deliveries.c.consumer, func.count().label("number"))
                    .where(deliveries.c.state == "dead")
                    .group_by(deliveries.c.consumer)
                )
            pending.add_metric([ports.service], waiting.number)
            oldest.add_metric([ports.service], max((waiting.at - waiting.since).total_seconds(), 0.0) if waiting.since else 0.0)
            for letter in letters:
                dead.add_metric([letter.consumer, f"{letter.consumer}.from.{ports.service}"], letter.number)
        yield from (pending, oldest, dead)[: 3 if self._inline else 2]

    @staticmethod
    def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily, GaugeMetricFamily]:
        return (
            GaugeMetricFamily(metrics.OUTBOX_PENDING, metrics.HELP[metrics.OUTBOX_PENDING], labels=["service"]),
            GaugeMetricFamily(metrics.OUTBOX_OLDEST, metrics.HELP[metrics.OUTBOX_OLDEST], labels=["service"]),
            GaugeMetricFamily(metrics.DEAD_LETTERS, metrics.HELP[metrics.DEAD_LETTERS], labels=["service", "queue"]),
        )
