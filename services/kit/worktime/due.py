"""When a limit ends. Conventions (regulations are silent on nearly all of this; a pack chooses among the units):

* working days: the day of the trigger is day 0 whatever its hour; due at closing, or at the budget's time, of day n;
* calendar days: the same with every day counted; a last day of rest moves on to the next working day unless told not to;
* clock hours: from the minute of the trigger, through nights and days of rest;
* office hours: only while the office is open on working days;
* working-day clock hours: the clock stops at 00:00 of a day of rest and goes on at 00:00 of the next working day;
* same working day: until closing; after closing or on a day of rest, until closing of the next working day;
* same calendar day: until 24:00;
* lead times: counted back from the event, whose day is not counted;
* last working day of a period: at closing; weekly: the last working day on or before Friday, a make-up weekend is none.

Moments are inclusive: an act at the due moment is on time. While a limit is suspended nothing is spent: time units
leave the span out, a day counts only if the clock runs at the moment at which the limit would end on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.kit.worktime import periods
from services.kit.worktime.budget import TIME_UNITS, Budget, Roll, Suspension, Unit
from services.kit.worktime.calendar import DAY, MIDNIGHT, Calendar, Day, parse_time
from services.kit.worktime.explain import Entry, Explanation, Part, summarise, summarise_lead

LONGEST_REST = 400  # days without a working day after which a calendar is broken rather than quiet


class NoWorkingDay(ValueError):
    """A calendar that closes the office for more than a year; no limit in working days can end in it."""


@dataclass(frozen=True)
class Due:
    """When a limit ends (UTC). `provisional`: a day that it rests on lies in a year that is not published."""

    at: datetime
    provisional: bool
    start: datetime
    budget: Budget
    calendar: Calendar
    entries: tuple[Entry, ...]
    backwards: bool = False

    @property
    def explanation(self) -> Explanation:
        """The days behind the moment, the first one first, and a summary in Chinese."""
        start, at = self.calendar.local(self.start), self.calendar.local(self.at)
        if self.backwards:
            entries = self.entries[::-1]
            return Explanation(entries, summarise_lead(start, at, self.budget, entries))
        return Explanation(self.entries, summarise(start, at, self.budget, self.entries))


def due(start: datetime, budget: Budget, calendar: Calendar, suspensions: Sequence[Suspension] = ()) -> Due:
    """Returns when a limit ends that starts at `start`. For `working_days_before`, `start` is the event."""
    if budget.unit is Unit.WORKING_DAYS_BEFORE:
        return latest_before(start, budget, calendar)
    run = _Run(start, budget, calendar, tuple(suspensions))
    if budget.unit in TIME_UNITS:
        entries = run.time()
    else:
        entries = _BY_DAY[budget.unit](run)
    return _due(start, budget, calendar, entries)


def _due(start: datetime, budget: Budget, calendar: Calendar, entries: list[Entry], backwards: bool = False) -> Due:
    at = next(entry.ends for entry in reversed(entries) if entry.ends is not None)
    provisional = any(not entry.day.known for entry in entries if _rests_on(entry, budget))
    return Due(at, provisional, start, budget, calendar, tuple(entries), backwards)


def _rests_on(entry: Entry, budget: Budget) -> bool:
    """Says whether it matters for the result if the day is a working day."""
    if entry.part in (Part.TRIGGER, Part.EVENT, Part.SUSPENDED):
        return False
    if budget.unit in (Unit.CLOCK_HOURS, Unit.MINUTES, Unit.SAME_CALENDAR_DAY):
        return False
    if budget.unit is Unit.CALENDAR_DAYS:
        return budget.roll is not Roll.NONE and (entry.part is not Part.COUNTED or entry.ordinal == budget.value)
    return True


def spans(day: Day, unit: Unit, calendar: Calendar) -> list[tuple[datetime, datetime]]:
    """The spans of a day in which a limit of a time unit runs, as instants."""
    if unit in (Unit.MINUTES, Unit.CLOCK_HOURS):
        edges: tuple[tuple[timedelta, timedelta], ...] = ((MIDNIGHT, DAY),)
    elif not day.working:
        return []
    elif unit is Unit.WORKING_DAY_CLOCK_HOURS:
        edges = ((MIDNIGHT, DAY),)
    else:
        edges = calendar.hours.spans
    return [(calendar.moment(day.date, first), calendar.moment(day.date, last)) for first, last in edges]


def running(
    day: Day, unit: Unit, calendar: Calendar, start: datetime, end: datetime | None, suspensions: Sequence[Suspension]
) -> Iterator[tuple[datetime, datetime]]:
    """The spans of a day in which the clock really runs: after `start`, before `end`, outside every suspension."""
    for first, last in spans(day, unit, calendar):
        pieces = [(max(first, start), last if end is None else min(last, end))]
        for pause in suspensions:
            pieces = [piece for a, b in pieces for piece in ((a, min(b, pause.start)), (max(a, pause.end), b)) if piece[0] < piece[1]]
        yield from (piece for piece in sorted(set(pieces)) if piece[0] < piece[1])


class _Run:
    """One reckoning: where it starts, what it may spend, what is left out."""

    def __init__(self, start: datetime, budget: Budget, calendar: Calendar, suspensions: tuple[Suspension, ...]) -> None:
        self.start = start
        self.budget = budget
        self.calendar = calendar
        self.suspensions = suspensions
        self.first = calendar.local(start).date()
        self.mark = mark(budget, calendar)

    def ends(self, day: date) -> datetime:
        """The moment at which the limit would end on `day`."""
        return self.calendar.moment(day, self.mark)

    def paused(self, day: date) -> bool:
        """Says whether the clock stands still at the moment at which the limit would end on `day`."""
        at = self.ends(day)
        return any(pause.start < at <= pause.end for pause in self.suspensions)

    def days(self, first: date) -> Iterator[Day]:
        """The days from `first` on. Refuses a calendar that never works: NoWorkingDay."""
        rest = 0
        while rest < LONGEST_REST:
            day = self.calendar.day(first)
            # Only days on which the clock could have run prove anything: a long suspension is no broken calendar.
            rest = 0 if day.working or self.paused(first) else rest + 1
            yield day
            first += timedelta(days=1)
        raise NoWorkingDay(f"no working day in {LONGEST_REST} days before {first}")

    def time(self) -> list[Entry]:
        """Spends hours or minutes."""
        left = self.budget.amount
        entries: list[Entry] = []
        for day in self.days(self.first):
            spent = timedelta()
            ends = None
            for first, last in running(day, self.budget.unit, self.calendar, self.start, None, self.suspensions):
                taken = min(last - first, left)
                spent, left, ends = spent + taken, left - taken, first + taken
                if not left:
                    break
            entries.append(Entry(day, self._time_part(day, spent), time=spent, ends=ends))
            if not left:
                return entries
        raise AssertionError("days() never ends quietly")

    def _time_part(self, day: Day, spent: timedelta) -> Part:
        if spent:
            return Part.TIME
        return Part.SUSPENDED if self._could_run(day) else Part.TOO_LATE if day.working and day.date == self.first else Part.REST

    def _could_run(self, day: Day) -> bool:
        return any(True for _ in running(day, self.budget.unit, self.calendar, self.start, None, ()))

    def working_days(self) -> list[Entry]:
        """Counts working days after the day of the trigger."""
        return self._count(self.first + timedelta(days=1), [Entry(self.calendar.day(self.first), Part.TRIGGER)])

    def of_next_month(self) -> list[Entry]:
        """Counts working days from the first of the month after the trigger."""
        return self._count(periods.following(self.first, periods.MONTH), [])

    def _count(self, first: date, entries: list[Entry]) -> list[Entry]:
        number = 0
        for day in self.days(first):
            if not day.working:
                entries.append(Entry(day, Part.REST))
            elif self.paused(day.date):
                entries.append(Entry(day, Part.SUSPENDED))
            else:
                number += 1
                entries.append(Entry(day, Part.COUNTED, 1, ordinal=number, ends=self.ends(day.date)))
                if number == self.budget.value:
                    break
        return entries

    def calendar_days(self) -> list[Entry]:
        """Counts every day after that of the trigger; a last day of rest moves on unless the budget says otherwise."""
        entries = [Entry(self.calendar.day(self.first), Part.TRIGGER)]
        number = 0
        n = self.budget.value or 0
        for day in self.days(self.first + timedelta(days=1)):
            if self.paused(day.date):
                entries.append(Entry(day, Part.SUSPENDED))
                continue
            number += 1
            ends = self.ends(day.date)
            rolls = not day.working and self.budget.roll is Roll.NEXT_WORKING_DAY
            if number < n or (number == n and not rolls):
                entries.append(Entry(day, Part.COUNTED, 1, ordinal=number, ends=ends))
            elif rolls:
                # The n-th day is spent here, though the limit ends later.
                entries.append(Entry(day, Part.ROLLED, int(number == n), ordinal=n, ends=ends if number == n else None))
            else:
                entries.append(Entry(day, Part.LANDING, ends=ends))
            if number >= n and not rolls:
                break
        return entries

    def same_day(self) -> list[Entry]:
        """Takes the first day, from that of the trigger on, whose end is still to come."""
        any_day = self.budget.unit is Unit.SAME_CALENDAR_DAY
        entries: list[Entry] = []
        for day in self.days(self.first):
            ends = self.ends(day.date)
            if not day.working and not any_day:
                entries.append(Entry(day, Part.REST))
            elif ends < self.start:
                entries.append(Entry(day, Part.TOO_LATE))
            elif self.paused(day.date):
                entries.append(Entry(day, Part.SUSPENDED))
            else:
                entries.append(Entry(day, Part.COUNTED, 1, ordinal=1, ends=ends))
                break
        return entries

    def last_of_period(self) -> list[Entry]:
        """Takes the last working day of the period of the trigger, or of the next one when that is over."""
        period = _PERIODS[self.budget.unit]
        for first in periods.firsts(self.first, period):
            last = last_working_day(first, period, self.calendar)
            if last is None or self.ends(last) < self.start:
                continue
            rest = [self.calendar.day(day) for day in periods.days(last, periods.end(first, period))][1:]
            if not self.paused(last):
                counted = Entry(self.calendar.day(last), Part.LAST, 1, ordinal=1, ends=self.ends(last))
                return [counted, *(Entry(day, Part.REST) for day in rest)]
            return self._count_one(last)
        raise AssertionError("periods never end")

    def _count_one(self, first: date) -> list[Entry]:
        """The next working day on which the clock runs again."""
        entries: list[Entry] = []
        for day in self.days(first):
            if day.working and not self.paused(day.date):
                return [*entries, Entry(day, Part.LANDING, 1, ordinal=1, ends=self.ends(day.date))]
            entries.append(Entry(day, Part.SUSPENDED if day.working else Part.REST))
        raise AssertionError("days() never ends quietly")


_BY_DAY = {
    Unit.WORKING_DAYS: _Run.working_days,
    Unit.CALENDAR_DAYS: _Run.calendar_days,
    Unit.SAME_WORKING_DAY: _Run.same_day,
    Unit.SAME_CALENDAR_DAY: _Run.same_day,
    Unit.WORKING_DAY_OF_NEXT_MONTH: _Run.of_next_month,
    Unit.LAST_WORKING_DAY_OF_ISO_WEEK: _Run.last_of_period,
    Unit.LAST_WORKING_DAY_OF_MONTH: _Run.last_of_period,
    Unit.LAST_WORKING_DAY_OF_QUARTER: _Run.last_of_period,
    Unit.LAST_WORKING_DAY_OF_HALF_YEAR: _Run.last_of_period,
    Unit.LAST_WORKING_DAY_OF_YEAR: _Run.last_of_period,
}
_PERIODS = {
    Unit.LAST_WORKING_DAY_OF_ISO_WEEK: periods.WEEK,
    Unit.LAST_WORKING_DAY_OF_MONTH: periods.MONTH,
    Unit.LAST_WORKING_DAY_OF_QUARTER: periods.QUARTER,
    Unit.LAST_WORKING_DAY_OF_HALF_YEAR: periods.HALF_YEAR,
    Unit.LAST_WORKING_DAY_OF_YEAR: periods.YEAR,
}


def mark(budget: Budget, calendar: Calendar) -> timedelta:
    """The time of day at which a limit in days ends: the budget's own, 24:00 for the same calendar day, else closing."""
    if budget.time is not None:
        return parse_time(budget.time)
    return DAY if budget.unit is Unit.SAME_CALENDAR_DAY else calendar.hours.closing


def last_working_day(first: date, period: str, calendar: Calendar) -> date | None:
    """The last working day of the period that begins at `first`; in a week only Monday to Friday; None if it has none."""
    day = first + timedelta(days=4) if period == periods.WEEK else periods.end(first, period)
    while day >= first:
        if calendar.day(day).working:
            return day
        day -= timedelta(days=1)
    return None


def latest_before(event: datetime | date, budget: Budget, calendar: Calendar) -> Due:
    """Returns the latest moment that keeps a lead time before `event`. Refuses units that count no distance: ValueError."""
    unit = budget.unit
    if unit in (Unit.WORKING_DAYS_BEFORE, Unit.WORKING_DAYS):
        entries = _back_in_working_days(event, budget, calendar)
    elif unit is Unit.CALENDAR_DAYS:
        entries = _back_in_days(event, budget, calendar)
    elif unit in TIME_UNITS and isinstance(event, datetime):
        entries = _back_in_time(event, budget, calendar)
    else:
        raise ValueError(f"no lead time can be counted in {unit} before {event}")
    start = event if isinstance(event, datetime) else calendar.moment(event, MIDNIGHT)
    return _due(start, budget, calendar, entries, backwards=True)


def _event_day(event: datetime | date, calendar: Calendar) -> date:
    return calendar.local(event).date() if isinstance(event, datetime) else event


def _back(first: date, calendar: Calendar) -> Iterator[Day]:
    rest = 0
    while rest < LONGEST_REST:
        day = calendar.day(first)
        rest = 0 if day.working else rest + 1
        yield day
        first -= timedelta(days=1)
    raise NoWorkingDay(f"no working day in {LONGEST_REST} days after {first}")


def _back_in_working_days(event: datetime | date, budget: Budget, calendar: Calendar) -> list[Entry]:
    day_of_event = _event_day(event, calendar)
    entries = [Entry(calendar.day(day_of_event), Part.EVENT)]
    number = 0
    for day in _back(day_of_event - timedelta(days=1), calendar):
        if not day.working:
            entries.append(Entry(day, Part.REST))
            continue
        number += 1
        ends = calendar.moment(day.date, mark(budget, calendar))
        entries.append(Entry(day, Part.BEFORE, 1, ordinal=number, ends=ends))
        if number == budget.value:
            break
    return entries


def _back_in_days(event: datetime | date, budget: Budget, calendar: Calendar) -> list[Entry]:
    day_of_event = _event_day(event, calendar)
    entries = [Entry(calendar.day(day_of_event), Part.EVENT)]
    n = budget.value or 0
    for number, day in enumerate(_back(day_of_event - timedelta(days=1), calendar), start=1):
        lands = day.working or budget.roll is Roll.NONE
        if number <= n:
            ends = calendar.moment(day.date, mark(budget, calendar))
            entries.append(Entry(day, Part.BEFORE, 1, ordinal=number, ends=ends))
        elif lands:
            entries.append(Entry(day, Part.LANDING, ends=calendar.moment(day.date, mark(budget, calendar))))
        else:
            entries.append(Entry(day, Part.REST))
        if number >= n and lands:
            break
    return entries


def _back_in_time(event: datetime, budget: Budget, calendar: Calendar) -> list[Entry]:
    left = budget.amount
    entries: list[Entry] = []
    for day in _back(calendar.local(event).date(), calendar):
        spent, begins = timedelta(), None
        for first, last in reversed(spans(day, budget.unit, calendar)):
            last = min(last, event)
            taken = min(max(last - first, timedelta()), left)
            if taken:
                spent, left, begins = spent + taken, left - taken, last - taken
        entries.append(Entry(day, Part.TIME if spent else Part.REST, time=spent, ends=begins))
        if not left:
            break
    return entries
