"""Reads the holiday arrangements that were published after the library's release (`deploy/calendars/<year>.yaml`).

The only part of this room that touches the disk; everything else takes values.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import structlog
import yaml

from services.kit.worktime.years import CalendarFileWrong, PublishedYear, parse_year

log = structlog.get_logger(__name__)

LOOK_SECONDS = 15.0


def load_years(folder: Path) -> tuple[PublishedYear, ...]:
    """Returns the arrangements of a folder in the order of their years. Refuses the first bad file: CalendarFileWrong."""
    years = [_load(path) for path in sorted(folder.glob("*.yaml"))]
    return tuple(sorted(years, key=lambda year: year.year))


class CalendarFolder:
    """The arrangements of a folder, read again when its files change: next year's comes while the platform runs.

    A bad file keeps what was known before and is logged, so that a slip of the hand stops no office. Threads share it.
    """

    def __init__(self, folder: Path, look_seconds: float = LOOK_SECONDS) -> None:
        self._folder = folder
        self._every = look_seconds
        self._state = self._look()
        self._years = load_years(folder)
        self._looked = monotonic()
        self._lock = threading.Lock()

    def years(self) -> tuple[PublishedYear, ...]:
        """The arrangements in the order of their years; the same object until they change."""
        if monotonic() - self._looked >= self._every and self._lock.acquire(blocking=False):
            try:
                self._renew()
            finally:
                self._lock.release()
        return self._years

    def _renew(self) -> None:
        self._looked = monotonic()
        state = self._look()
        if state == self._state:
            return
        try:
            self._years = load_years(self._folder)
        except (CalendarFileWrong, OSError) as wrong:
            log.error("calendar_not_read", error=str(wrong))
        else:
            log.info("calendar_read", years=[year.year for year in self._years])
        self._state = state

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in sorted(self._folder.glob("*.yaml")):
            with suppress(FileNotFoundError):  # replaced in this moment
                stat = path.stat()
                found.append((path.name, stat.st_ino, stat.st_mtime_ns))
        return tuple(found)


def _load(path: Path) -> PublishedYear:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CalendarFileWrong(path.name, [f"no YAML: {error}"]) from error
    year = parse_year(data, path.name)
    if path.stem != str(year.year):
        raise CalendarFileWrong(path.name, [f"holds the year {year.year}"])
    return year
