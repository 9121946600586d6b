"""An installation of processes, as the compose file describes them: real databases, a real broker, an issuer, and no container.

Each process has two places, so that a release can be rolled over another one as an orchestrator does it: start the new one, wait until
it is ready, take the old one out and stop it.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import make_url

from gateway.issuer.people import DEMO_GRANT, DemoClient, DemoPerson, FixedPeople
from gateway.issuer.provider import Client as IssuerClient
from gateway.issuer.provider import EmbeddedIssuer
from gateway.issuer.signing import new_key
from services.kit.clock import SystemClock
from services.kit.db.server import LocalPostgres
from services.kit.testing import runs
from services.kit.testing.listening import free_port
from services.kit.testing.waiting import until
from services.platform.client import Client, Gateway
from services.platform.people import Organisation
from tests.deploy.composed import Described, described, mounted
from tests.deploy.leash import leashed
from tests.deploy.people import SUBJECTS, seeded

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("a", "b")
READY = 300.0
DRAIN = 40.0
SMOKE = DemoClient("smoke", "smoke-secret", "clerk@ganzhou")
PACKS = DemoClient("packs", "packs-secret", "admin@ganzhou")


@dataclass(frozen=True)
class Release:
    """A tree of the platform's code."""

    name: str
    tree: Path = ROOT


@dataclass
class Running:
    """A process at its place."""

    popen: subprocess.Popen[bytes]
    log: Path
    metrics: tuple[int, ...]

    def ready(self) -> bool:
        """Whether work may be sent to it, as its readiness probe asks. Fails when it has ended."""
        assert self.popen.poll() is None, f"{self.log.name} ended:\n{self.log.read_text()[-4000:]}"
        return all(_page(port, "/healthz").status_code == httpx.codes.OK for port in self.metrics)

    def pages(self, path: str) -> list[str]:
        """What the process shows at a path, on each of its ports."""
        return [_page(port, path).text for port in self.metrics]

    def stop(self) -> float:
        """SIGTERM, and the time to finish what runs; returns the exit status."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(DRAIN)


class Balanced(Gateway):
    """The gateways that are in service, as a load balancer gives one of them: who refuses a connection is passed by."""

    def __init__(self, site: Site) -> None:
        self._site = site
        super().__init__("http://gateway")

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=60, trust_env=False, transport=_Balancer(self._site))

    def token(self, subject: str) -> str:
        """The person's token; asked for once."""
        with self._lock:
            if subject not in self._tokens:
                form = {"grant_type": DEMO_GRANT, "username": subject}
                answer = httpx.post(f"{self._site.issuer}/token", data=form, trust_env=False, timeout=20).raise_for_status()
                self._tokens[subject] = str(answer.json()["access_token"])
            return self._tokens[subject]


class _Balancer(httpx.BaseTransport):
    def __init__(self, site: Site) -> None:
        self._site = site
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_connections=50))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        refused = httpx.ConnectError("no gateway is in service")
        for port in self._site.gateways():
            request.url = request.url.copy_with(host="127.0.0.1", port=port)
            try:
                return self._inner.handle_request(request)
            except httpx.ConnectError as failed:
                refused = failed
        raise refused


@dataclass
class Site:
    """See the module. `addresses` says how the gateway finds the api of a service at its places."""

    folder: Path
    postgres: str
    """URL of the superuser."""
    amqp: str
    issuer: str
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    """What some processes are told beside the compose file, by their names; `*`: all of them."""
    without: dict[str, set[str]] = field(default_factory=dict)
    """What some processes are not told of it."""
    addresses: Callable[[list[int]], str] = lambda ports: "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)
    running: dict[tuple[str, str], Running] = field(default_factory=dict)
    _ports: dict[tuple[str, str], int] = field(default_factory=dict)
    _draining: set[str] = field(default_factory=set)

    @property
    def secrets(self) -> Path:
        """The folder that `xiaoneng installation secrets` has made."""
        return self.folder / "secrets"

    def prepare(self, release: Release, through: str = "") -> None:
        """Secrets, roles and databases, as an administrator makes them. `through`: `host:port` at which processes find PostgreSQL."""
        url = make_url(self.postgres)
        own = f"{url.host}:{url.port}"
        self.command(release, "installation", "secrets", str(self.secrets), "--postgres", through or own)
        broker = self.secrets / "rabbitmq" / "url"
        broker.chmod(0o644)
        broker.write_text(self.amqp)
        for service in self.secrets.glob("*-owner"):  # migrations go past a pool
            file = service / "migrationUrl"
            file.chmod(0o644)
            file.write_text(make_url(file.read_text()).set(host=url.host, port=url.port).render_as_string(hide_password=False))
        self.command(release, "installation", "databases", str(self.secrets), "--admin-url", self.postgres)

    def migrate(self, release: Release) -> None:
        """The hook job: brings all tables to a release, or leaves those of a later one alone; each service in a container of its own."""
        with ThreadPoolExecutor() as containers:
            list(containers.map(partial(self.run, release), [name for name in self.described(release) if name.endswith("-migrate")]))

    def names(self, release: Release) -> list[str]:
        """The processes that stay, in the order of the file."""
        return [name for name, each in self.described(release).items() if each.command[0] in ("serve", "work")]

    def start(self, release: Release, place: str = PLACES[0], *names: str) -> None:
        """Starts processes of a release at a place, all of them unless some are named; returns when they are ready."""
        wanted = names or self.names(release)
        for name in wanted:
            self._launch(release, name, place)
        for name in wanted:
            until(f"{name} of {release.name} is ready", self.running[name, place].ready, READY)
        if "gateway" in wanted:
            self._draining.discard(place)

    def roll(self, release: Release, place: str, said: Callable[[str], None] = lambda name: None, *names: str) -> None:
        """Each process in turn, or those named: the new one at `place` starts, is ready, and the old one at the other place goes."""
        (other,) = set(PLACES) - {place}
        for name in names or self.names(release):
            self.start(release, place, name)
            self.stop(name, other)
            said(name)

    def stop(self, name: str, place: str) -> None:
        """Takes a process out of service and stops it; it must end in good order."""
        if name == "gateway":
            self._draining.add(place)
        gone = self.running.pop((name, place))
        status = gone.stop()
        assert status == 0, f"{gone.log.name} ended with {status}:\n{gone.log.read_text()[-4000:]}"

    def kill(self) -> None:
        """Kills whatever still runs."""
        for each in self.running.values():
            if each.popen.poll() is None:
                os.killpg(each.popen.pid, signal.SIGKILL)
                each.popen.wait()
        self.running.clear()

    def gateways(self) -> list[int]:
        """The ports of the gateways that are in service."""
        places = [place for name, place in list(self.running) if name == "gateway" and place not in self._draining]
        return [self.port("gateway", place) for place in places]

    def gateway(self) -> Balanced:
        """A client of whichever gateway is in service."""
        return Balanced(self)

    def seed(self, release: Release, organisation: Organisation) -> None:
        """A tenant by the installation's command, everything else by its administrator through the gateway."""
        admin = organisation.administrator
        self.run(release, "gateway", "tenants", "create", organisation.tenant, "--name", organisation.display_name,
                 "--kind", organisation.kind, "--administrator", admin.person, "--administrator-name", admin.name,
                 "--subject", admin.subject)  # fmt: skip
        seeded(self.gateway().as_(admin.subject), organisation, self.issuer, release.tree / "deploy" / "policies")

    def port(self, name: str, place: str) -> int:
        """The port of an api or gateway at a place; the same for every release."""
        if (name, place) not in self._ports:
            self._ports[name, place] = free_port(2)
        return self._ports[name, place]

    def described(self, release: Release) -> dict[str, Described]:
        """The processes of a release, by its own compose file."""
        variables = {"XIAONENG_PUBLIC_URL": "http://127.0.0.1:8000", "XIAONENG_ISSUER_URL": self.issuer, "XIAONENG_INSTALLATION": "trial"}
        return described(release.tree / "deploy" / "compose.yaml", variables)

    def run(self, release: Release, name: str, *command: str) -> str:
        """Runs a process of the compose file to its end, or another command in its place; returns what it says."""
        process = self.described(release)[name]
        done = subprocess.run(
            [*_XIAONENG, *(command or process.command)], env=self._told(release, process, PLACES[0]), cwd=release.tree,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{name} {command}: {done.stdout[-2000:]} {done.stderr[-4000:]}"
        return done.stdout

    def command(self, release: Release, *words: str, **environment: str) -> str:
        """Runs `xiaoneng` by itself; returns what it says."""
        told = {**_clean(release), **environment}
        done = subprocess.run([*_XIAONENG, *words], env=told, cwd=release.tree, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout[-2000:]} {done.stderr[-4000:]}"
        return done.stdout

    def _launch(self, release: Release, name: str, place: str) -> None:
        process = self.described(release)[name]
        told = self._told(release, process, place)
        first = int(told["XIAONENG_METRICS_PORT"])
        metrics = (first, first + 1) if process.command[0] == "work" else (first,)
        log = self.folder / f"{name}-{place}-{release.name}.log"
        with log.open("ab") as out:
            command = leashed(*_XIAONENG, *process.command)
            popen = subprocess.Popen(command, env=told, cwd=release.tree, stdout=out, stderr=out, start_new_session=True)
        self.running[name, place] = Running(popen, log, metrics)

    def _told(self, release: Release, process: Described, place: str) -> dict[str, str]:
        """The environment of a process: that of the compose file with this machine's folders and ports."""
        own = mounted(process, self.secrets, self.folder / "run" / f"{process.name}-{place}")
        moved = {
            "/run/secrets": str(own),
            "/etc/xiaoneng/calendars": str(self.folder / "calendars"),
            "/var/lib/xiaoneng/attachments": str(self.folder / "attachments"),
        }
        told = {name: value for name, value in process.environment.items() if name not in self.without.get(process.name, ())}
        for inside, here in moved.items():
            told = {name: value.replace(inside, here) for name, value in told.items()}
        if "XIAONENG_METRICS_PORT" in told:
            told["XIAONENG_METRICS_PORT"] = str(free_port(2))
        if "XIAONENG_BIND" in told:
            told["XIAONENG_BIND"] = f"127.0.0.1:{self.port(process.name, place)}"
        if "XIAONENG_SERVICES" in told:
            known = json.loads(told["XIAONENG_SERVICES"])
            told["XIAONENG_SERVICES"] = json.dumps(
                {service: self.addresses([self.port(f"{service}-api", each) for each in PLACES]) for service in known}
            )
        return {**_clean(release), **told, **self.settings.get("*", {}), **self.settings.get(process.name, {})}


_XIAONENG = (sys.executable, "-W", "ignore", "-m", "services.platform.cli")


def _clean(release: Release) -> dict[str, str]:
    """This process's environment without anything of the platform, and the code of the release."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("XIAONENG_", "SSL_CERT_FILE"))}
    descriptors = release.tree / "build" / "gen" / "xiaoneng.binpb"
    path = f"{release.tree}{os.pathsep}{release.tree / 'build' / 'gen'}"
    return {**told, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "XIAONENG_DESCRIPTORS": str(descriptors)}


@contextmanager
def site(amqp: str, **options: Any) -> Iterator[Site]:
    """An installation with a PostgreSQL of its own: its roles have the passwords of its own secrets. Its folder is the run's."""
    folder = runs.folder() / f"site-{secrets.token_hex(3)}"
    folder.mkdir()
    for name in ("calendars", "attachments"):
        (folder / name).mkdir()
    with ExitStack() as stack:
        server = LocalPostgres(folder / "postgres", {"fsync": "off", "max_connections": "300"})
        stack.callback(server.remove)
        made = Site(folder, server.start(), amqp, stack.enter_context(issuer()), **options)
        stack.callback(made.kill)
        yield made


@contextmanager
def issuer() -> Iterator[str]:
    """An OIDC provider that knows the people of the demo; gives its URL."""
    port = free_port(2)
    url = f"http://127.0.0.1:{port}/issuer"
    people = FixedPeople(tuple(DemoPerson(subject, subject) for subject in SUBJECTS), (SMOKE, PACKS))
    client = IssuerClient("xiaoneng-web", "http://127.0.0.1:8000/auth/callback", "http://127.0.0.1:8000/")
    app = EmbeddedIssuer(url, new_key(), client, "xiaoneng", people, SystemClock(), anywhere=True)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until("the issuer answers", lambda: server.started, 30)
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(30)


def as_client(site: Site, organisation: Organisation, handle: str) -> Client:
    """Somebody of the organisation, by the short id."""
    return site.gateway().as_(organisation.person(handle).subject)


# One for all: each client of its own would read the system's authorities first, at every question of everybody who waits.
_pages = httpx.Client(timeout=20, trust_env=False, verify=False)


def _page(port: int, path: str) -> httpx.Response:
    """A page of a process; 503 while nobody answers."""
    try:
        return _pages.get(f"http://127.0.0.1:{port}{path}")
    except httpx.HTTPError:
        return httpx.Response(httpx.codes.SERVICE_UNAVAILABLE)
