"""The working calendar of an office: which days count, when the office is open, in which zone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.kit.worktime.years import LAST_LIBRARY_YEAR, LIBRARY_VERSION, PublishedYear, library_day, library_knows, presumed

MIDNIGHT = timedelta()
DAY = timedelta(days=1)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


def parse_time(text: str) -> timedelta:
    """Turns '09:00' into the time since local midnight; '24:00' is the end of the day. Refuses anything else: ValueError."""
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise ValueError(f"{text!r} is no time of day such as '09:00' or '24:00'")
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def format_time(offset: timedelta) -> str:
    """The reverse of `parse_time`."""
    minutes = int(offset.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True)
class OfficeHours:
    """The hours in which an office is open on a working day, as spans since local midnight, in order, without overlap."""

    spans: tuple[tuple[timedelta, timedelta], ...]

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or edges != sorted(set(edges)) or edges[0] < MIDNIGHT or edges[-1] > DAY:
            raise ValueError(f"office hours must be spans of one day in order: {self.text()}")

    @classmethod
    def parse(cls, texts: Iterable[str]) -> OfficeHours:
        """Reads spans written as '08:30-12:00'. Refuses what is no span: ValueError."""
        spans = []
        for text in texts:
            first, dash, last = text.partition("-")
            if not dash:
                raise ValueError(f"{text!r} is no span such as '08:30-12:00'")
            spans.append((parse_time(first.strip()), parse_time(last.strip())))
        return cls(tuple(spans))

    @property
    def closing(self) -> timedelta:
        return self.spans[-1][1]

    @property
    def length(self) -> timedelta:
        return sum((last - first for first, last in self.spans), timedelta())

    def text(self) -> str:
        """The spans as `parse` reads them, separated by commas."""
        return ",".join(f"{format_time(first)}-{format_time(last)}" for first, last in self.spans)


DEFAULT_HOURS = OfficeHours.parse(["08:30-12:00", "14:30-18:00"])


class Kind(StrEnum):
    """Why a day is a working day or a day of rest."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    CLOSED = "closed"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar. `known` is false where the year is not published and the answer only presumed."""

    date: date
    working: bool
    known: bool
    kind: Kind
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A published answer."""

    working: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """The year is not published; `presumed` is what weekdays and the holidays of fixed date would say."""

    presumed: bool


@dataclass(frozen=True, slots=True)
class Override:
    """An office's own arrangement for one day: closed (停办公), or working where the country rests."""

    date: date
    working: bool
    reason: str = ""


class Calendar:
    """Immutable; equal and hashed by `version`, which changes with every day, hour or zone that it holds.

    Later overrides win over earlier ones: pass the tenant's first, then the unit's.
    """

    __slots__ = ("_days", "_overrides", "_published", "_years", "_zone", "hours", "overrides", "published", "version", "zone")

    def __init__(
        self,
        published: Iterable[PublishedYear] = (),
        overrides: Iterable[Override] = (),
        hours: OfficeHours = DEFAULT_HOURS,
        zone: str = "Asia/Shanghai",
    ) -> None:
        self.published = tuple(sorted(published, key=lambda year: year.year))
        self.overrides = tuple(overrides)
        self.hours = hours
        self.zone = zone
        self._zone = ZoneInfo(zone)
        self._years = frozenset(year.year for year in self.published)
        self._published: dict[date, tuple[bool, str]] = {}
        for year in self.published:
            self._published.update({day: (False, name) for day, name in year.rest})
            self._published.update({day: (True, name) for day, name in year.working})
        self._overrides = {override.date: override for override in self.overrides}
        self._days: dict[date, Day] = {}
        content = (LIBRARY_VERSION, self.published, sorted(map(repr, self._overrides.values())), hours.text(), zone)
        self.version = hashlib.sha256(repr(content).encode()).hexdigest()[:16]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and other.version == self.version

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"Calendar({self.version}, {self.zone}, {self.hours.text()})"

    def with_overrides(self, overrides: Iterable[Override]) -> Calendar:
        """A calendar with further arrangements on top, for example those of one unit."""
        return Calendar(self.published, (*self.overrides, *overrides), self.hours, self.zone)

    def knows(self, year: int) -> bool:
        """Says whether the holiday arrangement of `year` is published."""
        return year in self._years or library_knows(year)

    @property
    def known_until(self) -> int:
        """The last year that is known, counted on from the library's last one without a gap."""
        year = LAST_LIBRARY_YEAR
        while self.knows(year + 1):
            year += 1
        return year

    def is_working_day(self, day: date) -> Known | Unknown:
        """Answers for one date; an unpublished year is said to be unknown, never guessed."""
        found = self.day(day)
        return Known(found.working) if found.known else Unknown(found.working)

    def day(self, day: date) -> Day:
        """What this calendar says of one date, with the reason."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._look_up(day)
        return found

    def _look_up(self, day: date) -> Day:
        override = self._overrides.get(day)
        if override is not None:
            return Day(day, override.working, True, Kind.EXTRA if override.working else Kind.CLOSED, override.reason or None)
        national = self._published.get(day)
        if national is None and day.year not in self._years and library_knows(day.year):
            national = library_day(day)
        if national is not None:
            working, name = national
            return Day(day, working, True, Kind.MAKE_UP if working else Kind.HOLIDAY, name)
        known = self.knows(day.year)
        if not known:
            working, holiday = presumed(day)
            if holiday is not None:
                return Day(day, working, False, Kind.HOLIDAY, holiday)
        weekday = day.weekday() < 5
        return Day(day, weekday, known, Kind.WORKDAY if weekday else Kind.WEEKEND)

    def local(self, at: datetime) -> datetime:
        """An instant as this office's clocks show it. Refuses one without an offset: ValueError."""
        if at.tzinfo is None:
            raise ValueError("an instant needs its offset")
        return at.astimezone(self._zone)

    def moment(self, day: date, offset: timedelta) -> datetime:
        """The instant (UTC) at which the office's clocks show `offset` after midnight of `day`; 24 h is the next midnight."""
        wall = datetime.combine(day, time()) + offset
        return wall.replace(tzinfo=self._zone).astimezone(UTC)

    def closing(self, day: date) -> datetime:
        """The instant at which the office would close on `day`."""
        return self.moment(day, self.hours.closing)
