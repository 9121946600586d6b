"""The only source of 'now'.

In production the instant of an act comes from the database's clock, read after the rows that it changes are locked, so that all
processes of a service share one clock (`Tx.now`); `SystemClock` serves what happens outside a transaction. Tests, demo and
simulation drive the clock.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Answers what time it is."""

    @property
    def driven(self) -> bool:
        """Whether somebody sets this clock instead of time passing."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """Time as it passes."""

    driven = False

    def now(self) -> datetime:
        return datetime.now(UTC)


class DrivenClock:
    """A clock that moves when it is told to, and never backwards. Threads may share it."""

    driven = True

    def __init__(self, start: datetime) -> None:
        self._now = _instant(start)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def set(self, at: datetime) -> None:
        """Moves to `at`. Raises ValueError for an instant before the present one."""
        at = _instant(at)
        with self._lock:
            if at < self._now:
                raise ValueError(f"the clock stands at {self._now}, it does not go back to {at}")
            self._now = at


class FileClock:
    """A driven clock that several processes share: the instant stands in a file (ISO 8601)."""

    driven = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return _instant(datetime.fromisoformat(self._path.read_text().strip()))

    def set(self, at: datetime) -> None:
        """Moves to `at` for every process that reads the file."""
        beside = self._path.with_suffix(".next")
        beside.write_text(_instant(at).isoformat())
        beside.replace(self._path)


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return at.astimezone(UTC)
