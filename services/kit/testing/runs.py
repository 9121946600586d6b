"""The folder of one test run, `var/test/<run>`: its servers live there, shared by all its processes, gone when it ends.

The process that made the folder holds a lock on it for its life. Who finds a folder that nobody holds has found what a killed
run left behind, and clears it up.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[3] / "var" / "test"
_ENVIRONMENT = "XIAONENG_TEST_RUN"
_HOLD = "hold"

_held: dict[Path, IO[str]] = {}
_thread = threading.RLock()


def folder() -> Path:
    """The folder of this run; made by the first process that asks, and passed on to its children by environment."""
    with _thread:
        known = os.environ.get(_ENVIRONMENT)
        if known and Path(known).is_dir():
            return Path(known)
        return _make()


def end() -> None:
    """Ends the run, if this process began it: stops its servers and removes its folder."""
    with _thread:
        for path in list(_held):
            _clear(path)
            _held.pop(path).close()
            if os.environ.get(_ENVIRONMENT) == str(path):
                del os.environ[_ENVIRONMENT]


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Lets one process of the run at a time do something: start a server, make a template."""
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make() -> Path:
    _ROOT.mkdir(parents=True, exist_ok=True)
    clear_left_overs()
    path = _ROOT / f"{os.getpid()}-{secrets.token_hex(3)}"
    unseen = _ROOT / f".{path.name}"  # until it is held, lest another run take it for a left-over
    unseen.mkdir(mode=0o711)
    hold = (unseen / _HOLD).open("w")
    fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    unseen.rename(path)
    _held[path] = hold
    os.environ[_ENVIRONMENT] = str(path)
    atexit.register(end)
    return path


def clear_left_overs() -> None:
    """Stops the servers and removes the folders of runs that were killed."""
    for path in _ROOT.iterdir():
        hold = path / _HOLD
        if path in _held or path.name.startswith(".") or not hold.exists():
            continue
        with hold.open("r+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _clear(path)


def _clear(path: Path) -> None:
    """Stops the servers of a run's folder, which may be half made, and removes it."""
    from services.kit.testing import postgres, rabbit

    for place in (path, *(each for each in path.iterdir() if each.is_dir())):  # an installation in it has a server of its own
        postgres.stop(place)
    rabbit.stop(path)
    shutil.rmtree(path, ignore_errors=True)
