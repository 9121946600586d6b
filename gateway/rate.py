"""Counts of requests per window of time, in memory of this replica.

The strategies of `limits` are not used: its storage in memory starts a thread for sweeping about every hundredth of a second under
load (a seventh of the gateway's own time per request), its asyncio twin looks at every key for every request.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from limits import parse

from services.kit.clock import Clock

_MOST_KEPT = 50_000


@dataclass(frozen=True)
class Rate:
    """So many in so many seconds, as `1200/minute` says it."""

    amount: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> Rate:
        found = parse(text)
        return cls(found.amount, found.get_expiry())


class Counts:
    """Fixed windows: a window begins with the first request in it. For the thread of the event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def hit(self, rate: Rate, kind: str, key: str) -> int:
        """Counts one. 0 when it is within the rate, else the seconds to wait."""
        now = self._clock.now().timestamp()
        ends, count = self._windows.get((kind, key), (0.0, 0))
        if now >= ends:
            ends, count = now + rate.seconds, 0
            self._sweep(now)
        self._windows[kind, key] = ends, count + 1
        return 0 if count < rate.amount else math.ceil(ends - now)

    def waits(self, rate: Rate, kind: str, key: str) -> int:
        """What `hit` would say, without counting."""
        now = self._clock.now().timestamp()
        ends, count = self._windows.get((kind, key), (0.0, 0))
        return math.ceil(ends - now) if now < ends and count >= rate.amount else 0

    def _sweep(self, now: float) -> None:
        if len(self._windows) >= _MOST_KEPT:
            self._windows = {k: w for k, w in self._windows.items() if w[0] > now}
        if len(self._windows) >= _MOST_KEPT:
            self._windows.clear()  # a flood of new keys: better to forget than to grow without end
