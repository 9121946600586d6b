"""The browser of the tests: Chromium from the path, else from the distribution's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

# Nothing of it leaves the machine, and it runs where root starts it.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PACKAGES = ("chromium", "fonts-noto-cjk")


def chromium() -> Path:
    """Where Chromium is; with root's rights it is installed where it is missing. Raises FileNotFoundError."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-qq", "update"], check=True, env=environment)
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *_PACKAGES], check=True, env=environment)
        found = shutil.which("chromium")
    if found is None:
        raise FileNotFoundError("no Chromium: install the package chromium, or run the tests as root on Debian")
    return Path(found)
