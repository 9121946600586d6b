"""The platform as people start it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from services.kit.db.server import LocalPostgres
from services.platform.client import Gateway

ROOT = Path(__file__).resolve().parents[3]
_START_SECONDS = 280.0
_STOP_SECONDS = 60.0
_WAIT_SECONDS = 60.0
_LOOK_SECONDS = 0.1
T = TypeVar("T")


@dataclass
class Running:
    """`xiaoneng up` in a folder; may be stopped, killed and started again."""

    folder: Path
    options: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    said: str = ""
    _gateways: list[Gateway] = field(default_factory=list)

    def start(self) -> Running:
        """Starts it and waits for its greeting."""
        process = self.launch()

        def greeted() -> bool:
            assert "Ctrl-C" in self.output() or process.poll() is None, f"ended: {self.output()}{self.errors()}"
            return "Ctrl-C" in self.output()

        wait_for(greeted, _START_SECONDS)
        self.said = self.output()
        return self

    def launch(self) -> subprocess.Popen[str]:
        """Starts it and does not wait."""
        command = [sys.executable, "-m", "services.platform.cli", "up", "--data", str(self.folder), *self.options]
        with self.folder.with_suffix(".out").open("w") as lines:
            self.process = subprocess.Popen(command, stdout=lines, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment())
        return self.process

    def output(self) -> str:
        """What it has said since it was last launched."""
        return self.folder.with_suffix(".out").read_text()

    def errors(self) -> str:
        """The last errors of its log."""
        log = self.folder / "xiaoneng.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return "\n".join([line[:2000] for line in lines if '"level": "error"' in line][-3:])

    @property
    def url(self) -> str:
        """The address in the greeting."""
        found = re.search(r"打开\s+(http://\S+)", self.said)
        assert found is not None, self.said
        return found[1]

    @property
    def gateway(self) -> Gateway:
        """A client of the running platform."""
        self._gateways.append(Gateway(self.url))
        return self._gateways[-1]

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(_STOP_SECONDS)

    def kill(self) -> None:
        """kill -9 of the process and of its database."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(_STOP_SECONDS)
        server = LocalPostgres(self.folder / "postgres")
        if server.pid:
            os.kill(server.pid, signal.SIGKILL)

    def close(self) -> None:
        """Ends what still runs."""
        for gateway in self._gateways:
            gateway.close()
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(_STOP_SECONDS)
        LocalPostgres(self.folder / "postgres").remove()


def wait_for(condition: Callable[[], T], seconds: float = _WAIT_SECONDS) -> T:
    """Gives what `condition` gives as soon as it gives anything; fails after so many seconds."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "nothing came of it"
        time.sleep(_LOOK_SECONDS)
    return found


def environment() -> dict[str, str]:
    """The environment of a child process that imports as we do."""
    return {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'build' / 'gen'}", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that a database's own user can reach; pytest closes its folders to others whenever another run begins."""
    made = Path(tempfile.mkdtemp(prefix="xiaoneng-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of one test."""
    with folder() as made:
        yield made


@pytest.fixture(scope="module")
def module_place() -> Iterator[Path]:
    """A folder of one module."""
    with folder() as made:
        yield made


@pytest.fixture(scope="module")
def platform(module_place: Path) -> Iterator[Running]:
    """The platform on the system's clock, freshly seeded, shared by the tests of a module."""
    running = Running(module_place / "data")
    try:
        yield running.start()
    finally:
        running.close()
