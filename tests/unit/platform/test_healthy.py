"""What a container's health check says of the process beside it."""

from __future__ import annotations

import subprocess
import sys
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
