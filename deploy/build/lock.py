"""Writes `requirements.lock` (what runs) and `requirements-dev.lock` (what also builds and tests) from `pyproject.toml`.

Versions that are locked already stay unless `--upgrade-package <name>` is given: updates come one at a time. The locks
carry hashes and name no host, so that they hold for any package index.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
]
HOST = re.compile(r"[a-z]+://|^--(index|extra-index|find-links|trusted)", re.MULTILINE)


def compile_lock(name: str, *options: str) -> None:
    """Resolves `pyproject.toml` into the lock `name`; refuses a lock that names a host."""
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "pip", "compile", "pyproject.toml", *OPTIONS, *options, "-o", name], cwd=ROOT, check=True)
    if HOST.search((ROOT / name).read_text()):
        sys.exit(f"lock: {name} names a host")


def main() -> None:
    upgrades = sys.argv[1:]
    compile_lock("requirements-dev.lock", "--group", "dev", *upgrades)
    # The second lock takes its versions from the first: one resolution, two extents.
    compile_lock("requirements.lock", "--constraints", "requirements-dev.lock", *upgrades)


if __name__ == "__main__":
    main()
