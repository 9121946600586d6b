"""What is known of the holidays of a year: the kept library, the files published after it, and nothing else.

`chinesecalendar` knows the State Council's arrangements up to its release. A later year comes as a published file
(`parse_year`). A year that neither knows is *unknown*: `presumed` says what weekdays and the fixed holidays would
make of a day, and whoever uses that answer has to show it as provisional.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeGuard

from chinese_calendar.constants import holidays as _library_holidays
from chinese_calendar.constants import workdays as _library_workdays

# The library names holidays in English; people read Chinese.
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
_FIRST_YEAR: int = min(_library_holidays).year
LAST_LIBRARY_YEAR: int = max(_library_holidays).year
_LIBRARY: dict[date, tuple[bool, str]] = {
    **{day: (False, _NAMES.get(name, name)) for day, name in _library_holidays.items()},
    **{day: (True, _NAMES.get(name, name)) for day, name in _library_workdays.items()},
}
# Changes whenever a new release of the library changes any day, so that calendars built on it get another version.
LIBRARY_VERSION = hashlib.sha256(repr(sorted(_LIBRARY.items())).encode()).hexdigest()[:12]

# The statutory holidays whose dates do not move (month, day) -> name; the lunar ones cannot be presumed.
_FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
_FIXED_ALWAYS = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_REQUIRED_NAMES = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")


class CalendarFileWrong(ValueError):
    """A published calendar file that must not be used; says which file and what is wrong."""

    def __init__(self, source: str, problems: list[str]) -> None:
        super().__init__(f"{source}: " + "; ".join(problems))
        self.source = source
        self.problems = problems


@dataclass(frozen=True)
class PublishedYear:
    """The holiday arrangement of one year: days off and make-up workdays, each with the name of its holiday.

    Days of the December before may be among them, because New Year is sometimes arranged across the year's end.
    """

    year: int
    source: str
    rest: tuple[tuple[date, str], ...]
    working: tuple[tuple[date, str], ...]


def library_knows(year: int) -> bool:
    """Says whether the library covers `year`."""
    return _FIRST_YEAR <= year <= LAST_LIBRARY_YEAR


def library_day(day: date) -> tuple[bool, str] | None:
    """Returns (working, holiday's name) for a day off or a make-up workday, None for an ordinary day."""
    return _LIBRARY.get(day)


def presumed(day: date) -> tuple[bool, str | None]:
    """Returns what weekdays and the holidays of fixed date say of a day in an unknown year: (working, holiday)."""
    name = _FIXED.get((day.month, day.day))
    return (name is None and day.weekday() < 5, name)


def parse_year(data: Any, source: str) -> PublishedYear:
    """Checks one published arrangement and returns it. Refuses with every problem found: CalendarFileWrong.

    `data` is what a YAML file holds: `year`, `source`, `holidays: [{name, from, to}]`, `working: [{date, name}]`.
    """
    if not isinstance(data, Mapping):
        raise CalendarFileWrong(source, ["not a mapping"])
    problems = [f"unknown key {key!r}" for key in data if key not in {"year", "source", "published", "holidays", "working"}]
    year = data.get("year")
    if not isinstance(year, int) or not 1949 < year < 9999:
        raise CalendarFileWrong(source, [*problems, "year must be a number such as 2027"])
    if not isinstance(data.get("source"), str) or not data["source"].strip():
        problems.append("source must name the notice that published it")
    rest = _rest_days(data.get("holidays"), year, problems)
    working = _working_days(data.get("working"), year, rest, problems)
    missing = [f"{month}-{day}" for month, day in _FIXED_ALWAYS if date(year, month, day) not in rest]
    if missing:
        problems.append(f"statutory holidays not among the days off: {', '.join(missing)}")
    names = "、".join(rest.values())
    if absent := [name for name in _REQUIRED_NAMES if name not in names]:
        problems.append(f"holidays missing by name: {'、'.join(absent)}")
    if problems:
        raise CalendarFileWrong(source, problems)
    return PublishedYear(year, str(data["source"]), tuple(sorted(rest.items())), tuple(sorted(working.items())))


def _rest_days(items: Any, year: int, problems: list[str]) -> dict[date, str]:
    rest: dict[date, str] = {}
    for place, item in _items(items, "holidays", {"name", "from", "to"}, problems):
        name, first, last = item["name"], item["from"], item["to"]
        if not isinstance(name, str) or not _is_date(first) or not _is_date(last):
            problems.append(f"{place}: name must be text, from and to dates")
        elif first > last or (last - first).days > 30:
            problems.append(f"{place}: from {first} to {last} is no span of a holiday")
        else:
            for offset in range((last - first).days + 1):
                _put(rest, first + timedelta(days=offset), name, year, place, problems)
    return rest


def _working_days(items: Any, year: int, rest: Mapping[date, str], problems: list[str]) -> dict[date, str]:
    working: dict[date, str] = {}
    for place, item in _items(items, "working", {"date", "name"}, problems):
        name, day = item["name"], item["date"]
        if not isinstance(name, str) or not _is_date(day):
            problems.append(f"{place}: name must be text, date a date")
        elif day.weekday() < 5:
            problems.append(f"{place}: {day} is no Saturday or Sunday, so it cannot be a make-up workday")
        elif day in rest:
            problems.append(f"{place}: {day} is a day off as well")
        else:
            _put(working, day, name, year, place, problems)
    return working


def _items(items: Any, key: str, wanted: set[str], problems: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(items, list):
        problems.append(f"{key} must be a list")
        return
    for number, item in enumerate(items, start=1):
        place = f"{key}[{number}]"
        if isinstance(item, Mapping) and set(item) == wanted:
            yield place, item
        else:
            problems.append(f"{place}: wants exactly {', '.join(sorted(wanted))}")


def _put(days: dict[date, str], day: date, name: str, year: int, place: str, problems: list[str]) -> None:
    if day in days:
        problems.append(f"{place}: {day} stands twice")
    elif day.year != year and (day.year, day.month) != (year - 1, 12):
        problems.append(f"{place}: {day} is neither in {year} nor in the December before")
    days[day] = name


def _is_date(value: Any) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)
