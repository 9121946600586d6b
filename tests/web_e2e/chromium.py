"""The browser of the tests: the same locked one on every machine, with a Chinese font; on other processors the machine's own."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from tests.npm import installed

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
_HOME = Path(__file__).parent / "browser"


@dataclass(frozen=True)
class Chromium:
    """A program and what it finds in its environment."""

    program: Path
    environment: dict[str, str | float | bool] = field(default_factory=dict)


def chromium() -> Chromium:
    """The browser; it is fetched the first time. Raises FileNotFoundError where there is none for the machine."""
    if platform.system() == "Linux" and platform.machine() == "x86_64":
        folder = installed(_HOME, "browser")
        needed = {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
        return Chromium(folder / "chromium", {**os.environ, **needed})
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise FileNotFoundError("no Chromium for this machine: put one on the path, with a Chinese font beside it")
    return Chromium(Path(found), {**os.environ})
