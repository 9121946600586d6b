"""The replica's subscription on RabbitMQ: an exclusive queue, read by a thread of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from amqp.exceptions import AMQPError
from kombu import Connection, Consumer, Queue
from kombu.exceptions import OperationalError

from gateway import metrics
from services.kit.bus.topology import declare_source

log = structlog.get_logger("gateway.subscription")

# What kombu's transport raises when the broker is away.
_ERRORS = (AMQPError, OperationalError, OSError)
_AGAIN_SECONDS = 2.0
_HEARTBEAT_SECONDS = 20


class Subscription:
    """Hands every event of `services` to `publish`. After a gap it says so with `lost_some`: nothing is kept for us meanwhile."""

    def __init__(
        self,
        amqp_url: str,
        services: Iterable[str],
        publish: Callable[[dict[str, Any]], None],
        lost_some: Callable[[], None],
    ) -> None:
        self._url = amqp_url
        self._services = tuple(services)
        self._publish = publish
        self._lost_some = lost_some
        self._stop = threading.Event()
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-updates", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        first = True
        while not self._stop.is_set():
            try:
                with Connection(self._url, heartbeat=_HEARTBEAT_SECONDS, connect_timeout=5) as connection:
                    self._listen(connection, first)
            except _ERRORS as failed:
                self.ready.clear()
                log.warning("live_updates_interrupted", error=type(failed).__name__)
                self._stop.wait(_AGAIN_SECONDS)
            first = False

    def _listen(self, connection: Any, first: bool) -> None:
        with connection.channel() as channel:
            queue = channel.queue_declare("", exclusive=True, auto_delete=True).queue
            for service in self._services:
                declare_source(channel, service)
                for kind in ("events", "internal"):
                    channel.queue_bind(queue, f"{service}.{kind}", "#")
            with Consumer(channel, [Queue(queue, no_declare=True)], callbacks=[self._take], no_ack=True, accept=None):
                self.ready.set()
                if not first:
                    self._lost_some()
                while not self._stop.is_set():
                    try:
                        connection.drain_events(timeout=1)
                    except TimeoutError:
                        connection.heartbeat_check()

    def _take(self, _: Any, message: Any) -> None:
        raw = message.body
        try:
            event = json.loads(raw if isinstance(raw, bytes | str) else bytes(raw))
        except (ValueError, RecursionError):
            event = None
        if isinstance(event, dict):
            self._publish(event)
        else:
            metrics.LIVE_EVENTS.labels("unreadable").inc()
