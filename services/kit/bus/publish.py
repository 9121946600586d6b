"""Publishing to RabbitMQ with batched confirms.

One confirm at a time costs four fifths of the rate, so a batch is written to the socket as a whole and its
acknowledgements (one by one or `multiple`) are counted afterwards. Messages are `mandatory`: what no queue takes comes
back before its acknowledgement and does not count as published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

import amqp
import structlog
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from services.kit.bus import topology
from services.kit.bus.catalogue import Visibility, exchange_of
from services.kit.bus.envelope import CONTENT_TYPE, Envelope

log = structlog.get_logger(__name__)

CONFIRM_TIMEOUT = 10.0
HEARTBEAT = 20.0


def open_connection(url: str, heartbeat: float = HEARTBEAT) -> Any:
    """Connects to the broker; raises what the network raises."""
    make: Any = Connection
    connection = make(url, heartbeat=heartbeat, connect_timeout=5)
    connection.connect()
    return connection


class PublishFailed(ConnectionError):
    """Raised when the broker did not confirm in time or the connection was lost; what was sent may have arrived or not."""


@dataclass(frozen=True)
class Outgoing:
    """One message to publish; `id` tells the caller which of them arrived."""

    id: str
    exchange: str
    routing_key: str
    body: bytes
    headers: Mapping[str, Any] = field(default_factory=dict)


def outgoing(envelope: Envelope, visibility: Visibility | str) -> Outgoing:
    """Gives the message of an event."""
    return Outgoing(envelope.id, exchange_of(envelope.service, visibility), envelope.routing_key(visibility), envelope.to_json())


class Transport(Protocol):
    """Where the relay hands its events to."""

    def publish(self, tx: Any, events: Sequence[tuple[Envelope, Visibility | str]]) -> set[str]:
        """Hands over the events of one batch; returns the ids of those that are safe where they went."""

    def idle(self) -> None:
        """Is called when there was nothing to publish."""


@dataclass(frozen=True)
class Published:
    """What became of a batch: the ids that are in at least one queue, and those that no queue wanted."""

    taken: frozenset[str]
    returned: frozenset[str]


class Publisher:
    """A connection that publishes batches and waits for their confirms. Not for several threads at once.

    `declare` is called with the channel after every connection, so that an empty broker gets its queues back before the
    first message.
    """

    def __init__(
        self,
        url: str,
        declare: Callable[[Any], None] | None = None,
        timeout: float = CONFIRM_TIMEOUT,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        """Who publishes now and then only, and never calls `heartbeat`, takes 0 seconds for it: none is expected then."""
        self._url = url
        self._heartbeat = heartbeat
        self._declare = declare
        self._timeout = timeout
        self._connection: Any = None
        self._channel: Any = None
        self._unconfirmed: dict[int, str] = {}
        self._refused: set[str] = set()
        self._returned: set[str] = set()
        self._next_tag = 1

    @property
    def connected(self) -> bool:
        """Whether a connection is open, as far as is known without asking."""
        return self._connection is not None

    def publish(self, messages: Sequence[Outgoing]) -> Published:
        """Publishes `messages` and waits until the broker has answered for each of them.

        Raises `PublishFailed` when that cannot be told; then all of them count as not published.
        """
        try:
            self._open()
            self._refused.clear()
            self._returned.clear()
            for message in messages:
                self._send(message)
            self._await_confirms()
        except (OSError, amqp.AMQPError, OperationalError) as error:
            self.close()
            raise PublishFailed(str(error) or type(error).__name__) from error
        returned = frozenset(self._returned)
        return Published(frozenset(message.id for message in messages) - self._refused - returned, returned)

    def heartbeat(self) -> None:
        """Keeps the connection alive while nothing is published; closes it if the broker is gone."""
        if self._connection is None:
            return
        try:
            self._connection.heartbeat_check()
            self._drain(0.0)
        except (OSError, amqp.AMQPError) as error:
            log.warning("publisher_connection_lost", error=str(error))
            self.close()

    def redeclare(self) -> None:
        """Declares exchanges and queues again: somebody has removed one."""
        if self._declare is not None and self._channel is not None:
            self._declare(self._channel)

    def close(self) -> None:
        """Closes the connection; what is not confirmed yet stays unknown."""
        connection, self._connection, self._channel = self._connection, None, None
        self._unconfirmed.clear()
        if connection is not None:
            try:
                connection.collect()
            except (OSError, amqp.AMQPError) as error:
                log.info("publisher_close_failed", error=str(error))

    def _open(self) -> None:
        if self._connection is not None:
            return
        connection = open_connection(self._url, self._heartbeat)
        channel = connection.channel()
        if self._declare is not None:
            self._declare(channel)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._connection, self._channel = connection, channel
        self._unconfirmed, self._next_tag = {}, 1

    def _send(self, message: Outgoing) -> None:
        self._unconfirmed[self._next_tag] = message.id
        self._next_tag += 1
        self._channel.basic_publish(
            amqp.Message(
                message.body, content_type=CONTENT_TYPE, delivery_mode=2, message_id=message.id, application_headers=dict(message.headers)
            ),
            exchange=message.exchange,
            routing_key=message.routing_key,
            mandatory=True,
        )

    def _await_confirms(self) -> None:
        limit = monotonic() + self._timeout
        while self._unconfirmed:
            left = limit - monotonic()
            if left <= 0:
                raise TimeoutError(f"{len(self._unconfirmed)} messages without confirm")
            self._drain(left)

    def _drain(self, timeout: float) -> None:
        with suppress(TimeoutError):  # the caller looks at what is still missing
            self._connection.drain_events(timeout=timeout or 0.001)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused.update(self._settle(tag, multiple))

    def _on_return(self, error: Any, exchange: str, routing_key: str, message: Any) -> None:
        self._returned.add(message.properties["message_id"])

    def _settle(self, tag: int, multiple: bool) -> list[str]:
        tags = [known for known in self._unconfirmed if known <= tag] if multiple else [tag]
        return [self._unconfirmed.pop(known) for known in tags if known in self._unconfirmed]


class RabbitTransport:
    """Publishes the outbox of one service.

    `readers` says which services handle its events; it is known where the whole platform is known (`xiaoneng work`).
    Their queues are declared before the first message. An event that somebody handles and that no queue takes is not
    sent; one that nobody handles is, as long as `readers` is known. Without it every returned event stays.
    """

    def __init__(
        self, url: str, service: str, readers: Sequence[topology.Consumption] | None = None, timeout: float = CONFIRM_TIMEOUT
    ) -> None:
        self._service = service
        self._readers = tuple(consumption.of(service) for consumption in readers or ())
        self._known = readers is not None
        self._handled = {entry.type for consumption in self._readers for entry in consumption.types}
        self._publisher = Publisher(url, self._declare, timeout)

    def publish(self, tx: Any, events: Sequence[tuple[Envelope, Visibility | str]]) -> set[str]:
        """Publishes a batch; see `Transport`."""
        done = self._publisher.publish([outgoing(event, visibility) for event, visibility in events])
        missed = {event.id for event, _ in events if event.id in done.returned and event.type in self._handled}
        if missed:
            log.error("events_returned", service=self._service, count=len(missed))
            self._publisher.redeclare()
        unwanted = done.returned - missed if self._known else frozenset()
        return set(done.taken | unwanted)

    def idle(self) -> None:
        """Keeps the connection alive."""
        self._publisher.heartbeat()

    @property
    def connected(self) -> bool:
        """Whether the broker was there at the last look."""
        return self._publisher.connected

    def close(self) -> None:
        """Closes the connection."""
        self._publisher.close()

    def _declare(self, channel: Any) -> None:
        topology.declare_source(channel, self._service)
        for consumption in self._readers:
            if consumption.types:
                topology.declare_consumption(channel, consumption)
