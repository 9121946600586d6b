"""Ports for servers of tests that are started, stopped and started again at the same address."""

from __future__ import annotations

import random
import socket
import threading

# Outside the range that outgoing connections take, so that a server that is down keeps its own.
_RANGE = range(20000, 30000)
_handed_out: set[int] = set()
_lock = threading.Lock()


def free_port(run: int = 1) -> int:
    """The first of `run` consecutive ports that are free now and that this process has handed out to nobody."""
    draw = random.SystemRandom()
    while True:
        first = draw.choice(_RANGE)
        wanted = set(range(first, first + run))
        with _lock:
            if not wanted & _handed_out and all(map(_free, wanted)):
                _handed_out.update(wanted)
                return first


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
