"""Finds a RabbitMQ server program for the tests: on the path, by apt, or unpacked under `var/` without any rights."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_VAR = Path(__file__).resolve().parents[3] / "var"
# Debian's wrapper in /usr/sbin changes the user and the folder; the script behind it does not.
_SCRIPTS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/rabbitmq/sbin/rabbitmq-server")
_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True)
class Programs:
    """The programs of one RabbitMQ."""

    server: Path
    erlang: Path | None = None
    """Folder of `erl` and `epmd` where they are not on the path."""

    def path(self) -> str:
        """What PATH must be for these programs to find each other."""
        here = [str(self.erlang)] if self.erlang else []
        return os.pathsep.join([*here, os.environ.get("PATH", os.defpath), *_SBIN])

    def epmd(self) -> str:
        found = shutil.which("epmd", path=self.path())
        if found is None:
            raise RuntimeError("Erlang's epmd is not beside its erl")
        return found


def on_the_path() -> Programs | None:
    """A server that is installed on this machine."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_SBIN])
    if shutil.which("erl", path=path) is None:
        return None
    for script in _SCRIPTS:
        if Path(script).exists():
            return Programs(Path(script))
    found = shutil.which("rabbitmq-server", path=path)
    return Programs(Path(found).resolve()) if found else None


def by_apt() -> Programs | None:
    """Installs the distribution's package, as root, without letting it start a server of its own."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    no_service = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=no_service)
    subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "rabbitmq-server"], check=True, env=no_service)
    return on_the_path()


def unpacked(folder: Path = _VAR / "rabbitmq") -> Programs | None:
    """Downloads the distribution's packages without root and unpacks them into `folder`; once for all runs."""
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _unpack(folder)
            (folder / "done").touch()
    root = folder / "root"
    servers = sorted(root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    return Programs(servers[-1], erlang=root / "usr/lib/erlang/bin") if servers else None


def _unpack(folder: Path) -> None:
    apt = [*private_apt(folder), "-qq"]
    packages, root = folder / "packages", folder / "root"
    for path in (packages, root):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
    subprocess.run(["apt-get", *apt, "update"], check=True)
    subprocess.run(["apt-get", *apt, "download", "rabbitmq-server", *_erlang(apt)], check=True, cwd=packages)
    for package in sorted(packages.glob("*.deb")):
        subprocess.run(["dpkg", "-x", package, root], check=True)
    shutil.rmtree(packages)
    erlang = root / "usr/lib/erlang"
    for script in (erlang / "bin/erl", erlang / "bin/start"):
        if script.exists():
            script.write_text(re.sub(r'ROOTDIR="?/usr/lib/erlang"?', f'ROOTDIR="{erlang}"', script.read_text()))
    # Debian keeps epmd beside the emulator and links to it by absolute paths.
    link = erlang / "bin/epmd"
    link.unlink(missing_ok=True)
    link.symlink_to(next(erlang.glob("erts-*/bin/epmd")))


def private_apt(folder: Path) -> list[str]:
    """Options that keep apt's state and downloads in `folder`; sources and keys stay the machine's."""
    state, cache = folder / "apt/state", folder / "apt/cache"
    (state / "lists/partial").mkdir(parents=True, exist_ok=True)
    (cache / "archives/partial").mkdir(parents=True, exist_ok=True)
    options = [f"Dir::State={state}", f"Dir::Cache={cache}", "Dir::State::status=/var/lib/dpkg/status", "Debug::NoLocking=1"]
    return [part for option in options for part in ("-o", option)]


def _erlang(apt: list[str]) -> list[str]:
    """The erlang packages that the server needs, and what these need of Erlang."""
    command = ["apt-cache", *apt[:-1], "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts"]
    command += ["--no-breaks", "--no-replaces", "--no-enhances", "rabbitmq-server"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    needed = sorted(set(re.findall(r"(?m)^(erlang-[a-z0-9-]+)$", told)))
    known = subprocess.run(["apt-cache", *apt[:-1], "show", "--no-all-versions", *needed], capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"(?m)^Package: (erlang-[a-z0-9-]+)$", known.stdout)))
