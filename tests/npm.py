"""Packages of npm that only tests need: fetched once, as they are locked beside the tests."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

VAR = Path(__file__).resolve().parents[1] / "var"


def node_tool(name: str) -> str:
    """`node` or `npm`: from the path, else from its Python package."""
    return shutil.which(name) or str(Path(sys.executable).parent / name)


def installed(home: Path, name: str) -> Path:
    """A folder of `var` with everything of `home` and the packages that its lock names, installed once for all runs.

    A script `unpack.mjs` is run in it whenever they were installed.
    """
    folder = VAR / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
        if any(not (folder / each).exists() or (folder / each).read_bytes() != content for each, content in wanted.items()):
            _install(folder, wanted)
    return folder


def _install(folder: Path, wanted: dict[str, bytes]) -> None:
    try:
        for each, content in wanted.items():
            (folder / each).write_bytes(content)
        subprocess.run([node_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=folder, check=True)
        if "unpack.mjs" in wanted:
            subprocess.run([node_tool("node"), "unpack.mjs"], cwd=folder, check=True)
    except BaseException:
        # What is half there is not taken for whole by the next run.
        (folder / "package-lock.json").unlink(missing_ok=True)
        raise
