"""A certified OpenID provider that is not ours, and a gateway that trusts it alone."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contract.gateway.harness import Platform, free_port, running
from tests.npm import installed, node_tool

_HERE = Path(__file__).parent / "certified"


@contextmanager
def certified(port: int, gateway: str) -> Iterator[str]:
    """The provider on a port; it sends people back to the gateway at this address."""
    command = [node_tool("node"), str(installed(_HERE, "certified-issuer") / "issuer.mjs"), str(port), gateway]
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
