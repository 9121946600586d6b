"""Programs of the distribution that tests need: from the path, or unpacked from their packages under `var/`, without any rights."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

from services.kit.testing.rabbit_install import private_apt

_VAR = Path(__file__).resolve().parents[3] / "var" / "debian"


def program(name: str, package: str) -> Path:
    """A program; its package is fetched and unpacked once for all runs. Raises CalledProcessError where it cannot be had."""
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    folder = _VAR / package
    found = folder / "root" / "usr" / "bin" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            apt = [*private_apt(folder), "-qq"]
            subprocess.run(["apt-get", *apt, "update"], check=True)
            subprocess.run(["apt-get", *apt, "download", package], check=True, cwd=folder)
            for unpacked in folder.glob("*.deb"):
                subprocess.run(["dpkg", "-x", unpacked, folder / "root"], check=True)
    return found
