"""How much of a limit is spent, and how much working time is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.kit.worktime.budget import TIME_UNITS, Budget, Suspension, Unit
from services.kit.worktime.calendar import DAY, Calendar, Day
from services.kit.worktime.due import running
from services.kit.worktime.explain import duration_words

_HOUR = timedelta(hours=1)
_LEAST = timedelta(minutes=1)
_COUNTED_DAYS = frozenset({Unit.WORKING_DAYS, Unit.WORKING_DAY_OF_NEXT_MONTH, Unit.WORKING_DAYS_BEFORE})


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left until a due moment, or by how much it is passed: `office` in working time, `clock` by the clock."""

    late: bool
    office: timedelta
    clock: timedelta
    words: str


def used(start: datetime, end: datetime, unit: Unit, calendar: Calendar, suspensions: Sequence[Suspension] = ()) -> float:
    """Returns the time spent between two moments in the unit of a limit: hours, minutes or days with their fraction.

    Units that only name a day ('same working day', 'last working day of …') are measured in office hours.
    """
    unit = Unit(unit)
    if end <= start:
        return 0.0
    if unit in TIME_UNITS:
        return _spent(start, end, unit, calendar, suspensions) / TIME_UNITS[unit]
    if unit in _COUNTED_DAYS:
        return _spent(_day_after(start, calendar), end, Unit.OFFICE_HOURS, calendar, suspensions) / calendar.hours.length
    if unit is Unit.CALENDAR_DAYS:
        return _calendar_days(_day_after(start, calendar), end, calendar, suspensions)
    return _spent(start, end, Unit.OFFICE_HOURS, calendar, suspensions) / _HOUR


def share_used(
    start: datetime,
    end: datetime,
    due_at: datetime,
    budget: Budget | None,
    calendar: Calendar,
    suspensions: Sequence[Suspension] = (),
) -> float:
    """Returns time used / time allowed in the limit's own unit; above 1 when late.

    A limit that was given as a date has no budget and is measured in office hours. Where the unit sees no time at all
    between start and due moment (both on one rest day), the clock is taken, and at least a minute is allowed.
    """
    unit = budget.unit if budget else Unit.OFFICE_HOURS
    allowed = used(start, due_at, unit, calendar, suspensions)
    spent = used(start, end, unit, calendar, suspensions)
    if allowed > 0 and (spent > allowed) == (end > due_at):
        return spent / allowed
    # The unit cannot tell the two moments apart; a late act must not look like one in time.
    clock = max(due_at - start, _LEAST)
    return min((end - start) / clock, 1.0) if end <= due_at else max((end - start) / clock, 1.0)


def remaining(now: datetime, due_at: datetime, calendar: Calendar) -> Remaining:
    """Returns what is left until `due_at`, in working time, with the words that a list shows ('还有3个工作小时')."""
    late = now > due_at
    first, last = (due_at, now) if late else (now, due_at)
    office = _spent(first, last, Unit.OFFICE_HOURS, calendar, ())
    clock = last - first
    return Remaining(late, office, clock, ("已逾期" if late else "还有") + _words(office, clock, calendar))


def _words(office: timedelta, clock: timedelta, calendar: Calendar) -> str:
    if office < _LEAST:
        # At night and on days of rest no working time is left, though the clock still runs.
        return duration_words(clock)
    days, rest = divmod(office, calendar.hours.length)
    hours = rest // _HOUR
    if days:
        return f"{days}个工作日" + (f"{hours}小时" if hours else "")
    if not hours:
        return f"{rest // _LEAST}分钟"
    return f"{hours}个工作小时" + (f"{rest % _HOUR // _LEAST}分钟" if rest % _HOUR >= _LEAST else "")


def _days(start: datetime, end: datetime, calendar: Calendar) -> Iterator[Day]:
    day, last = calendar.local(start).date(), calendar.local(end).date()
    while day <= last:
        yield calendar.day(day)
        day += DAY


def _day_after(start: datetime, calendar: Calendar) -> datetime:
    return calendar.moment(calendar.local(start).date(), DAY)


def _spent(start: datetime, end: datetime, unit: Unit, calendar: Calendar, suspensions: Sequence[Suspension]) -> timedelta:
    spent = timedelta()
    for day in _days(start, end, calendar):
        for first, last in running(day, unit, calendar, start, end, suspensions):
            spent += last - first
    return spent


def _calendar_days(start: datetime, end: datetime, calendar: Calendar, suspensions: Sequence[Suspension]) -> float:
    # A calendar day of a limit is over at closing, when its moment has come, not at midnight.
    total = 0.0
    for day in _days(start, end, calendar):
        closing = min(calendar.closing(day.date), end)
        parts = running(day, Unit.CLOCK_HOURS, calendar, start, closing, suspensions)
        total += sum(((last - first) for first, last in parts), timedelta()) / calendar.hours.closing
    return total
