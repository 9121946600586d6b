"""The platform as processes of its own: an api and two workers per service, a broker between them, one clock in a file.

It has the face of `services.platform.embedded.Platform` as far as scenarios need it, so that they run on it unchanged.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from services.kit.bus.catalogue import catalogue
from services.kit.clock import DrivenClock
from services.kit.identity import TokenSigner
from services.kit.service import Ports, build
from services.kit.settings import Settings
from services.kit.testing.service import AUDIT_KEY, database
from services.platform import processes
from tests.scenario.world import moment
from tests.service.worker.workers import ROOT, until

LIMIT = 120.0


class FileDrivenClock(DrivenClock):
    """A driven clock that writes its instant where the processes read it."""

    def __init__(self, start: datetime, path: Path) -> None:
        self._path = path
        self.instant = start
        super().__init__(start)

    @property
    def _now(self) -> datetime:
        return self.instant

    @_now.setter
    def _now(self, at: datetime) -> None:
        self.instant = at
        beside = self._path.with_suffix(".next")
        beside.write_text(at.isoformat())
        beside.replace(self._path)


@dataclass
class Process:
    """A running program and what it has said."""

    popen: subprocess.Popen[bytes]
    log: Path

    def said(self, pattern: str) -> re.Match[str] | None:
        """The first place in its log that matches; fails when it has ended."""
        text = self.log.read_text()
        assert self.popen.poll() is None, text[-4000:]
        return re.search(pattern, text)

    def kill9(self) -> None:
        """Kills it with all its children."""
        if self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()


@dataclass
class Fleet:
    """All processes of one installation."""

    folder: Path
    amqp_url: str
    clock: FileDrivenClock
    urls: dict[str, str]
    signer: TokenSigner = field(default_factory=TokenSigner.generate)
    ports: dict[str, Ports] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    running: dict[tuple[str, str], Process] = field(default_factory=dict)
    _started: int = 0

    def start(self, *kinds: str) -> Fleet:
        """Starts the api processes (`serve`), the workers (`work`) or both, of every service; returns when they are ready."""
        wanted = [(kind, service) for kind in kinds or ("serve", "work") for service in self.urls]
        for kind, service in wanted:
            self._launch(kind, service)
        for kind, service in wanted:
            self._await(kind, service)
        return self

    def kill9(self, *kinds: str) -> None:
        """Kills processes as a power failure would; all of them unless kinds are named."""
        for (kind, service), process in list(self.running.items()):
            if not kinds or kind in kinds:
                process.kill9()
                del self.running[kind, service]

    def settle(self) -> None:
        """Waits until everything that is due has happened: rungs fired, events sent, events handled."""
        until("everything has settled", lambda: not self._unsettled(), LIMIT)

    def advance_to(self, at: datetime) -> None:
        """Moves the clock of all processes and waits for what follows."""
        self.clock.set(at)
        self.settle()

    def _unsettled(self) -> bool:
        return any(self._due(ports) or self._pending(ports) for ports in self.ports.values()) or self._unhandled()

    def _due(self, ports: Ports) -> int:
        rungs = ports.db.metadata.tables.get("rungs")
        if rungs is None:
            return 0
        with ports.db.plumbing() as tx:
            due = (rungs.c.state == "pending") & (rungs.c.at <= self.clock.now())
            return int(tx.scalar(select(func.count()).select_from(rungs).where(due)))

    @staticmethod
    def _pending(ports: Ports) -> int:
        outbox = ports.db.metadata.tables["outbox"]
        with ports.db.plumbing() as tx:
            return int(tx.scalar(select(func.count()).select_from(outbox).where(outbox.c.state == "pending")))

    def _unhandled(self) -> bool:
        """Whether some event has not reached everybody who handles its type."""
        sent: dict[str, str] = {}
        for ports in self.ports.values():
            outbox = ports.db.metadata.tables["outbox"]
            with ports.db.plumbing() as tx:
                sent.update({row.id: row.type for row in tx.all(select(outbox.c.id, outbox.c.type))})
        for consumption in processes.consumptions():
            types = {entry.type for entry in consumption.types}
            ports = self.ports[consumption.service]
            inbox = ports.db.metadata.tables["inbox"]
            with ports.db.plumbing() as tx:
                handled = {row.event for row in tx.all(select(inbox.c.event))}
            if {event for event, type_ in sent.items() if type_ in types} - handled:
                return True
        return False

    def _launch(self, kind: str, service: str) -> None:
        self._started += 1
        log = self.folder / f"{self._started:02}-{kind}-{service}.log"
        with log.open("wb") as out:
            popen = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "services.platform.cli", kind, service],
                env=self._environment(service),
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running[kind, service] = Process(popen, log)

    def _await(self, kind: str, service: str) -> None:
        process = self.running[kind, service]
        if kind == "serve":
            until(f"{service} serves", lambda: process.said(r'"port": (\d+).*api_started') is not None, LIMIT)
            found = process.said(r'"port": (\d+).*api_started')
            assert found is not None
            self.addresses[service] = f"127.0.0.1:{found[1]}"
        else:
            until(f"{service} works", lambda: process.said("(?s)worker_started.*worker_started") is not None, LIMIT)

    def _environment(self, service: str) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("XIAONENG_")},
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'build' / 'gen'}",
            "XIAONENG_DATABASE_URL": self.urls[service],
            "XIAONENG_AMQP_URL": self.amqp_url,
            "XIAONENG_AUDIT_KEY": AUDIT_KEY,
            "XIAONENG_BLOB_DIR": str(self.folder / "blobs"),
            "XIAONENG_GATEWAY_KEYS": self.signer.public_json(),
            "XIAONENG_CLOCK": "driven",
            "XIAONENG_CLOCK_FILE": str(self.folder / "clock"),
            "XIAONENG_BIND": "127.0.0.1:0",
            "XIAONENG_RETRY_SECONDS": json.dumps([0.5, 1, 2, 4]),
        }


@contextmanager
def fleet(server_url: str, amqp_url: str, folder: Path) -> Iterator[Fleet]:
    """An installation with fresh databases; its processes are still to be started, and are killed in the end."""
    catalogue()
    clock = FileDrivenClock(moment("2019-01-01 09:00"), folder / "clock")
    with ExitStack() as stack:
        urls = {}
        for spec in processes.specs():
            urls[spec.name] = stack.enter_context(database(server_url, spec.name, spec.metadata, spec.migrations)).app
        made = Fleet(folder, amqp_url, clock, urls)
        for spec in processes.specs():
            values: dict[str, Any] = {"audit_key": AUDIT_KEY, "blob_dir": folder / "blobs", "pool_size": 4}
            ports = build(spec, Settings(**values), clock, url=urls[spec.name])
            stack.callback(ports.db.dispose)
            made.ports[spec.name] = ports
        stack.callback(made.kill9)
        yield made
