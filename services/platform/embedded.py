"""Embedded mode: the whole platform in one process, with a PostgreSQL of its own in a folder that is kept between runs.

The services are the same as in a cluster: real grpc servers (on loopback), the same roles in the database, the same outbox and inbox;
only the bus hands events over in process. `start` brings everything up, `stop` ends it without loss; a kill loses nothing either,
PostgreSQL recovers and what was under way is taken up again.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import REGISTRY

import gateway
from gateway.issuer.people import People
from gateway.issuer.signing import new_key
from gateway.main import Gateway
from gateway.session import METADATA as GATEWAY_METADATA
from gateway.session import MIGRATIONS as GATEWAY_MIGRATIONS
from gateway.settings import GatewaySettings, is_loopback
from services.kit import metrics
from services.kit.bus.inline import InlineBus
from services.kit.clock import Clock, DrivenClock, SystemClock
from services.kit.clockwork import watches
from services.kit.db.engine import Database
from services.kit.db.migrate import create_database, migrate
from services.kit.db.server import LocalPostgres, free_port
from services.kit.identity import TokenSigner
from services.kit.loop import Loop, Runner, drain, drive
from services.kit.outbox import Cleaner, OutboxCollector
from services.kit.rpc.server import Server, serve
from services.kit.service import Ports, ServiceSpec, build
from services.kit.settings import Settings
from services.platform import clock as clock_service
from services.platform import processes
from services.platform.memory import Memory
from xiaoneng.platform.v1 import clock_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.bus.envelope import Envelope

log = structlog.get_logger(__name__)
GATEWAY = "gateway"
_POSTGRES = {"max_connections": "200", "shared_buffers": "128MB"}
_POOL = 6
_CLOCK = "clock"
_DRIVING_SECONDS = 300.0
_HOST_OF_CLOCK = "directory"
_PUMP = timedelta(milliseconds=100)
_HOUSEKEEPING = re.compile(r"sealer|sweeper|cleaner|deadline-counts")


class AlreadyRuns(RuntimeError):
    """Another process runs the platform on this folder."""


class NotLoopback(ValueError):
    """The embedded platform lets anybody sign in as anybody; it listens on loopback unless told otherwise."""


@dataclass(frozen=True)
class Options:
    """How the embedded platform is started.

    `driven_from` makes time stand still until it is driven; with `pump` what is due is then done by itself, else when `settle` is called.
    Without `tidy` the loops that only keep house (sealing, folding, cleaning) wait on a driven clock until `tidy` is called.
    `postgres_url` uses a running server. `rate` replaces the limits of requests.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    anywhere: bool = False
    driven_from: datetime | None = None
    pump: bool = False
    tidy: bool = True
    rate: str = ""
    metrics_port: int = 0
    postgres_url: str = ""
    installation: str = "xiaoneng"
    postgres: dict[str, str] = field(default_factory=lambda: dict(_POSTGRES))


class Platform:
    """The running platform. `ports` by service; `clock` is driven where the options say so."""

    def __init__(self, options: Options, people: People) -> None:
        if not options.anywhere and not is_loopback(options.host):
            raise NotLoopback(options.host)
        options.folder.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.memory = Memory(options.folder / "memory.json")
        self.clock: Clock = self._clock()
        self._driving = threading.RLock()
        self.ports: dict[str, Ports] = {}
        self.addresses: dict[str, str] = {}
        self.loops: list[Loop] = []
        self._housekeeping: list[Loop] = []
        self.signer = TokenSigner.from_json(self.memory.get("signing_key", lambda: TokenSigner.generate().private_json()))
        self._people = people
        self._stack = ExitStack()
        self._gateway: Gateway | None = None
        self._page: metrics.Exposition | None = None
        self._port = options.port or int(self.memory.get("port", free_port))

    @property
    def url(self) -> str:
        """Where the gateway is reached. Kept between runs: people are bound to the issuer's address."""
        host = "127.0.0.1" if self.options.host in ("0.0.0.0", "::") else self.options.host  # noqa: S104  not to bind, to reach
        return f"http://{host}:{self._port}"

    @property
    def issuer(self) -> str:
        """The embedded issuer."""
        return f"{self.url}/issuer"

    @property
    def metrics_url(self) -> str:
        """Where Prometheus reads."""
        assert self._page is not None, "not started"
        return f"http://127.0.0.1:{self._page.port}/metrics"

    def start(self) -> Platform:
        """Brings everything up; what cannot be brought up ends what was."""
        with ExitStack() as stack:
            self._lock_folder(stack)
            admin_url = self._start_postgres(stack)
            specs = processes.specs()
            for spec in specs:
                self._start_service(spec, admin_url, stack)
            self._start_gateway(admin_url, stack)
            self._start_metrics(stack)
            self._start_loops(specs, stack)
            self._stack = stack.pop_all()
        log.info("platform_started", url=self.url, services=sorted(self.ports), driven=self.clock.driven)
        return self

    def stop(self) -> None:
        """Takes no new requests, lets running ones and loops end, and stops the database."""
        self._stack.close()
        log.info("platform_stopped")

    def settle(self) -> None:
        """On a driven clock: does everything that is due now."""
        with self._driving:
            drain(self.loops, self.clock.now())

    def advance_to(self, at: datetime) -> None:
        """On a driven clock: lets time pass, from one due moment to the next. A restart goes on from there."""
        assert isinstance(self.clock, DrivenClock), "only a driven clock is moved"
        with self._driving:
            drive(self.clock, self.loops, at)
            self.memory.set(_CLOCK, self.clock.now().isoformat())

    def tidy(self) -> None:
        """On a driven clock: lets the loops keep house that were not asked meanwhile."""
        with self._driving:
            drain([*self._housekeeping, *self.loops], self.clock.now())

    def _clock(self) -> Clock:
        """The clock: a driven one stands where it was left, or where the options begin."""
        start = self.options.driven_from
        if start is None:
            return SystemClock()
        left = self.memory.known(_CLOCK)
        return DrivenClock(max(start, datetime.fromisoformat(left)) if left else start)

    def _lock_folder(self, stack: ExitStack) -> None:
        lock = stack.enter_context((self.options.folder / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise AlreadyRuns(str(self.options.folder)) from taken

    def _start_postgres(self, stack: ExitStack) -> str:
        if self.options.postgres_url:
            return self.options.postgres_url
        server = LocalPostgres(self.options.folder / "postgres", self.options.postgres)
        url = server.start()
        stack.callback(server.stop)
        return url

    def _database(self, service: str, admin_url: str, metadata: Any, migrations: str) -> str:
        """The URL of a service's database, made and migrated where needed. With a borrowed server its name carries the installation's."""
        name = f"xn_{service}" if not self.options.postgres_url else f"{self.options.installation}_{service}".replace("-", "_")
        password = "test" if self.options.postgres_url else self.memory.get(f"password.{service}", lambda: secrets.token_urlsafe(24))
        urls = create_database(admin_url, service, name, password)
        migrate(service, metadata, migrations, urls.owner)
        return urls.app

    def _start_service(self, spec: ServiceSpec, admin_url: str, stack: ExitStack) -> None:
        url = self._database(spec.name, admin_url, spec.metadata, spec.migrations)
        settings = Settings(
            installation=self.options.installation,
            audit_key=self.memory.get("audit_key", lambda: secrets.token_urlsafe(48)),  # type: ignore[arg-type]
            blob_dir=self.options.folder / "blobs",
            pool_size=_POOL,
            gateway_keys=self.signer.public_json(),
            clock="driven" if self.clock.driven else "system",
        )
        ports = build(spec, settings, self.clock, url=url)
        stack.callback(ports.db.dispose)
        offered = self._with_clock(spec) if self.clock.driven and spec.name == _HOST_OF_CLOCK else spec
        server: Server = serve(offered, ports, "127.0.0.1:0").start()
        stack.callback(server.stop)
        self.ports[spec.name] = ports
        self.addresses[spec.name] = f"127.0.0.1:{server.port}"

    def _with_clock(self, spec: ServiceSpec) -> ServiceSpec:
        """The clock is served by the side of another service; it has no data of its own."""
        clock = (clock_service_pb2_grpc.add_ClockServiceServicer_to_server, clock_service.ClockService(self.clock, self.advance_to))
        return replace(spec, servicers=lambda ports: [*spec.servicers(ports), clock])

    def _start_gateway(self, admin_url: str, stack: ExitStack) -> None:
        url = self._database(GATEWAY, admin_url, GATEWAY_METADATA, GATEWAY_MIGRATIONS)
        limits = dict.fromkeys(("rate", "address_rate", "sign_in_rate"), self.options.rate) if self.options.rate else {}
        # A driven clock stops at every due moment on its way, which may take longer than a call that somebody waits for.
        patient = {"call_seconds": _DRIVING_SECONDS} if self.clock.driven else {}
        settings = GatewaySettings(
            installation=self.options.installation,
            public_url=self.url,
            bind=f"{self.options.host}:{self._port}",
            services={**self.addresses, **({clock_service.NAME: self.addresses[_HOST_OF_CLOCK]} if self.clock.driven else {})},
            database_url=url,  # type: ignore[arg-type]
            secret=self.memory.get("gateway_secret", lambda: secrets.token_urlsafe(48)),  # type: ignore[arg-type]
            signing_keys=self.signer.private_json(),  # type: ignore[arg-type]
            embedded_issuer=True,
            embedded_issuer_key=self.memory.get("issuer_key", new_key),  # type: ignore[arg-type]
            embedded_issuer_anywhere=self.options.anywhere,
            descriptors=descriptors(),
            web=built_web(),
            **limits,  # type: ignore[arg-type]
            **patient,  # type: ignore[arg-type]
        )
        self._gateway = Gateway(settings, self._people)
        self._gateway.start()
        stack.callback(self._gateway.stop)

    def _start_metrics(self, stack: ExitStack) -> None:
        for collector in collectors(list(self.ports.values())):
            REGISTRY.register(collector)
            stack.callback(REGISTRY.unregister, collector)
        self._page = metrics.Exposition(self.options.metrics_port, metrics.always_ready, host="127.0.0.1").start()
        stack.callback(self._page.stop)

    def _start_loops(self, specs: Sequence[ServiceSpec], stack: ExitStack) -> None:
        bus = InlineBus([(self.ports[spec.name], spec.handlers) for spec in specs], tap=self._tap)
        for spec, pipe in zip(specs, bus.loops(), strict=True):
            ports = self.ports[spec.name]
            loops = [pipe, *watches(spec, ports), Cleaner(ports)]
            self.loops += [_WhenNeeded(loop, ports.db) for loop in loops] if self.clock.driven else loops
        if self.clock.driven and not self.options.tidy:
            self._housekeeping = [loop for loop in self.loops if _HOUSEKEEPING.search(loop.name)]
            self.loops = [loop for loop in self.loops if loop not in self._housekeeping]
        if not self.clock.driven:
            runner = Runner(self.loops, self.clock)
        elif self.options.pump:
            runner = Runner([_Pump(self)], self.clock, poll=_PUMP)
        else:
            return
        runner.start()
        stack.callback(runner.stop)

    def _tap(self, event: Envelope) -> None:
        assert self._gateway is not None, "the gateway is up before the loops"
        self._gateway.live.publish(event.to_dict())


class _WhenNeeded:
    """A loop of one service on a driven clock: called when its moment has come, or when something in its database has changed.

    Everything that changes a database runs in this process, so nothing is overlooked; weeks pass in seconds.
    """

    def __init__(self, loop: Loop, db: Database) -> None:
        self.name = loop.name
        self._loop = loop
        self._db = db
        self._seen = -1
        self._wake: datetime | None = None

    def step(self, now: datetime) -> datetime | None:
        """Calls the loop, or says again when it wants to be called."""
        if self._seen == self._db.changes and (self._wake is None or self._wake > now):
            return self._wake
        self._seen = self._db.changes
        self._wake = self._loop.step(now)
        # What it has changed is news for the others, whatever it says itself.
        return self._wake if self._seen == self._db.changes else now


class _Pump:
    """Does what is due while the driven clock stands."""

    name = "pump"

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def step(self, now: datetime) -> datetime | None:
        """Everything that is due now; looks again after a pause."""
        self._platform.settle()
        return None


def collectors(ports: Sequence[Ports]) -> list[Any]:
    """What reads its numbers from the tables when Prometheus asks."""
    from services.kit.deadline.metrics import DeadlineCollector
    from services.kit.roster.metrics import RosterCollector

    limits = [each for each in ports if "deadlines" in each.db.metadata.tables]
    found = [OutboxCollector(ports), DeadlineCollector(limits), RosterCollector(ports), metrics.PoolCollector(ports, "embedded")]
    return [metrics.Sheltered(each) for each in found]


def descriptors() -> Path:
    """The descriptor set of the contract, beside the generated code."""
    import xiaoneng

    return Path(next(iter(xiaoneng.__path__))).parent / "xiaoneng.binpb"


def built_web() -> Path | None:
    """The web app where it was built beside the gateway; without it there are only plain pages."""
    folder = Path(gateway.__file__).parent / "web" / "dist"
    return folder if (folder / "paths.json").exists() else None


def folder_from(environment: str | None = None) -> Path:
    """Where the data lie: `XIAONENG_DATA`, else `var/embedded` of the working folder."""
    return Path(environment or os.environ.get("XIAONENG_DATA", "var/embedded"))
