"""Metrics of the platform: the constants of the bus and the processes, and the page on which Prometheus reads all of them.

Every room declares its own metrics as constants beside their use or here; `docs/metrics.md` is generated from what the
rooms have registered (`describe`). A person, a document or a text of an error is never a label.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import psycopg2
import structlog
from amqp import AMQPError
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from services.kit.errors import Busy

if TYPE_CHECKING:
    from services.kit.service import Ports

log = structlog.get_logger(__name__)

LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0)

EVENTS_PUBLISHED = Counter("xiaoneng_events_published_total", "Events that the relay has handed over safely.", ["service", "type"])
RELAY_LAG = Histogram(
    "xiaoneng_relay_lag_seconds",
    "From the transaction that wrote an event to its confirmed publication.",
    ["service"],
    buckets=LAG_BUCKETS,
)
RELAY_FAILURES = Counter("xiaoneng_relay_failures_total", "Batches that the broker did not confirm; they are tried again.", ["service"])
EVENTS_HANDLED = Counter(
    "xiaoneng_events_handled_total",
    "Events by outcome: done, repeated (handled before), ignored (no handler), retry (to be tried again), dead (a person must look).",
    ["service", "type", "outcome"],
)
HANDLING_DURATION = Histogram(
    "xiaoneng_event_handling_duration_seconds",
    "Time in the handlers of one event, without its share of the commit.",
    ["service", "type", "outcome"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0),
)
HUB_LAG = Gauge(
    "xiaoneng_worker_hub_lag_seconds", "By how much the worker's hub overslept last; above 1 something blocks it.", ["service", "process"]
)
BUILD_INFO = Gauge(
    "xiaoneng_build_info", "Always 1; version and revision of the running code.", ["service", "process", "version", "revision"]
)

SCRAPE_FAILURES = Counter(
    "xiaoneng_scrape_failures_total", "Collectors that could not be read, for instance because the database was away.", ["collector"]
)

OUTBOX_PENDING = "xiaoneng_outbox_pending"
OUTBOX_OLDEST = "xiaoneng_outbox_oldest_age_seconds"
DEAD_LETTERS = "xiaoneng_dead_letters"
POOL_IN_USE = "xiaoneng_db_pool_in_use"
HELP: Mapping[str, str] = {
    OUTBOX_PENDING: "Events that are written and not yet relayed.",
    OUTBOX_OLDEST: "Age of the oldest event that is not yet relayed; 0 without one.",
    DEAD_LETTERS: "Events that a handler could not take and that wait for a person (`xiaoneng events dead`).",
    POOL_IN_USE: "Database connections that are in use; at the size of the pool, work waits.",
}


@dataclass(frozen=True)
class Health:
    """What `/healthz` says: ready or not, and why; `started` is for `/startupz`."""

    ready: bool
    details: Mapping[str, Any]
    started: bool = True


@dataclass(frozen=True)
class Description:
    """One metric as `docs/metrics.md` lists it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


def announce(service: str, process: str) -> None:
    """Says which code this process runs."""
    BUILD_INFO.labels(service, process, version("xiaoneng"), os.environ.get("XIAONENG_REVISION", "")).set(1)


class Sheltered(Collector):
    """Reads a collector that asks a database or a broker; while that is away, the rest of the page is shown without it."""

    def __init__(self, inner: Collector) -> None:
        self._inner = inner

    def describe(self) -> Iterable[Metric]:
        """Names the metrics of the collector inside."""
        return self._inner.describe()  # type: ignore[attr-defined, no-any-return]

    def collect(self) -> Iterable[Metric]:
        """Gives what the collector inside gives, or nothing."""
        try:
            return list(self._inner.collect())
        except (psycopg2.Error, SQLAlchemyError, Busy, OSError, AMQPError) as error:
            SCRAPE_FAILURES.labels(type(self._inner).__name__).inc()
            log.warning("scrape_failed", collector=type(self._inner).__name__, error=type(error).__name__)
            return []


class PoolCollector(Collector):
    """Shows how many database connections each service of this process uses."""

    def __init__(self, ports: Sequence[Ports], process: str) -> None:
        self._ports = tuple(ports)
        self._process = process

    def describe(self) -> Iterable[Metric]:
        """Names the metric."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """Asks the pools."""
        family = self._family()
        for ports in self._ports:
            family.add_metric([ports.service, self._process], ports.db.engine.pool.checkedout())  # type: ignore[attr-defined]
        return [family]

    @staticmethod
    def _family() -> GaugeMetricFamily:
        return GaugeMetricFamily(POOL_IN_USE, HELP[POOL_IN_USE], labels=["service", "process"])


def describe(registry: CollectorRegistry = REGISTRY, extra: Iterable[Collector] = ()) -> list[Description]:
    """Lists the platform's own metrics that are registered, and those of `extra` collectors, by name."""
    found: dict[str, Description] = {}
    for collector in (*list(registry._collector_to_names), *extra):
        labels = tuple(getattr(collector, "_labelnames", ()) or ())
        families: Iterable[Metric] = collector.describe() if hasattr(collector, "describe") else collector.collect()
        for family in families:
            if family.name.startswith("xiaoneng_"):
                name = f"{family.name}_total" if family.type == "counter" else family.name
                found[name] = Description(name, family.type, labels or tuple(getattr(family, "_labelnames", ())), family.documentation)
    return [found[name] for name in sorted(found)]


def markdown(descriptions: list[Description]) -> str:
    """Writes `docs/metrics.md`."""
    lines = [
        "# Metrics",
        "",
        "Every process shows its metrics at `/metrics` of its metrics port (`XIAONENG_METRICS_PORT`). This page is generated",
        "(`xiaoneng events metrics > docs/metrics.md`); a contract test fails on a name that is not in it.",
        "",
        "| name | kind | labels | what it says |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| `{d.name}` | {d.kind} | {', '.join(d.labels)} | {d.help.replace('|', '/')} |" for d in descriptions]
    return "\n".join(lines) + "\n"


class _Pages(ThreadingHTTPServer):
    """Threads that nobody waits for, and no word about who asked and left before the end."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Part of the standard library."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Exposition:
    """Serves `/metrics` and the probes.

    `/startupz`: it has begun, and waits for nothing of its own any more. `/healthz`: ready, worth sending work to. `/livez`: the process
    answers at all; nothing outside the process is asked for it, so that a database that is away restarts nobody.
    """

    def __init__(self, port: int, health: Callable[[], Health], registry: CollectorRegistry = REGISTRY, host: str = "") -> None:
        self._server = _Pages((host, port), _handler(registry, health))
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    @property
    def port(self) -> int:
        """The port, also where 0 was asked for."""
        return int(self._server.server_address[1])

    def start(self) -> Exposition:
        """Starts to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stops to answer."""
        self._server.shutdown()
        self._server.server_close()


def always_ready() -> Health:
    """For a process that is ready as soon as it answers."""
    return Health(True, {})


def _handler(registry: CollectorRegistry, health: Callable[[], Health]) -> type[BaseHTTPRequestHandler]:
    pages: dict[str, Callable[[], tuple[int, str, bytes]]] = {
        "/metrics": lambda: (200, CONTENT_TYPE_LATEST, generate_latest(registry)),
        "/startupz": lambda: _started_page(health()),
        "/healthz": lambda: _health_page(health()),
        "/livez": lambda: (200, "text/plain", b"ok\n"),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the standard library's
            page = pages.get(self.path.partition("?")[0])
            status, kind, body = page() if page else (404, "text/plain", b"not found\n")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # probes are not worth a line each
            return

    return Handler


def _health_page(health: Health) -> tuple[int, str, bytes]:
    body = json.dumps({"ready": health.ready, **health.details}, default=str).encode()
    return (200 if health.ready else 503), "application/json", body


def _started_page(health: Health) -> tuple[int, str, bytes]:
    return (200, "text/plain", b"started\n") if health.started else (503, "text/plain", b"starting\n")


def families(registry: CollectorRegistry = REGISTRY) -> Iterator[str]:
    """Gives the names that a process shows."""
    for family in registry.collect():
        yield family.name
