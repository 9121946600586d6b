"""Exchanges and queues on RabbitMQ, and how a message comes from one to another.

    documents.events / documents.internal          topic, what the service tells others / only other services
        -> notifications.from.documents             one queue per consuming service and source, bound per type
    notifications.delay   (key `<step>.<queue>`)   -> notifications.delay.5s … .30min, each with a time to live
    notifications.retry   (key `<step>.<queue>`)   -> back into the queue that the message came from
    notifications.dead    (key `<queue>`)          -> notifications.from.documents.dead

Every queue is a quorum queue. Quorum queues lose dead letters unless `x-dead-letter-strategy` is at-least-once, which
needs `x-overflow: reject-publish`; both are on every queue that dead-letters. Arguments cannot change on a queue that
exists: a changed delay is another queue, and what else changes needs a new name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.kit.bus.catalogue import EventType

RETRY_STEPS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))
DELIVERY_LIMIT = 20
# Newer brokers limit deliveries to 20 where nothing is said; looking at dead letters counts as a delivery.
DEAD_DELIVERY_LIMIT = 1_000_000

HEADER_QUEUE = "x-xiaoneng-queue"
HEADER_ATTEMPT = "x-xiaoneng-attempt"
HEADER_REASON = "x-xiaoneng-reason"
HEADER_TRACE = "x-xiaoneng-trace"
HEADER_DIED_AT = "x-xiaoneng-died-at"


@dataclass(frozen=True)
class Consumption:
    """What one service takes from the others: the names of its queues and what is bound to them."""

    service: str
    types: tuple[EventType, ...]
    steps: tuple[timedelta, ...] = RETRY_STEPS

    @property
    def sources(self) -> tuple[str, ...]:
        """The services whose events it handles."""
        return tuple(sorted({entry.service for entry in self.types}))

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that its handlers consume."""
        return tuple(queue_of(self.service, source) for source in self.sources)

    def of(self, source: str) -> Consumption:
        """The part that comes from one source; what its relay must know to be sure of its readers."""
        return Consumption(self.service, tuple(entry for entry in self.types if entry.service == source), self.steps)


def queue_of(service: str, source: str) -> str:
    """Names the queue in which events of `source` wait for `service`."""
    return f"{service}.from.{source}"


def dead_queue_of(queue: str) -> str:
    """Names the queue of dead letters beside a queue."""
    return f"{queue}.dead"


def delay_key(step: timedelta, queue: str) -> str:
    """Gives the routing key under which a message waits `step` and then returns to `queue`."""
    return f"{step_name(step)}.{queue}"


def steps(seconds: Iterable[float] | None) -> tuple[timedelta, ...]:
    """Gives the delays between attempts; None: those of the house."""
    return RETRY_STEPS if seconds is None else tuple(timedelta(seconds=each) for each in seconds)


def step_name(step: timedelta) -> str:
    """Names a delay: `5s`, `30min`."""
    seconds = step.total_seconds()
    if seconds >= 60 and seconds % 60 == 0:
        return f"{int(seconds // 60)}min"
    return f"{int(seconds)}s" if seconds == int(seconds) else f"{int(seconds * 1000)}ms"


def declare_source(channel: Any, service: str) -> None:
    """Declares the two exchanges on which a service publishes."""
    for exchange in (f"{service}.events", f"{service}.internal"):
        channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)


def declare_consumption(channel: Any, consumption: Consumption) -> None:
    """Declares queues, delays and dead letters of a consuming service, and binds them. Repeating it changes nothing."""
    service = consumption.service
    for exchange, kind in ((f"{service}.retry", "topic"), (f"{service}.delay", "topic"), (f"{service}.dead", "direct")):
        channel.exchange_declare(exchange, kind, durable=True, auto_delete=False)
    for step in consumption.steps:
        _declare_delay(channel, service, step)
    for source in consumption.sources:
        declare_source(channel, source)
        _declare_queue(channel, service, queue_of(service, source))
    for entry in consumption.types:
        channel.queue_bind(queue_of(service, entry.service), entry.exchange, f"*.{entry.type}")


def declare_all(channel: Any, consumptions: Iterable[Consumption], sources: Sequence[str] = ()) -> None:
    """Declares everything of an installation; `xiaoneng migrate` does it before the first process starts."""
    for source in sources:
        declare_source(channel, source)
    for consumption in consumptions:
        declare_consumption(channel, consumption)


def _declare_queue(channel: Any, service: str, queue: str) -> None:
    dead = dead_queue_of(queue)
    channel.queue_declare(dead, durable=True, auto_delete=False, arguments=_quorum({"x-delivery-limit": DEAD_DELIVERY_LIMIT}))
    channel.queue_bind(dead, f"{service}.dead", queue)
    channel.queue_declare(
        queue,
        durable=True,
        auto_delete=False,
        arguments=_quorum(
            {
                "x-delivery-limit": DELIVERY_LIMIT,
                **_dead_lettering(f"{service}.dead", queue),
            }
        ),
    )
    channel.queue_bind(queue, f"{service}.retry", f"*.{queue}")


def _declare_delay(channel: Any, service: str, step: timedelta) -> None:
    name = step_name(step)
    queue = f"{service}.delay.{name}"
    channel.queue_declare(
        queue,
        durable=True,
        auto_delete=False,
        arguments=_quorum(
            {
                "x-message-ttl": int(step.total_seconds() * 1000),
                **_dead_lettering(f"{service}.retry"),
            }
        ),
    )
    channel.queue_bind(queue, f"{service}.delay", f"{name}.#")


def _quorum(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"x-queue-type": "quorum", **arguments}


def _dead_lettering(exchange: str, routing_key: str | None = None) -> dict[str, Any]:
    arguments = {
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return arguments if routing_key is None else {**arguments, "x-dead-letter-routing-key": routing_key}
