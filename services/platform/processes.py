"""What `xiaoneng serve <service>` and `xiaoneng work <service>` do.

`serve` runs the gRPC server here. `work` starts workers as processes of their own, because they are patched with eventlet
before anything is imported: one for the handlers, one for relay and watch, so that a long handler delays no deadline.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import REGISTRY

import services
from services.kit import clockwork, metrics, trace
from services.kit.bus import topology
from services.kit.bus.catalogue import catalogue
from services.kit.service import ServiceSpec, build
from services.kit.settings import Settings

if TYPE_CHECKING:
    from services.kit.rpc.server import Server

log = structlog.get_logger(__name__)

GROUPS = (("handlers",), ("relay", "watch"))
STOP_SECONDS = 30.0
_NO_SERVICES = ("kit", "platform")


class UnknownService(LookupError):
    """There is no service of this name."""


@cache
def names() -> tuple[str, ...]:
    """The services of the platform: every package with a `service.py`."""
    found = (module.name for module in pkgutil.iter_modules(services.__path__) if module.ispkg and module.name not in _NO_SERVICES)
    return tuple(sorted(name for name in found if importlib.util.find_spec(f"services.{name}.service") is not None))


@cache
def spec(service: str) -> ServiceSpec:
    """What a service is; raises `UnknownService`."""
    if service not in names():
        raise UnknownService(service)
    found: ServiceSpec = importlib.import_module(f"services.{service}.service").SPEC
    return found


def specs() -> list[ServiceSpec]:
    """All services."""
    return [spec(name) for name in names()]


def consumptions() -> list[topology.Consumption]:
    """Who consumes what in this installation."""
    known = catalogue()
    return [topology.Consumption(each.name, tuple(each.handlers.types(known))) for each in specs()]


def serve(service: str, settings: Settings) -> int:
    """Runs the api process of a service until SIGTERM or SIGINT; then answers what has begun, for 25 s at most."""
    from services.kit.rpc.server import serve as rpc_server
    from services.kit.rpc.tls import server_credentials

    described = spec(service)
    ports = build(described, settings, clockwork.clock(settings), url=settings.database_url.get_secret_value())
    ports.db.check_schema(described.migrations)
    traces = trace.configure(service, "api", settings.otlp_endpoint)
    if settings.otlp_endpoint:
        trace.instrument(ports.db.engine)
    server = rpc_server(described, ports, settings.bind, server_credentials(settings))
    stop = Stop()
    metrics.announce(service, "api")
    REGISTRY.register(metrics.PoolCollector([ports], "api"))
    page = metrics.Exposition(settings.metrics_port, lambda: _api_health(server, stop)).start()
    server.start()
    log.info("api_started", service=service, port=server.port, metrics_port=page.port)
    stop.wait()
    server.stop()
    page.stop()
    ports.db.dispose()
    traces.shutdown()
    log.info("api_stopped", service=service)
    return 0


def _api_health(server: Server, stop: Stop) -> metrics.Health:
    """Ready while a thread is free for one more call: otherwise another pod should be asked."""
    room = server.serving and server.has_room()
    return metrics.Health(room and not stop.asked, {"stopping": stop.asked, "room": room}, started=server.serving)


def work(service: str, settings: Settings, only: Sequence[str] = ()) -> int:
    """Runs the workers of a service until SIGTERM or SIGINT, or until one of them ends; returns the worst exit status.

    With `only`, one worker with these parts takes the place of this process.
    """
    spec(service)
    environment = worker_environment()
    if only:
        os.execve(sys.executable, _command(service, only), environment)
    return Supervisor(service, settings, environment).run()


def worker_environment() -> dict[str, str]:
    """The environment of a worker: its own, and who handles what, which a service cannot know of others."""
    readers = {each.service: [entry.type for entry in each.types] for each in consumptions()}
    return {**os.environ, "XIAONENG_READERS": json.dumps(readers)}


def _command(service: str, parts: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", f"services.{service}.worker", *(word for part in parts for word in ("--only", part))]


class Stop:
    """A wish to stop, by a signal or by a thread. A pipe, because a signal may come while a lock is held."""

    def __init__(self) -> None:
        self.asked = False
        self._out, self._in = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.ask())

    def ask(self) -> None:
        """Asks to stop."""
        self.asked = True
        self.wake()

    def wake(self) -> None:
        """Ends `wait` without a wish to stop."""
        os.write(self._in, b".")

    def wait(self) -> None:
        """Waits until somebody asks or wakes."""
        os.read(self._out, 1)


class Supervisor:
    """Runs one process per group of parts. It passes a stop on and ends when any of them ends: whoever started it, starts it again."""

    def __init__(self, service: str, settings: Settings, environment: dict[str, str]) -> None:
        self._service = service
        self._port = settings.metrics_port
        self._environment = environment
        self._stop = Stop()

    def run(self) -> int:
        """Starts the processes and waits."""
        children = [self._start(number, parts) for number, parts in enumerate(GROUPS)]
        for child in children:
            threading.Thread(target=self._watch, args=(child,), daemon=True).start()
        self._stop.wait()
        for child in children:
            if child.poll() is None:
                child.terminate()
        until = monotonic() + STOP_SECONDS
        return max(abs(_wait(child, until)) for child in children)

    def _start(self, number: int, parts: Sequence[str]) -> subprocess.Popen[Any]:
        # Each shows its metrics on a port of its own: the first on the one that is set, the others on the next ones.
        port = self._port + number if self._port else 0
        environment = {**self._environment, "XIAONENG_METRICS_PORT": str(port), "XIAONENG_SUPERVISOR": str(os.getpid())}
        return subprocess.Popen(_command(self._service, parts), env=environment)

    def _watch(self, child: subprocess.Popen[Any]) -> None:
        status = child.wait()
        if not self._stop.asked:
            log.error("worker_ended", service=self._service, status=status)
        self._stop.wake()


def _wait(child: subprocess.Popen[Any], until: float) -> int:
    try:
        return child.wait(max(until - monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
