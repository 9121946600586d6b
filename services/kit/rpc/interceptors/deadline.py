"""Nothing is begun for a caller who no longer waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.kit.rpc.call import Call
from services.kit.rpc.interceptors.errors import Cancelled


@contextmanager
def in_time(call: Call) -> Iterator[None]:
    """Ends a call whose deadline passed while it waited for a thread."""
    remaining = call.context.time_remaining()
    if not call.context.is_active() or (remaining is not None and remaining <= 0):
        raise Cancelled()
    yield
