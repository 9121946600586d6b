"""Makes `.venv` ready to run and test the platform: `make setup`, which every other target calls first.

Needs Python 3.11 or later with `venv`, and a package index that pip can reach; everything else comes with pinned versions
and hashes from `requirements-dev.lock`. Does nothing when nothing changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.lock"
PROJECT = ROOT / "pyproject.toml"


def step(what: str, *command: str | Path) -> None:
    """Runs one step of the set-up; ends the process with the step's output when it fails."""
    print(f"setup: {what}", flush=True)
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment(), check=False)
    if done.returncode:
        sys.exit(f"setup: failed: {what}")


def environment() -> dict[str, str]:
    """The caller's environment without what would lead pip or Python to another installation."""
    misleading = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_TARGET", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"}
    return {name: value for name, value in os.environ.items() if name not in misleading}


def make_venv() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"setup: Python 3.11 or later is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python3.11")
    if PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        sys.exit("setup: this Python has no venv; on Debian and Ubuntu: apt-get install python3-venv")
    step("virtual environment in .venv", sys.executable, "-m", "venv", VENV)


def unless_done(name: str, inputs: bytes, what: str, *command: str | Path) -> None:
    """Runs a step once per content of its inputs; a stamp in `.venv` remembers it."""
    stamp = VENV / f".stamp-{name}"
    wanted = hashlib.sha256(inputs).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    step(what, *command)
    stamp.write_text(wanted)


def main() -> None:
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        unless_done(
            "packages",
            LOCK.read_bytes(),
            "packages of requirements-dev.lock (some minutes the first time)",
            *(*pip, "--require-hashes", "--no-deps", "-r", LOCK),
        )
        generated = subprocess.run([PYTHON, ROOT / "deploy/build/protos.py"], cwd=ROOT, env=environment(), check=False)
        if generated.returncode:
            sys.exit("setup: failed: protos")
        packages = " ".join(sorted(path.name for path in (ROOT / "build/gen").iterdir() if path.is_dir()))
        unless_done(
            "project",
            PROJECT.read_bytes() + packages.encode() + str(ROOT).encode(),
            "xiaoneng itself, editable",
            *(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT),
        )
        built = subprocess.run([PYTHON, ROOT / "deploy/build/web.py"], cwd=ROOT, env=environment(), check=False)
        if built.returncode:
            sys.exit("setup: failed: web app")


if __name__ == "__main__":
    main()
