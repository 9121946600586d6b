"""Everything of the platform that happens by itself is a loop: watch, scheduler, relay, dispatcher, sealer.

A loop is a function `step(now) -> next wake-up`. In production a thread calls it (`Runner`); under a driven clock `drive` calls all
loops in order of moment, so that what follows from what starts at its true time.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from prometheus_client import Counter

from services.kit.clock import Clock, DrivenClock

log = structlog.get_logger(__name__)

FAILURES = Counter("xiaoneng_loop_failures_total", "Steps of a background loop that raised; the loop goes on.", ["loop"])

_POLL = timedelta(seconds=1)
_MOST_ROUNDS = 10_000


class Loop(Protocol):
    """Work that is done again and again."""

    name: str

    def step(self, now: datetime) -> datetime | None:
        """Does what is due at `now`; returns when it wants to be called next, None for 'nothing known, look again'.

        A moment that is not after `now` means: something was done and there may be more, call again at once. A step
        that found nothing to do must not return such a moment, or a driven clock finds no rest.
        """


class Runner:
    """Runs each loop in a thread of its own, at least once a second, until stopped.

    An exception in a step is logged and counted and the loop goes on: this is one of the edges of the process.
    """

    def __init__(self, loops: Sequence[Loop], clock: Clock, poll: timedelta = _POLL) -> None:
        self._loops = loops
        self._clock = clock
        self._poll = poll
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts the threads."""
        for loop in self._loops:
            thread = threading.Thread(target=self._run, args=(loop,), name=loop.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 25.0) -> None:
        """Lets each loop finish its step and ends the threads; `timeout` in seconds."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout)

    def _run(self, loop: Loop) -> None:
        while not self._stop.is_set():
            wait = self._poll
            try:
                now = self._clock.now()
                wake = loop.step(now)
                if wake is not None:
                    wait = min(self._poll, max(wake - self._clock.now(), timedelta(0)))
            except Exception:  # edge: a loop never ends because of one bad step
                FAILURES.labels(loop=loop.name).inc()
                log.exception("loop_step_failed", loop=loop.name)
            if wait:
                self._stop.wait(wait.total_seconds())


def drain(loops: Sequence[Loop], now: datetime) -> datetime | None:
    """Calls all loops at `now` until none has anything left to do; returns the earliest later wake-up that one of them named."""
    for _ in range(_MOST_ROUNDS):
        wakes = [loop.step(now) for loop in loops]
        if not any(wake is not None and wake <= now for wake in wakes):
            return min((wake for wake in wakes if wake is not None), default=None)
    raise RuntimeError(f"the loops find no rest at {now}")


def drive(clock: DrivenClock, loops: Sequence[Loop], until: datetime) -> None:
    """Moves the clock to `until`, stopping at every wake-up on the way."""
    for _ in range(_MOST_ROUNDS):
        wake = drain(loops, clock.now())
        if wake is None or wake > until:
            break
        clock.set(wake)
    else:
        raise RuntimeError("too many wake-ups on the way; is a loop naming moments that do not pass?")
    clock.set(until)
    drain(loops, clock.now())
