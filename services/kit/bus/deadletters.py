"""Events that a handler could not take: list them, bring them back, or drop them by a person's decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import delete, select, update

from services.kit import metrics
from services.kit.bus import topology
from services.kit.bus.envelope import Envelope, Undecodable, from_dict, from_json
from services.kit.bus.publish import Outgoing, Publisher, open_connection

if TYPE_CHECKING:
    from services.kit.service import Ports


@dataclass(frozen=True)
class DeadLetter:
    """One event that waits for a person. `event` is empty where the body is not an event at all."""

    consumer: str
    source: str
    event: str
    type: str
    tenant: str
    subject: str
    reason: str
    trace: str
    attempt: int
    died_at: str
    body: str


Choice = Callable[[DeadLetter], bool]


def everything(letter: DeadLetter) -> bool:
    """Chooses all of them."""
    return True


class DeadLetters(Protocol):
    """The dead letters of an installation, wherever they lie."""

    def all(self) -> list[DeadLetter]:
        """Gives all of them; looking changes nothing."""

    def replay(self, choice: Choice) -> int:
        """Brings the chosen ones back to their handlers, as at the first attempt; returns how many."""

    def drop(self, choice: Choice) -> int:
        """Removes the chosen ones for good; returns how many."""


class RabbitDeadLetters:
    """Dead letters in the `….dead` queues of a broker."""

    def __init__(self, url: str, consumptions: Sequence[topology.Consumption]) -> None:
        self._url = url
        self._consumptions = tuple(consumptions)

    def all(self) -> list[DeadLetter]:
        """Looks at every message and puts it back."""
        return [found.letter for found in self._walk()]

    def replay(self, choice: Choice) -> int:
        """Publishes the chosen ones into the queue that they came from, with a confirm, and only then removes them here."""
        publisher = Publisher(self._url)
        try:
            return sum(found.remove() for found in self._walk() if choice(found.letter) and _back(publisher, found))
        finally:
            publisher.close()

    def drop(self, choice: Choice) -> int:
        """Acknowledges the chosen ones."""
        return sum(found.remove() for found in self._walk() if choice(found.letter))

    def _walk(self) -> Iterator[_Found]:
        connection = open_connection(self._url)
        try:
            for consumption in self._consumptions:
                channel = connection.channel()
                topology.declare_consumption(channel, consumption)
                for queue in consumption.queues:
                    while (message := channel.basic_get(topology.dead_queue_of(queue))) is not None:
                        yield _Found(channel, queue, message, _letter(consumption.service, queue, message))
                channel.close()  # the broker takes back what was not acknowledged
        finally:
            connection.release()


@dataclass(frozen=True)
class _Found:
    channel: Any
    queue: str
    message: Any
    letter: DeadLetter

    def remove(self) -> int:
        self.channel.basic_ack(self.message.delivery_tag)
        return 1


def _back(publisher: Publisher, found: _Found) -> bool:
    headers = {topology.HEADER_QUEUE: found.queue, topology.HEADER_ATTEMPT: 0}
    copy = Outgoing("0", f"{found.letter.consumer}.retry", f"replay.{found.queue}", body_of(found.message), headers)
    return "0" in publisher.publish([copy]).taken


def body_of(message: Any) -> bytes:
    """Gives the bytes of a message, whatever its headers claim of their encoding."""
    body = message.body
    return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body)


def _letter(service: str, queue: str, message: Any) -> DeadLetter:
    headers = message.headers or {}
    body = body_of(message)
    event: Envelope | None = None
    try:
        event = from_json(body)
    except Undecodable as error:
        headers = {topology.HEADER_REASON: "undecodable", topology.HEADER_TRACE: str(error), **headers}
    return DeadLetter(
        consumer=service,
        source=queue.removeprefix(f"{service}.from."),
        event=event.id if event else "",
        type=event.type if event else "",
        tenant=event.tenant if event else "",
        subject=event.subject if event else "",
        reason=headers.get(topology.HEADER_REASON) or _death(headers),
        trace=headers.get(topology.HEADER_TRACE, ""),
        attempt=headers.get(topology.HEADER_ATTEMPT, 0),
        died_at=headers.get(topology.HEADER_DIED_AT, ""),
        body=body.decode("utf-8", "replace"),
    )


def _death(headers: dict[str, Any]) -> str:
    deaths = headers.get("x-death") or [{}]
    return f"broker: {deaths[0].get('reason', 'unknown')}"


class InlineDeadLetters:
    """Dead letters in the `deliveries` of the producers of one process."""

    def __init__(self, producers: Sequence[Ports]) -> None:
        self._producers = tuple(producers)

    def all(self) -> list[DeadLetter]:
        """Reads them from every producer's database."""
        return [letter for _, _, letter in self._found()]

    def replay(self, choice: Choice) -> int:
        """Makes the chosen ones due now."""
        count = 0
        for ports, key, letter in self._found():
            if choice(letter):
                table = ports.db.metadata.tables["deliveries"]
                with ports.db.plumbing() as tx:
                    # It stays due at the moment of its death, which has passed on whatever clock.
                    again = {"state": "pending", "attempt": 0, "error": ""}
                    count += tx.execute(update(table).where(table.c.id == key, table.c.state == "dead").values(**again))
        return count

    def drop(self, choice: Choice) -> int:
        """Deletes the chosen ones."""
        count = 0
        for ports, key, letter in self._found():
            if choice(letter):
                table = ports.db.metadata.tables["deliveries"]
                with ports.db.plumbing() as tx:
                    count += tx.execute(delete(table).where(table.c.id == key, table.c.state == "dead"))
        return count

    def _found(self) -> list[tuple[Ports, str, DeadLetter]]:
        found = []
        for ports in self._producers:
            table = ports.db.metadata.tables["deliveries"]
            with ports.db.plumbing() as tx:
                rows = tx.all(select(table).where(table.c.state == "dead").order_by(table.c.id))
            for row in rows:
                reason, _, trace = row.error.partition("\n")
                subject = from_dict(row.envelope).subject
                found.append(
                    (
                        ports,
                        row.id,
                        DeadLetter(
                            consumer=row.consumer,
                            source=row.source,
                            event=row.event,
                            type=row.type,
                            tenant=row.tenant,
                            subject=subject,
                            reason=reason,
                            trace=trace,
                            attempt=row.attempt,
                            died_at=row.next_at.isoformat(),
                            body=from_dict(row.envelope).to_json().decode(),
                        ),
                    )
                )
        return found


class DeadQueueCollector(Collector):
    """Counts what lies in the dead queues of one consuming service on the broker."""

    def __init__(self, url: str, consumption: topology.Consumption) -> None:
        self._url = url
        self._consumption = consumption

    def describe(self) -> Iterable[Metric]:
        """Names the metric."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """Asks the broker."""
        family = self._family()
        connection = open_connection(self._url)
        try:
            channel = connection.channel()
            for queue in self._consumption.queues:
                count = channel.queue_declare(topology.dead_queue_of(queue), passive=True).message_count
                family.add_metric([self._consumption.service, queue], count)
        finally:
            connection.release()
        return [family]

    @staticmethod
    def _family() -> GaugeMetricFamily:
        return GaugeMetricFamily(metrics.DEAD_LETTERS, metrics.HELP[metrics.DEAD_LETTERS], labels=["service", "queue"])
