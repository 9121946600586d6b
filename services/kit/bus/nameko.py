"""The nameko side of a worker: entrypoints on quorum queues, the loops, health, and a stop that finishes what runs.

nameko's own `event_handler` acknowledges what failed and what it cannot decode. This entrypoint takes raw bytes in batches
and tells the broker about a message only after its effect is committed. Only this file and the `worker.py` of a service
import nameko and eventlet; `worker.py` patches the process before anything else.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import amqp
import eventlet
import structlog
from eventlet.event import Event
from eventlet.queue import LightQueue
from eventlet.semaphore import Semaphore
from kombu.exceptions import OperationalError
from nameko.extensions import DependencyProvider, Entrypoint, ProviderCollector, SharedExtension
from nameko.runners import ServiceRunner
from prometheus_client import REGISTRY
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit import clockwork, metrics, trace
from services.kit import log as logs
from services.kit.bus import topology
from services.kit.bus.catalogue import Catalogue, catalogue
from services.kit.bus.consume import Answer, Consumer, Raw
from services.kit.bus.deadletters import DeadQueueCollector, body_of
from services.kit.bus.dispatch import Dispatcher
from services.kit.bus.publish import Publisher, RabbitTransport, open_connection
from services.kit.loop import Loop, Runner
from services.kit.outbox import OutboxCollector
from services.kit.service import build
from services.kit.settings import Settings

if TYPE_CHECKING:
    from services.kit.service import Ports, ServiceSpec

log = structlog.get_logger(__name__)

BATCH = 100
PREFETCH = 200
GRACE = 25.0
FIRST_BACKOFF = 0.2
LONGEST_BACKOFF = 10.0
READY_HUB_LAG = 1.0
_BROKEN = (OSError, amqp.AMQPError, OperationalError)


class Link:
    """The connection of a reader, as the health page sees it. nameko clones extensions; what they share is passed to them."""

    def __init__(self) -> None:
        self.channel: Any = None
        self.generation = 0
        self.connected = False


class Reader(SharedExtension, ProviderCollector):  # type: ignore[misc]
    """The one connection on which a worker consumes. A greenlet of its own reads; whoever writes takes the lock."""

    def __init__(self, url: str, consumption: topology.Consumption, link: Link) -> None:
        super().__init__()
        self.url = url
        self.consumption = consumption
        self.link = link
        self.cancelling = False
        self._closing = False
        self._writing = Semaphore()
        self._cancelled = Event()
        self._thread: Any = None

    def start(self) -> None:
        """Starts to consume; comes back on its own after the broker was away."""
        self._thread = self.container.spawn_managed_thread(self._run, identifier="reader")

    def cancel(self) -> None:
        """Ends consuming; the connection stays open for the answers to what is being handled."""
        self.cancelling = True
        self._cancelled.wait()

    def stop(self) -> None:
        """Closes the connection; the broker takes back what was not answered."""
        self.cancelling = self._closing = True
        self._thread.wait()

    def kill(self) -> None:
        """Stops without waiting for answers."""
        self.cancelling = self._closing = True

    def answer(self, generation: int, answers: Sequence[tuple[int, Answer]]) -> None:
        """Tells the broker about messages. Those of a lost connection are not answered: the broker delivers them again."""
        with self._writing:
            for tag, answer in answers:
                if generation != self.link.generation or not self.link.connected:
                    return
                try:
                    if answer is Answer.ACKNOWLEDGE:
                        self.link.channel.basic_ack(tag)
                    else:
                        self.link.channel.basic_reject(tag, requeue=answer is Answer.REQUEUE)
                except _BROKEN as error:
                    log.warning("answer_lost", error=type(error).__name__)
                    return

    def _run(self) -> None:
        wait = FIRST_BACKOFF
        while not self._closing:
            if not self.cancelling:
                wait = FIRST_BACKOFF if self._consumed() else min(wait * 2, LONGEST_BACKOFF)
            if self.cancelling and not self._cancelled.ready():
                self._cancelled.send()
            until = monotonic() + wait
            while monotonic() < until and not (self.cancelling and not self._cancelled.ready()) and not self._closing:
                eventlet.sleep(0.1)

    def _consumed(self) -> bool:
        """Consumes until told otherwise; says whether it ever got as far as consuming."""
        before = self.link.generation
        try:
            self._consume()
        except _BROKEN as error:
            log.warning("broker_lost", service=self.consumption.service, error=str(error) or type(error).__name__)
        finally:
            self.link.connected = False
        return self.link.generation > before

    def _consume(self) -> None:
        connection = open_connection(self.url)
        try:
            channel = connection.channel()
            topology.declare_consumption(channel, self.consumption)
            channel.basic_qos(0, PREFETCH, False)
            self.link.channel, self.link.generation, self.link.connected = channel, self.link.generation + 1, True
            tags = [channel.basic_consume(entry.queue, callback=partial(entry.received, self.link.generation)) for entry in self._providers]
            log.info("consuming", service=self.consumption.service, queues=len(tags))
            self._drain(connection, lambda: not self.cancelling)
            with self._writing:
                for tag in tags:
                    channel.basic_cancel(tag)
            self._cancelled.send()
            self._drain(connection, lambda: not self._closing)
        finally:
            connection.collect()

    def _drain(self, connection: Any, more: Callable[[], bool]) -> None:
        beat = monotonic()
        while more():
            with suppress(TimeoutError):  # nothing came; look at the flag and the heart
                connection.drain_events(timeout=0.25)
            if monotonic() - beat > 1.0:
                beat = monotonic()
                with self._writing:
                    connection.heartbeat_check()


class EventBatch(Entrypoint):  # type: ignore[misc]
    """Fires the method with `(queue, [Raw, …])`; one batch of a queue at a time, so that its order mostly holds."""

    def __init__(self, reader: Reader, queue: str, **options: Any) -> None:
        super().__init__(**options)
        self.reader = reader
        self.queue = queue
        self._waiting: LightQueue = LightQueue()
        self._thread: Any = None

    def setup(self) -> None:
        """Asks the reader for the queue."""
        self.reader.register_provider(self)

    def start(self) -> None:
        """Starts to hand batches to workers."""
        self._thread = self.container.spawn_managed_thread(self._run, identifier=f"batches {self.queue}")

    def stop(self) -> None:
        """Stops consuming and waits for the batch that runs."""
        self.reader.cancel()
        self._waiting.put(None)
        self._thread.wait()

    def received(self, generation: int, message: Any) -> None:
        """Takes a message from the reader."""
        self._waiting.put((generation, message))

    def _run(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None or self.reader.cancelling:
                return
            eventlet.sleep(0)
            batch = [first]
            while len(batch) < BATCH and self._waiting.qsize():
                entry = self._waiting.get()
                if entry is None:
                    self._waiting.put(None)
                    break
                batch.append(entry)
            self._fire([entry for entry in batch if entry[0] == self.reader.link.generation])

    def _fire(self, batch: list[tuple[int, Any]]) -> None:
        if not batch:
            return
        done = Event()
        raws = [Raw(body_of(message), message.headers or {}) for _, message in batch]
        self.container.spawn_worker(self, (self.queue, raws), {}, handle_result=partial(self._settle, batch, done))
        done.wait()

    def _settle(self, batch: list[tuple[int, Any]], done: Event, context: Any, result: Any, error: Any) -> tuple[Any, Any]:
        try:
            answers = result if error is None else [Answer.REQUEUE] * len(batch)
            self.reader.answer(batch[0][0], [(message.delivery_tag, answer) for (_, message), answer in zip(batch, answers, strict=True)])
        finally:
            done.send()
        return result, error


class Handling(DependencyProvider):  # type: ignore[misc]
    """Gives the worker's method the consumer."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer

    def get_dependency(self, worker_ctx: Any) -> Consumer:
        """The same for all workers."""
        return self.consumer


class Clockwork(DependencyProvider):  # type: ignore[misc]
    """Runs loops beside the handlers, each in a greenlet."""

    def __init__(self, loops: Sequence[Loop], ports: Ports) -> None:
        self.runner = Runner(loops, ports.clock)

    def start(self) -> None:
        """Starts the loops."""
        self.runner.start()

    def stop(self) -> None:
        """Lets each finish its step."""
        self.runner.stop(GRACE)


class HubLag:
    """Measures how late the hub wakes who slept: what one greenlet holds up for all others."""

    def __init__(self, service: str, process: str) -> None:
        self.seconds = 0.0
        self._gauge = metrics.HUB_LAG.labels(service, process)

    def run(self) -> None:
        """Measures twice a second, for as long as the process lives."""
        while True:
            before = monotonic()
            eventlet.sleep(0.5)
            self.seconds = max(monotonic() - before - 0.5, 0.0)
            self._gauge.set(self.seconds)


class WorkerSettings(BaseSettings):
    """What `xiaoneng work` tells a worker beside the settings of the service."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_", frozen=True, extra="ignore")

    readers: dict[str, list[str]] | None = None
    retry_seconds: list[float] | None = None
    supervisor: int = 0


class Worker:
    """One worker process of a service."""

    def __init__(
        self, spec: ServiceSpec, settings: Settings, extra: WorkerSettings, parts: frozenset[str], types: Catalogue | None = None
    ) -> None:
        self.parts = parts
        self._types = types or catalogue()
        self.process = "-".join(sorted(parts))
        self.ports = build(spec, settings, clockwork.clock(settings), url=settings.database_url.get_secret_value())
        self.ports.db.check_schema(spec.migrations)
        self._spec = spec
        self._url = settings.amqp_url.get_secret_value()
        self._extra = extra
        self._lag = HubLag(spec.name, self.process)
        self._link: Link | None = None
        self._relays: list[Any] = []
        self._stopping = False
        metrics.announce(spec.name, self.process)
        REGISTRY.register(metrics.PoolCollector([self.ports], self.process))

    def service_class(self) -> type:
        """Builds the nameko service."""
        attributes: dict[str, Any] = {"name": self._spec.name}
        loops = self._loops()
        if loops:
            attributes["clockwork"] = Clockwork(loops, self.ports)
        consumption = self._consumption()
        if "handlers" in self.parts and consumption.types:
            self._link = Link()
            reader = Reader(self._url, consumption, self._link)
            publisher = Publisher(self._url, lambda channel: topology.declare_consumption(channel, consumption), heartbeat=0)
            dispatcher = Dispatcher(self.ports, self._spec.handlers, self._types)
            attributes["handling"] = Handling(Consumer(self._spec.name, dispatcher, publisher, self.ports.clock, consumption.steps))
            attributes["handle"] = _handle_method(reader, consumption.queues)
            REGISTRY.register(metrics.Sheltered(DeadQueueCollector(self._url, consumption)))
        return type("Worker", (), attributes)

    def health(self) -> metrics.Health:
        """Ready while the hub keeps time, the broker is there and the relay has run lately."""
        relayed = [relay.last_step for relay in self._relays]
        now = self.ports.clock.now()
        late = [None if at is None else (now - at).total_seconds() for at in relayed]
        broker = self._link is None or self._link.connected
        ready = not self._stopping and broker and self._lag.seconds < READY_HUB_LAG and all(age is not None and age < 30 for age in late)
        return metrics.Health(
            ready, {"hub_lag_seconds": round(self._lag.seconds, 3), "broker": broker, "relay_age_seconds": late, "stopping": self._stopping}
        )

    def run(self) -> int:
        """Serves until SIGTERM or SIGINT; then finishes what runs, for 25 s at most. Returns the exit status."""
        runner = ServiceRunner({})
        runner.add_service(self.service_class())
        eventlet.spawn(self._lag.run)
        page = metrics.Exposition(self.ports.settings.metrics_port, self.health).start()
        asked = Event()

        def stop(*_: Any) -> None:
            if not asked.ready():
                asked.send()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        eventlet.spawn(self._watch_supervisor, stop)
        runner.start()
        log.info("worker_started", service=self._spec.name, process=self.process, metrics_port=page.port)
        ended = eventlet.spawn(runner.wait)
        ended.link(stop)
        asked.wait()
        failed = ended.dead and not self._stopping
        self._stopping = True
        return self._stop(runner) or int(failed)

    def _watch_supervisor(self, stop: Callable[[], None]) -> None:
        """Stops when the supervisor was killed: nobody would tell this process to."""
        while self._extra.supervisor and os.getppid() == self._extra.supervisor:
            eventlet.sleep(1)
        if self._extra.supervisor:
            log.warning("supervisor_gone", service=self._spec.name, process=self.process)
            stop()

    def _stop(self, runner: ServiceRunner) -> int:
        try:
            with eventlet.Timeout(GRACE):
                runner.stop()
        except eventlet.Timeout:
            log.error("worker_stop_timed_out", service=self._spec.name, process=self.process)
            runner.kill()
            return 1
        self.ports.db.dispose()
        log.info("worker_stopped", service=self._spec.name, process=self.process)
        return 0

    def _loops(self) -> list[Loop]:
        loops: list[Loop] = []
        if "watch" in self.parts:
            loops.extend(clockwork.watches(self._spec, self.ports))
            for collector in clockwork.collectors(self._spec, self.ports):
                REGISTRY.register(metrics.Sheltered(collector))
        if "relay" in self.parts:
            transport = RabbitTransport(self._url, self._spec.name, self._readers())
            relaying = clockwork.relaying(self.ports, transport)
            self._relays = relaying[:1]
            loops.extend(relaying)
            REGISTRY.register(metrics.Sheltered(OutboxCollector([self.ports], inline=False)))
        return loops

    def _consumption(self) -> topology.Consumption:
        return topology.Consumption(self._spec.name, tuple(self._spec.handlers.types(self._types)), self._steps())

    def _readers(self) -> list[topology.Consumption] | None:
        if self._extra.readers is None:
            return None
        return [
            topology.Consumption(service, tuple(self._types.get(type_) for type_ in types), self._steps())
            for service, types in sorted(self._extra.readers.items())
        ]

    def _steps(self) -> tuple[Any, ...]:
        return topology.steps(self._extra.retry_seconds)


def _handle_method(reader: Reader, queues: Sequence[str]) -> Callable[..., Any]:
    def handle(self: Any, queue: str, messages: list[Raw]) -> list[Answer]:
        """Runs the handlers of the service for a batch of one queue."""
        answers: list[Answer] = self.handling.handle(queue, messages)
        return answers

    method: Any = handle
    for queue in queues:
        method = EventBatch.decorator(reader, queue)(method)
    return method  # type: ignore[no-any-return]


def main(spec: ServiceSpec, arguments: Sequence[str] | None = None, types: Catalogue | None = None) -> None:
    """Runs the worker of a service: `python -m services.<service>.worker [--only watch|relay|handlers]…`."""
    parser = argparse.ArgumentParser(prog=f"{spec.name} worker")
    parser.add_argument("--only", action="append", choices=clockwork.PARTS, help="part of the worker; may be repeated")
    only = parser.parse_args(arguments).only
    settings = Settings()
    logs.configure(settings.log_level)
    traces = trace.configure(spec.name, "worker", settings.otlp_endpoint)
    status = Worker(spec, settings, WorkerSettings(), frozenset(only or clockwork.PARTS), types).run()
    traces.shutdown()
    sys.exit(status)
