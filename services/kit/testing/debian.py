"""Programs of the distribution that tests need: from the path, or unpacked from their packages under `var/`, without any rights."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from services.kit.testing.rabbit_install import private_apt

_VAR = Path(__file__).resolve().parents[3] / "var" / "debian"


_BIN = ("usr/bin", "usr/sbin")


def program(name: str, package: str, *libraries: str) -> Path:
    """A program; its package is fetched and unpacked once for all runs, with the packages of its libraries (`library_path`).

    Raises CalledProcessError where it cannot be had.
    """
    on_path = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"]))
    if on_path:
        return Path(on_path)
    folder = _VAR / package
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _found(folder, name) is None:
            apt = [*private_apt(folder), "-qq"]
            subprocess.run(["apt-get", *apt, "update"], check=True)
            subprocess.run(["apt-get", *apt, "download", package, *libraries], check=True, cwd=folder)
            for unpacked in folder.glob("*.deb"):
                subprocess.run(["dpkg", "-x", unpacked, folder / "root"], check=True)
    found = _found(folder, name)
    if found is None:
        raise FileNotFoundError(f"the package {package} has no {name}")
    return found


def library_path(program: Path) -> str:
    """What LD_LIBRARY_PATH must be for a program of `program`; empty for one of the system."""
    if _VAR not in program.parents:
        return ""
    root = program.parents[2]
    return os.pathsep.join(str(path) for path in sorted(root.glob("usr/lib/*-linux-gnu")))


def _found(folder: Path, name: str) -> Path | None:
    return next((path for place in _BIN if (path := folder / "root" / place / name).exists()), None)
