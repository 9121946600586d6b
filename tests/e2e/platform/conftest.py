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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.kit.db.server import LocalPostgres
from services.platform.client import Gateway

ROOT = Path(__file__).resolve().parents[3]
_START_SECONDS = 180.0
_STOP_SECONDS = 60.0
_LOOK_SECONDS = 0.1


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
        out = self.folder.with_suffix(".out")
        command = [sys.executable, "-m", "services.platform.cli", "up", "--data", str(self.folder), *self.options]
        with out.open("w") as lines:
            self.process = subprocess.Popen(command, stdout=lines, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment())
        until = time.monotonic() + _START_SECONDS
        while "Ctrl-C" not in (said := out.read_text()):
            assert self.process.poll() is None, f"ended: {said}"
            assert time.monotonic() < until, f"no greeting: {said}"
            time.sleep(_LOOK_SECONDS)
        self.said = said
        return self

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
