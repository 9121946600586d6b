"""The workers and api processes of the real services, as `xiaoneng work` and `xiaoneng serve` start them."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families

from services.kit.identity import TokenSigner
from services.kit.testing import debian
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import AUDIT_KEY, database
from services.platform import processes
from tests.service.worker.workers import LIMIT, ROOT, counts, until

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Vhost

SERVICES = processes.names()
WORKER = "import sys, services.{0}.worker as w; print(sorted(m for m in sys.modules if m == 'grpc' or m.endswith('_pb2_grpc')))"


@pytest.fixture
def environment(request: pytest.FixtureRequest, postgres: PostgresServer, vhost: "Vhost", tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the processes of one service are told."""
    spec = processes.spec(request.param)
    with ExitStack() as stack:
        urls = stack.enter_context(database(postgres.url, spec.name, spec.metadata, spec.migrations))
        yield {
            **{name: value for name, value in os.environ.items() if not name.startswith("XIAONENG_")},
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'build' / 'gen'}",
            "XIAONENG_DATABASE_URL": urls.app,
            "XIAONENG_AMQP_URL": vhost.url,
            "XIAONENG_AUDIT_KEY": AUDIT_KEY,
            "XIAONENG_BLOB_DIR": str(tmp_path),
            "XIAONENG_GATEWAY_KEYS": TokenSigner.generate().public_json(),
            "XIAONENG_METRICS_PORT": str(free_pair()),
            "XIAONENG_BIND": "127.0.0.1:0",
        }


def free_pair() -> int:
    """A port that is free, and so is the next one; outside the range that outgoing connections take."""
    while True:
        port = random.SystemRandom().randrange(20000, 30000)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def running(process: subprocess.Popen[bytes], log: Path) -> bool:
    """That a process has not ended; if it has, why."""
    assert process.poll() is None, log.read_text()
    return True


def both_ready(work: subprocess.Popen[bytes], log: Path, port: int) -> None:
    """Waits until each of two workers has been ready."""
    for each in (port, port + 1):
        until("the worker is ready", lambda: running(work, log) and status(each) == 200, 2 * LIMIT)  # noqa: B023  called at once


def own_names(page: httpx.Response) -> set[str]:
    """The platform's metrics on a page, as Prometheus reads it."""
    families = text_string_to_metric_families(page.text)
    return {
        f"{each.name}_total" if each.type == "counter" else each.name
        for each in families
        if each.name.startswith("xiaoneng_") and not each.name.endswith("_created")
    }


def checked(page: httpx.Response) -> str:
    """What `promtool check metrics` has to say about a page; nothing when it is as Prometheus wants it."""
    done = subprocess.run(
        [debian.program("promtool", "prometheus"), "check", "metrics"], input=page.text, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""


def documented() -> set[str]:
    """The names in `docs/metrics.md`."""
    return set(re.findall(r"^\| `(xiaoneng_[a-z_]+)`", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8"), re.MULTILINE))


def status(port: int) -> int:
    """What `/healthz` answers; 0 while nobody does."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5, trust_env=False).status_code
    except httpx.HTTPError:
        return 0


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_loads_nothing_of_grpc(service: str) -> None:
    seen = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WORKER.format(service)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'build' / 'gen'}"},
    )
    assert seen.stdout.strip() == "[]"


@pytest.mark.parametrize(("environment", "service"), [(name, name) for name in SERVICES], indirect=["environment"])
def test_work_runs_two_ready_workers_and_stops_both(environment: dict[str, str], service: str, tmp_path: Path) -> None:
    port = int(environment["XIAONENG_METRICS_PORT"])
    log = tmp_path / "log"
    with log.open("wb") as out:
        work = subprocess.Popen([sys.executable, "-m", "services.platform.cli", "work", service], env=environment, cwd=ROOT, stderr=out)
        try:
            both_ready(work, log, port)
            pages = [httpx.get(f"http://127.0.0.1:{each}/metrics", timeout=10, trust_env=False) for each in (port, port + 1)]
            assert counts(pages[1])[f'xiaoneng_outbox_pending{{service="{service}"}}'] == 0
            assert set().union(*map(own_names, pages)) <= documented()
            assert [checked(page) for page in pages] == ["", ""]
            work.send_signal(signal.SIGTERM)
            assert work.wait(LIMIT) == 0
        finally:
            work.kill()
    assert (status(port), status(port + 1)) == (0, 0)


@pytest.mark.parametrize("environment", ["notifications"], indirect=True)
def test_workers_end_when_their_supervisor_is_killed(environment: dict[str, str], tmp_path: Path) -> None:
    port = int(environment["XIAONENG_METRICS_PORT"])
    log = tmp_path / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "services.platform.cli", "work", "notifications"]
        work = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=out)
        try:
            both_ready(work, log, port)
        finally:
            work.kill()
            work.wait()
        until("both workers have stopped", lambda: log.read_text().count('"worker_stopped"') == 2)
        # What a worker says last is not yet its end: until then its metrics answer.
        until("nobody answers any more", lambda: (status(port), status(port + 1)) == (0, 0))


@pytest.mark.parametrize(("environment", "service"), [(name, name) for name in SERVICES], indirect=["environment"])
def test_serve_answers_health_checks_and_stops(environment: dict[str, str], service: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as out:
        serve = subprocess.Popen([sys.executable, "-m", "services.platform.cli", "serve", service], env=environment, cwd=ROOT, stderr=out)
        try:
            until("it has started", lambda: running(serve, log) and "api_started" in log.read_text())
            found = re.search(r'"port": (\d+)', log.read_text())
            assert found, log.read_text()
            with grpc.insecure_channel(f"127.0.0.1:{found[1]}") as channel:
                answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
            page = httpx.get(f"http://127.0.0.1:{environment['XIAONENG_METRICS_PORT']}/metrics", timeout=10, trust_env=False)
            assert own_names(page) <= documented()
            assert checked(page) == ""
            serve.send_signal(signal.SIGTERM)
            assert serve.wait(LIMIT) == 0
        finally:
            serve.kill()
