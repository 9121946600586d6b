"""What a container's health check says of the process beside it."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.kit.metrics import Exposition, Health

CHECK = Path(__file__).resolve().parents[3] / "deploy" / "image" / "healthy.py"


@contextmanager
def process(*, ready: bool) -> Iterator[int]:
    page = Exposition(0, lambda: Health(ready, {}, started=True)).start()
    try:
        yield page.port
    finally:
        page.stop()


def checked(*ports: int) -> int:
    """The exit status; the check runs as in the container, without the packages of the platform."""
    return subprocess.run([sys.executable, "-IS", CHECK, *map(str, ports)], check=False).returncode


@pytest.mark.parametrize(("first", "second", "status"), [(True, True, 0), (True, False, 1), (False, True, 1)])
def test_a_container_is_well_when_all_its_processes_are(first: bool, second: bool, status: int) -> None:
    with process(ready=first) as one, process(ready=second) as other:
        assert checked(one, other) == status


def test_nobody_who_answers_is_not_well() -> None:
    with process(ready=True) as port:
        pass
    assert checked(port) == 1


def test_who_asks_and_leaves_early_leaves_no_trace_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    """A trace for every probe that gave up would hide what matters in the log."""
    asked, gone = threading.Event(), threading.Event()

    def slowly() -> Health:
        asked.set()
        gone.wait(10)
        return Health(True, {"long": "x" * 10_000_000})

    before = set(threading.enumerate())
    page = Exposition(0, slowly).start()
    try:
        with socket.create_connection(("127.0.0.1", page.port)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not a farewell
            probe.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert asked.wait(10)
        answering = [thread for thread in set(threading.enumerate()) - before if thread.name != "metrics"]
        gone.set()
        for thread in answering:
            thread.join(10)
        assert len(answering) == 1
    finally:
        page.stop()
    assert capfd.readouterr().err == ""
