"""Starts and kills workers as processes of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

from services.kit.service import Ports
from services.kit.testing.service import AUDIT_KEY
from tests.service.bus.probe import DONE, Pair

ROOT = Path(__file__).resolve().parents[3]
LIMIT = 60.0
TOKEN = "ready"


def until(what: str, holds: Callable[[], bool], limit: float = LIMIT) -> None:
    """Waits until a condition holds; fails after `limit` seconds."""
    end = monotonic() + limit
    while not holds():
        assert monotonic() < end, f"not within {limit} s: {what}"
        sleep(0.05)


@dataclass
class Process:
    """A worker that runs."""

    popen: subprocess.Popen[bytes]
    log: Path

    def port(self) -> int:
        """The port of its metrics and health, once it has said so."""
        found: list[str] = []

        def said() -> bool:
            found[:] = re.findall(r"metrics_port[^0-9]+(\d+)", self.log.read_text())
            assert found or self.popen.poll() is None, self.log.read_text()
            return bool(found)

        until("the worker says its port", said)
        return int(found[-1])

    def get(self, path: str) -> httpx.Response:
        """Asks its page."""
        return httpx.get(f"http://127.0.0.1:{self.port()}{path}", timeout=5, trust_env=False)

    def ready(self) -> Process:
        """Waits until it says that it is ready."""
        until("the worker is ready", lambda: self.get("/healthz").status_code == 200)
        return self

    def terminate(self) -> int:
        """Asks it to stop; gives its exit status."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(LIMIT)

    def kill9(self) -> None:
        """Kills it."""
        self.popen.kill()
        self.popen.wait(LIMIT)

    def killed(self) -> None:
        """Waits until it has killed itself."""
        assert self.popen.wait(LIMIT) == -signal.SIGKILL, self.log.read_text()


@dataclass
class Workers:
    """The workers of one test."""

    both: Pair
    url: str
    folder: Path
    retry: list[float] = field(default_factory=lambda: [0.2, 0.4, 0.6, 0.8])
    processes: list[Process] = field(default_factory=list)

    def start(self, service: str, *parts: str, die_at: str = "") -> Process:
        """Starts a worker with these parts."""
        log = self.folder / f"{len(self.processes)}-{service}.log"
        arguments = [word for part in parts for word in ("--only", part)]
        popen = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("driver.py")), service, *arguments],
            env=self._environment(self.both.probe if service == "probe" else self.both.reader, die_at),
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
        self.processes.append(Process(popen, log))
        return self.processes[-1]

    def run(self, program: str, ports: Ports, *arguments: str) -> None:
        """Runs a program beside this file until it has killed itself."""
        ended = subprocess.run(
            [sys.executable, str(Path(__file__).with_name(program)), *arguments], env=self._environment(ports, ""), cwd=ROOT, check=False
        )
        assert ended.returncode == -signal.SIGKILL

    def say_ready(self) -> None:
        """Ends the time in which handlers are busy."""
        (self.folder / TOKEN).touch()

    def something_slow_runs(self) -> bool:
        """Whether a slow handler has begun."""
        return (self.folder / f"{TOKEN}.slow").exists()

    def stop(self) -> None:
        """Kills what still runs."""
        for process in self.processes:
            if process.popen.poll() is None:
                process.kill9()

    def _environment(self, ports: Ports, die_at: str) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("XIAONENG_")},
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'build' / 'gen'}",
            "PYTHONUNBUFFERED": "1",
            "XIAONENG_DATABASE_URL": ports.db.engine.url.render_as_string(hide_password=False),
            "XIAONENG_AMQP_URL": self.url,
            "XIAONENG_AUDIT_KEY": AUDIT_KEY,
            "XIAONENG_READERS": json.dumps({"reader": [DONE]}),
            "XIAONENG_RETRY_SECONDS": json.dumps(self.retry),
            "DIE_AT": die_at,
            "DIE_ONCE": str(self.folder / f"died {die_at}"),
            "READY": str(self.folder / TOKEN),
        }


def counts(page: Any) -> dict[str, float]:
    """Reads the samples of a metrics page."""
    lines = (line.rpartition(" ") for line in page.text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}
