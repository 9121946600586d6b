"""What holds for every limit, start and calendar, not only for the examples."""

import os
import time
from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.kit.worktime import (
    Budget,
    Calendar,
    Every,
    Override,
    Roll,
    Schedule,
    Suspension,
    Unit,
    due,
    latest_before,
    next_occurrence,
    occurrences,
    share_used,
    used,
)
from services.kit.worktime.budget import FIXED_UNITS, TIME_UNITS

NATIONAL = Calendar()
# From the first year that is known into years that are not.
starts = st.datetimes(datetime(2004, 1, 1), datetime(2028, 6, 1)).map(lambda at: at.replace(tzinfo=UTC))
dates = st.dates(date(2004, 1, 1), date(2028, 6, 1))
times = st.sampled_from([None, "09:00", "12:00", "18:00", "24:00"])
calendars = st.lists(st.builds(Override, dates, st.booleans()), max_size=6).map(lambda some: Calendar(overrides=some))
FORWARD = [unit for unit in Unit if unit is not Unit.WORKING_DAYS_BEFORE]
WORKING_DAY_UNITS = [unit for unit in FORWARD if unit not in TIME_UNITS and unit is not Unit.SAME_CALENDAR_DAY]


@st.composite
def budgets(draw, units=tuple(FORWARD)):
    unit = draw(st.sampled_from(units))
    value = None if unit in FIXED_UNITS else draw(st.integers(1, 20))
    time_of_day = None if unit in TIME_UNITS else draw(times)
    return Budget(value, unit, time_of_day)


@st.composite
def pauses(draw, around):
    first = around + timedelta(minutes=draw(st.integers(-2000, 30000)))
    return Suspension(first, first + timedelta(minutes=draw(st.integers(0, 20000))))


@given(starts, budgets(), calendars)
def test_a_limit_never_ends_before_it_starts(start, budget, calendar):
    assert due(start, budget, calendar).at >= start


@given(starts, st.timedeltas(timedelta(), timedelta(days=40)), budgets(), calendars)
def test_a_later_start_never_ends_earlier(start, later, budget, calendar):
    assert due(start + later, budget, calendar).at >= due(start, budget, calendar).at


@given(starts, budgets(units=tuple(set(FORWARD) - FIXED_UNITS)), calendars)
def test_one_unit_more_never_ends_earlier(start, budget, calendar):
    more = Budget(budget.value + 1, budget.unit, budget.time)
    assert due(start, more, calendar).at >= due(start, budget, calendar).at


@given(starts, budgets(units=tuple(WORKING_DAY_UNITS)), calendars)
def test_a_limit_in_days_never_ends_on_a_day_of_rest(start, budget, calendar):
    at = due(start, budget, calendar).at - timedelta(microseconds=1)  # 24:00 belongs to the day that it ends
    assert calendar.day(calendar.local(at).date()).working


@given(starts, st.integers(1, 15), st.integers(1, 15), calendars)
def test_working_days_add_up(start, n, m, calendar):
    halfway = due(start, Budget(n, Unit.WORKING_DAYS), calendar).at
    whole = due(start, Budget(n + m, Unit.WORKING_DAYS), calendar).at
    assert due(halfway, Budget(m, Unit.WORKING_DAYS), calendar).at == whole


@given(starts, st.integers(1, 60), st.integers(1, 60), st.sampled_from(sorted(TIME_UNITS)), calendars)
def test_hours_add_up(start, n, m, unit, calendar):
    halfway = due(start, Budget(n, unit), calendar).at
    assert due(halfway, Budget(m, unit), calendar).at == due(start, Budget(n + m, unit), calendar).at


@given(starts, budgets(), calendars, st.data())
def test_the_explanation_adds_up_to_the_limit_and_ends_at_its_moment(start, budget, calendar, data):
    paused = data.draw(st.lists(pauses(start), max_size=2))
    result = due(start, budget, calendar, paused)
    entries = result.explanation.entries
    assert max(entry.ends for entry in entries if entry.counted) == result.at
    assert sum((entry.time for entry in entries), timedelta()) == (budget.amount if budget.unit in TIME_UNITS else timedelta())
    assert sum(entry.days for entry in entries) == (0 if budget.unit in TIME_UNITS else budget.value or 1)
    assert [entry.date for entry in entries] == [entries[0].date + timedelta(days=n) for n in range(len(entries))]
    assert all(entry.why for entry in entries)


@given(starts, budgets(), calendars, st.data())
def test_a_suspension_never_makes_a_limit_end_earlier(start, budget, calendar, data):
    paused = data.draw(st.lists(pauses(start), max_size=3))
    assert due(start, budget, calendar, paused).at >= due(start, budget, calendar, paused[1:]).at


@given(starts, budgets(), st.data())
def test_a_limit_never_ends_while_it_is_suspended(start, budget, data):
    paused = data.draw(st.lists(pauses(start), max_size=3))
    at = due(start, budget, NATIONAL, paused).at
    assert not any(pause.start < at < pause.end for pause in paused)


@given(starts, st.integers(1, 500), st.data())
def test_clock_hours_are_moved_by_exactly_the_suspended_time(start, minutes, data):
    pause = data.draw(pauses(start))
    before = due(start, Budget(minutes, Unit.MINUTES), NATIONAL).at
    assume(start <= pause.start < before)
    assert due(start, Budget(minutes, Unit.MINUTES), NATIONAL, [pause]).at == before + (pause.end - pause.start)


@given(dates, st.integers(1, 30), calendars)
def test_a_lead_time_is_the_reverse_of_a_limit(event, n, calendar):
    assume(calendar.day(event).working)
    latest = latest_before(event, Budget(n, Unit.WORKING_DAYS), calendar).at
    budget = Budget(n, Unit.WORKING_DAYS)
    assert due(latest, budget, calendar).at == calendar.closing(event)
    next_working_day = due(latest, Budget(1, Unit.WORKING_DAYS), calendar).at
    assert due(next_working_day, budget, calendar).at > calendar.closing(event)


@given(starts, st.integers(1, 100), st.sampled_from(sorted(TIME_UNITS)), calendars)
def test_hours_counted_back_and_forth_meet(event, n, unit, calendar):
    latest = latest_before(event, Budget(n, unit), calendar).at
    assert due(latest, Budget(n, unit), calendar).at <= event


@given(starts, budgets(), calendars)
def test_a_limit_is_used_up_at_its_end(start, budget, calendar):
    at = due(start, budget, calendar).at
    if at > start:
        assert abs(share_used(start, at, at, budget, calendar) - 1) < 1e-9
    assert share_used(start, at + timedelta(seconds=1), at, budget, calendar) >= 1


@given(starts, st.timedeltas(timedelta(), timedelta(days=30)), st.timedeltas(timedelta(), timedelta(days=30)), st.sampled_from(FORWARD))
def test_time_used_never_shrinks(start, some, more, unit):
    assert 0 <= used(start, start + some, unit, NATIONAL) <= used(start, start + some + more, unit, NATIONAL)


@given(st.integers(0, 60), budgets(), st.lists(st.dates(date(2027, 1, 1), date(2027, 2, 28)), max_size=20))
def test_what_is_not_provisional_does_not_change_when_the_year_is_published(days, budget, others):
    start = datetime(2026, 11, 20, 3, tzinfo=UTC) + timedelta(days=days)
    result = due(start, budget, NATIONAL)
    changed = Calendar(overrides=[Override(day, not NATIONAL.day(day).working) for day in others])
    assert result.provisional or due(start, budget, changed).at == result.at


@given(starts, st.integers(1, 30))
def test_calendar_days_without_rolling_are_plain_days(start, n):
    at = due(start, Budget(n, Unit.CALENDAR_DAYS, "24:00", Roll.NONE), NATIONAL).at
    assert NATIONAL.local(at).date() == NATIONAL.local(start).date() + timedelta(days=n + 1)


SCHEDULES = [
    {"every": "day", "at": ["09:00", "15:00", "20:00"]},
    {"every": "working_day"},
    {"every": "week", "on": "friday", "at": "16:00", "move": "previous_working_day"},
    {"every": "month", "on": {"working_day": 5}},
    {"every": "month", "on": {"day": 31}, "move": "next_working_day"},
    {"every": "quarter", "on": "last_working_day"},
    {"every": "half_year", "on": "last_working_day", "at": "09:00"},
]


@settings(max_examples=60)
@given(starts, st.integers(1, 4), st.sampled_from(SCHEDULES), calendars)
def test_asking_again_and_again_gives_the_same_as_asking_once(start, count, data, calendar):
    schedule = Schedule.parse(data)
    found = [next_occurrence(schedule, start, calendar)]
    for _ in range(count):
        found.append(next_occurrence(schedule, found[-1].at, calendar))
    assert occurrences(schedule, start, found[-1].at, calendar) == found
    assert [entry.at for entry in found] == sorted({entry.at for entry in found})


@given(starts, st.timedeltas(timedelta(), timedelta(days=90)), st.timedeltas(timedelta(), timedelta(days=90)), st.sampled_from(SCHEDULES))
def test_spans_that_join_miss_and_repeat_nothing(start, first, second, data):
    schedule = Schedule.parse(data)
    middle, end = start + first, start + first + second
    both = occurrences(schedule, start, middle, NATIONAL) + occurrences(schedule, middle, end, NATIONAL)
    assert both == occurrences(schedule, start, end, NATIONAL)


def test_the_zone_of_the_process_does_not_matter():
    start = datetime(2019, 9, 30, 2, tzinfo=UTC)
    before = os.environ.get("TZ")
    seen = set()
    try:
        for zone in ("UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"):
            os.environ["TZ"] = zone
            time.tzset()
            seen.add(due(start, Budget(5, Unit.WORKING_DAYS), Calendar()).at)
            seen.add(next_occurrence(Schedule(Every.WORKING_DAY), datetime(2019, 10, 12, tzinfo=UTC), Calendar()).at)
    finally:
        os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
        time.tzset()
    assert seen == {datetime(2019, 10, 12, 10, tzinfo=UTC)}
