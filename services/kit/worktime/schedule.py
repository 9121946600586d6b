"""Duties that recur: every day at fixed hours, every Friday, the last working day of a quarter, fixed dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from services.kit.worktime import periods
from services.kit.worktime.calendar import Calendar, format_time, parse_time
from services.kit.worktime.due import LONGEST_REST, NoWorkingDay, last_working_day

_HORIZON = timedelta(days=366 * 8)  # a schedule without any occurrence in eight years has none
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Every(StrEnum):
    """How often."""

    DAY = "day"
    WORKING_DAY = "working_day"
    WEEK = periods.WEEK
    MONTH = periods.MONTH
    QUARTER = periods.QUARTER
    HALF_YEAR = periods.HALF_YEAR
    YEAR = periods.YEAR
    ONCE = "once"


class Move(StrEnum):
    """Where a duty goes whose day is a day of rest."""

    PREVIOUS_WORKING_DAY = "previous_working_day"
    NEXT_WORKING_DAY = "next_working_day"
    NONE = "none"


@dataclass(frozen=True)
class LastWorkingDay:
    """The last working day of the period."""


@dataclass(frozen=True)
class WorkingDay:
    """The n-th working day of the period."""

    n: int


@dataclass(frozen=True)
class Weekday:
    """A day of the week, Monday is 0. Moved back within its week it never lands on a make-up weekend."""

    day: int


@dataclass(frozen=True)
class DayOfPeriod:
    """A date of a month or year: 'the 20th', 'the 20th of December'. The 31st of a shorter month is its last day."""

    day: int
    month: int | None = None


On = LastWorkingDay | WorkingDay | Weekday | DayOfPeriod


@dataclass(frozen=True)
class Schedule:
    """When a duty recurs. `times` empty means closing; `only` restricts to some periods of the year (quarters 2 and 3)."""

    every: Every
    on: On | None = None
    times: tuple[timedelta, ...] = ()
    move: Move = Move.NONE
    only: frozenset[int] = frozenset()
    dates: tuple[date, ...] = ()

    @classmethod
    def parse(cls, data: Any) -> Schedule:
        """Reads a schedule as a policy pack writes it. Refuses what it does not know: ValueError.

        `{every: day, at: ["09:00", "15:00", "20:00"]}` · `{every: week, on: friday, at: "16:00", move: previous_working_day}` ·
        `{every: quarter, only: [2, 3], on: last_working_day}` · `{every: month, on: {working_day: 5}}` ·
        `{every: year, on: {month: 12, day: 20}, move: next_working_day}` · `{dates: [2013-01-15], at: "24:00"}`.
        """
        if not isinstance(data, Mapping) or not ({"every", "dates"} & set(data)):
            raise ValueError("a schedule is a mapping with `every` or `dates`")
        if unknown := set(data) - {"every", "on", "at", "move", "only", "dates"}:
            raise ValueError(f"a schedule has no {', '.join(sorted(map(str, unknown)))}")
        every = Every(data.get("every", Every.ONCE))
        on = _parse_on(data["on"], every) if "on" in data else None
        at = data.get("at", [])
        times = tuple(sorted(parse_time(text) for text in ([at] if isinstance(at, str) else at)))
        schedule = cls(every, on, times, _parse_move(data, on), _parse_only(data, every), _parse_dates(data, every))
        if (on is None) != (every in (Every.DAY, Every.WORKING_DAY, Every.ONCE)):
            raise ValueError(f"`on` and `every: {every}` do not go together")
        return schedule

    def as_data(self) -> dict[str, Any]:
        """What `parse` reads."""
        data: dict[str, Any] = {"move": self.move.value} if self.move is not Move.NONE else {}
        if self.every is Every.ONCE:
            data["dates"] = list(self.dates)
        else:
            data["every"] = self.every.value
        if self.on is not None:
            data["on"] = _on_data(self.on)
        if self.times:
            data["at"] = [format_time(offset) for offset in self.times]
        if self.only:
            data["only"] = sorted(self.only)
        return data


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a duty falls. `period` names what it is for ('2019-W14'): with the moment the key of a run."""

    at: datetime
    day: date
    period: str
    provisional: bool


def next_occurrence(schedule: Schedule, after: datetime, calendar: Calendar) -> Occurrence | None:
    """Returns the first occurrence later than `after`, None when there is none any more."""
    return next(_from(schedule, after, after + _HORIZON, calendar), None)


def occurrences(schedule: Schedule, after: datetime, until: datetime, calendar: Calendar) -> list[Occurrence]:
    """Returns the occurrences later than `after`, up to and including `until`: spans that join miss and repeat none."""
    return list(_from(schedule, after, until, calendar))


def _from(schedule: Schedule, after: datetime, until: datetime, calendar: Calendar) -> Iterator[Occurrence]:
    # An occurrence can be moved out of its period by some days: begin early, end late, and sort what is near.
    begin, last = calendar.local(after).date() - timedelta(days=40), calendar.local(until).date() + timedelta(days=40)
    seen: list[Occurrence] = []
    for anchor, day, provisional in _days(schedule, begin, last, calendar):
        for ready in [entry for entry in seen if entry.day < anchor - timedelta(days=40)]:
            seen.remove(ready)
            yield ready
        for offset in schedule.times or (calendar.hours.closing,):
            at = calendar.moment(day, offset)
            if after < at <= until:
                seen.append(Occurrence(at, day, _label(schedule, anchor), provisional))
        seen.sort(key=lambda entry: entry.at)
    yield from seen


def _label(schedule: Schedule, anchor: date) -> str:
    if schedule.every in (Every.DAY, Every.WORKING_DAY, Every.ONCE):
        return anchor.isoformat()
    return periods.label(anchor, schedule.every.value)


def _days(schedule: Schedule, begin: date, last: date, calendar: Calendar) -> Iterator[tuple[date, date, bool]]:
    """The days of a schedule: the date that names its period, the day it falls on, whether that is provisional."""
    if schedule.every in (Every.DAY, Every.WORKING_DAY):
        for day in periods.days(begin, last):
            found = calendar.day(day)
            if schedule.every is Every.DAY or found.working:
                yield day, day, schedule.every is Every.WORKING_DAY and not found.known
        return
    if schedule.every is Every.ONCE:
        for day in schedule.dates:
            if begin <= day <= last:
                yield (day, *_moved(day, schedule.move, calendar))
        return
    period = schedule.every.value
    for first in periods.firsts(begin, period):
        if first > last:
            return
        if schedule.only and periods.number(first, period) not in schedule.only:
            continue
        found_day = _in_period(schedule, first, period, calendar)
        if found_day is not None:
            yield (first, *found_day)


def _in_period(schedule: Schedule, first: date, period: str, calendar: Calendar) -> tuple[date, bool] | None:
    match schedule.on:
        case LastWorkingDay():
            last = last_working_day(first, period, calendar)
            return None if last is None else (last, _unknown(last, periods.end(first, period), calendar))
        case WorkingDay(n):
            working = [day for day in periods.days(first, periods.end(first, period)) if calendar.day(day).working]
            return (working[n - 1], _unknown(first, working[n - 1], calendar)) if n <= len(working) else None
        case Weekday(weekday):
            return _moved_in_week(first, weekday, schedule.move, calendar)
        case DayOfPeriod(number, month):
            begin = first.replace(month=month) if month else first
            day = min(begin + timedelta(days=number - 1), periods.end(begin, periods.MONTH))
            return _moved(day, schedule.move, calendar)
    raise AssertionError("a schedule with periods names its day")


def _moved(day: date, move: Move, calendar: Calendar) -> tuple[date, bool]:
    """(day, provisional) after moving off a day of rest."""
    if move is Move.NONE:
        return day, False
    step = timedelta(days=-1 if move is Move.PREVIOUS_WORKING_DAY else 1)
    provisional = not calendar.day(day).known
    for _ in range(LONGEST_REST):
        if calendar.day(day).working:
            return day, provisional
        day += step
        provisional = provisional or not calendar.day(day).known
    raise NoWorkingDay(f"no working day in {LONGEST_REST} days around {day}")


def _moved_in_week(monday: date, weekday: int, move: Move, calendar: Calendar) -> tuple[date, bool] | None:
    """The same within one week; None where the week has no working day left for the duty. A duty of a day from Monday
    to Friday never moves to a make-up weekend: that week has none."""
    day, provisional = _moved(monday + timedelta(days=weekday), move, calendar)
    last = monday + timedelta(days=4 if weekday < 5 else 6)
    return (day, provisional) if monday <= day <= last else None


def _unknown(first: date, last: date, calendar: Calendar) -> bool:
    return any(not calendar.day(day).known for day in periods.days(first, last))


def _parse_on(data: Any, every: Every) -> On:
    if data == "last_working_day":
        return LastWorkingDay()
    if isinstance(data, str) and data in _WEEKDAYS and every is Every.WEEK:
        return Weekday(_WEEKDAYS.index(data))
    if isinstance(data, Mapping) and set(data) == {"working_day"} and _whole(data["working_day"], 1, 23):
        return WorkingDay(data["working_day"])
    if isinstance(data, Mapping) and set(data) == {"day"} and every is Every.MONTH and _whole(data["day"], 1, 31):
        return DayOfPeriod(data["day"])
    yearly = isinstance(data, Mapping) and set(data) == {"month", "day"} and every is Every.YEAR
    if yearly and _whole(data["day"], 1, 31) and _whole(data["month"], 1, 12):
        return DayOfPeriod(data["day"], data["month"])
    raise ValueError(f"{data!r} names no day of a {every}")


def _on_data(on: On) -> Any:
    match on:
        case LastWorkingDay():
            return "last_working_day"
        case WorkingDay(n):
            return {"working_day": n}
        case Weekday(day):
            return _WEEKDAYS[day]
        case DayOfPeriod(day, month):
            return {"month": month, "day": day} if month else {"day": day}


def _parse_move(data: Mapping[str, Any], on: On | None) -> Move:
    move = Move(data.get("move", Move.NONE))
    if move is not Move.NONE and not (isinstance(on, Weekday | DayOfPeriod) or "dates" in data):
        raise ValueError("only a weekday or a date can fall on a day of rest and be moved")
    return move


def _parse_only(data: Mapping[str, Any], every: Every) -> frozenset[int]:
    most = {Every.MONTH: 12, Every.QUARTER: 4, Every.HALF_YEAR: 2}.get(every, 0)
    only = data.get("only", [])
    if not isinstance(only, list) or not all(_whole(number, 1, most) for number in only):
        raise ValueError(f"`only` lists numbers from 1 to {most} of a {every}")
    return frozenset(only)


def _parse_dates(data: Mapping[str, Any], every: Every) -> tuple[date, ...]:
    dates = data.get("dates", [])
    if (every is Every.ONCE) != bool(dates) or not all(isinstance(day, date) and not isinstance(day, datetime) for day in dates):
        raise ValueError("`dates` lists dates, and goes without `every`")
    return tuple(sorted(dates))


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
