"""A certified OpenID provider that is not ours, and a gateway that trusts it alone."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contract.gateway.harness import Platform, free_port, running

_HERE = Path(__file__).parent / "certified"
_VAR = Path(__file__).resolve().parents[3] / "var" / "certified-issuer"


def node_tool(name: str) -> str:
    """`node` or `npm`: from the path, else from its Python package."""
    return shutil.which(name) or str(Path(sys.executable).parent / name)


def installed() -> Path:
    """The provider with its locked packages, installed once for all runs."""
    _VAR.mkdir(parents=True, exist_ok=True)
    with (_VAR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _VAR / "package-lock.json"
        if not kept.exists() or kept.read_bytes() != (_HERE / "package-lock.json").read_bytes():
            shutil.copy(_HERE / "package.json", _VAR)
            shutil.copy(_HERE / "package-lock.json", _VAR / "package-lock.json")
            try:
                subprocess.run([node_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=_VAR, check=True)
            except subprocess.CalledProcessError:
                kept.unlink()
                raise
        shutil.copy(_HERE / "issuer.mjs", _VAR)
    return _VAR / "issuer.mjs"


@contextmanager
def certified(port: int, gateway: str) -> Iterator[str]:
    """The provider on a port; it sends people back to the gateway at this address."""
    command = [node_tool("node"), str(installed()), str(port), gateway]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        # The whole group: node from its Python package is the child of a launcher, which passes no signal on.
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=10)


@contextmanager
def standing(server_url: str, folder: Path) -> Iterator[tuple[Platform, str]]:
    """A platform whose issuer is the certified one, and the issuer's address."""
    port = free_port()
    gateway = f"http://127.0.0.1:{port}"
    with certified(free_port(), gateway) as issuer:
        settings = {
            "bind": f"127.0.0.1:{port}", "public_url": gateway, "embedded_issuer": False, "issuer_url": issuer,
            "client_secret": "the gateway's secret at this issuer", "scope": "openid profile offline_access",
        }  # fmt: skip
        with running(server_url, folder, **settings) as platform:
            yield platform, issuer
