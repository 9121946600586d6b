"""The worked examples of the conventions, and what happens a moment before, at and after their edges."""

from datetime import date, datetime, timedelta

import pytest

from services.kit.worktime import Budget, Calendar, NoWorkingDay, OfficeHours, Override, Suspension, due, latest_before


def at(text):
    return datetime.fromisoformat(text + "+08:00")


def pause(first, last):
    return Suspension(at(first), at(last))


EXAMPLES = [
    # start, value, unit, due
    ("2019-09-27T16:00", 6, "clock_hours", "2019-09-27T22:00"),
    ("2019-09-27T16:00", 6, "office_hours", "2019-09-29T15:00"),
    ("2019-09-30T10:00", 5, "working_days", "2019-10-12T18:00"),
    ("2018-06-15T10:00", 48, "working_day_clock_hours", "2018-06-20T10:00"),
    ("2019-09-29T10:00", 3, "calendar_days", "2019-10-08T18:00"),
    ("2019-09-27T16:00", 90, "minutes", "2019-09-27T17:30"),
    # the day of the trigger is day 0 whatever its hour
    ("2019-04-08T00:00", 1, "working_days", "2019-04-09T18:00"),
    ("2019-04-08T23:59:59", 1, "working_days", "2019-04-09T18:00"),
    ("2019-04-09T00:00", 1, "working_days", "2019-04-10T18:00"),
    # a trigger on a day of rest: the next working day is day 1
    ("2019-10-03T10:00", 1, "working_days", "2019-10-08T18:00"),
    # office hours: the last moment of a span belongs to that span
    ("2019-04-08T08:30", 7, "office_hours", "2019-04-08T18:00"),
    ("2019-04-08T09:00", 3, "office_hours", "2019-04-08T12:00"),
    ("2019-04-08T12:30", 1, "office_hours", "2019-04-08T15:30"),
    ("2019-04-12T18:00", 1, "office_hours", "2019-04-15T09:30"),
    # working-day clock hours begin at 00:00 of the next working day
    ("2019-10-02T10:00", 24, "working_day_clock_hours", "2019-10-09T00:00"),
    # calendar days: the n-th day is a working day, so it stays
    ("2019-04-08T10:00", 3, "calendar_days", "2019-04-11T18:00"),
    ("2019-04-08T10:00", 5, "calendar_days", "2019-04-15T18:00"),
    # same working day: until closing, closing included; later or on a day of rest the next one
    ("2019-09-30T09:00", None, "same_working_day", "2019-09-30T18:00"),
    ("2019-09-30T18:00", None, "same_working_day", "2019-09-30T18:00"),
    ("2019-09-30T18:00:01", None, "same_working_day", "2019-10-08T18:00"),
    ("2019-10-02T09:00", None, "same_working_day", "2019-10-08T18:00"),
    # same calendar day: until 24:00, on a day of rest as well
    ("2008-10-10T16:00", None, "same_calendar_day", "2008-10-11T00:00"),
    ("2019-10-02T23:59", None, "same_calendar_day", "2019-10-03T00:00"),
    # last working days of periods
    ("2018-12-03T10:00", None, "last_working_day_of_month", "2018-12-29T18:00"),
    ("2018-12-29T18:00:01", None, "last_working_day_of_month", "2019-01-31T18:00"),
    ("2019-02-01T10:00", None, "last_working_day_of_quarter", "2019-03-29T18:00"),
    ("2019-02-01T10:00", None, "last_working_day_of_half_year", "2019-06-28T18:00"),
    ("2019-07-01T10:00", None, "last_working_day_of_half_year", "2019-12-31T18:00"),
    ("2018-02-01T10:00", None, "last_working_day_of_year", "2018-12-29T18:00"),
    # weeks: a make-up weekend is no Friday; a week of holiday has no duty
    ("2019-09-24T10:00", None, "last_working_day_of_iso_week", "2019-09-27T18:00"),
    ("2019-10-01T10:00", None, "last_working_day_of_iso_week", "2019-10-11T18:00"),
    ("2020-01-25T10:00", None, "last_working_day_of_iso_week", "2020-02-07T18:00"),
    ("2018-06-29T10:00", 5, "working_day_of_next_month", "2018-07-06T18:00"),
]


@pytest.mark.parametrize(("start", "value", "unit", "expected"), EXAMPLES)
def test_a_limit_ends_where_the_conventions_say(national, start, value, unit, expected):
    assert due(at(start), Budget(value, unit), national).at == at(expected)


def test_the_third_day_at_noon(national):
    result = due(at("2018-06-15T10:00"), Budget(3, "working_days", "12:00"), national)
    assert result.at == at("2018-06-21T12:00")


def test_calendar_days_stay_on_a_day_of_rest_when_told_not_to_roll(national):
    assert due(at("2019-09-29T10:00"), Budget(3, "calendar_days", "24:00", "none"), national).at == at("2019-10-03T00:00")


@pytest.mark.parametrize(
    ("event", "value", "unit", "time", "expected"),
    [
        (at("2018-10-19T14:30"), 15, "working_days_before", None, "2018-09-25T18:00"),
        (date(2018, 10, 12), 5, "working_days", None, "2018-09-30T18:00"),
        (date(2018, 10, 16), 2, "working_days_before", "09:00", "2018-10-12T09:00"),
        (at("2019-10-08T10:00"), 2, "office_hours", None, "2019-09-30T17:30"),
        (at("2019-10-08T10:00"), 24, "clock_hours", None, "2019-10-07T10:00"),
        (at("2019-10-08T10:00"), 24, "working_day_clock_hours", None, "2019-09-30T10:00"),
        (date(2019, 10, 10), 3, "calendar_days", None, "2019-09-30T18:00"),
        (date(2019, 10, 11), 3, "calendar_days", None, "2019-10-08T18:00"),
    ],
)
def test_a_lead_time_is_counted_back_from_the_event(national, event, value, unit, time, expected):
    assert latest_before(event, Budget(value, unit, time), national).at == at(expected)


def test_due_of_a_lead_time_is_the_latest_moment(national):
    budget = Budget(5, "working_days_before")
    assert due(at("2004-10-15T09:00"), budget, national).at == latest_before(at("2004-10-15T09:00"), budget, national).at


def test_a_unit_without_distance_gives_no_lead_time(national):
    with pytest.raises(ValueError, match="no lead time"):
        latest_before(date(2019, 10, 10), Budget(None, "same_working_day"), national)


SUSPENDED = [
    # a pause that ends before closing costs no day; one across closing costs that day
    ("working_days", 3, [pause("2019-04-09T09:00", "2019-04-09T17:59")], "2019-04-11T18:00"),
    ("working_days", 3, [pause("2019-04-09T09:00", "2019-04-10T09:00")], "2019-04-12T18:00"),
    ("working_days", 3, [pause("2019-04-09T18:00", "2019-04-10T17:59")], "2019-04-11T18:00"),
    ("working_days", 3, [pause("2019-04-12T09:00", "2019-04-14T09:00")], "2019-04-11T18:00"),
    ("working_days", 3, [pause("2019-04-09T09:00", "2019-04-15T09:00")], "2019-04-17T18:00"),
    ("calendar_days", 3, [pause("2019-04-09T09:00", "2019-04-10T09:00")], "2019-04-12T18:00"),
    ("clock_hours", 6, [pause("2019-04-08T12:00", "2019-04-09T12:00")], "2019-04-09T16:00"),
    ("clock_hours", 6, [pause("2019-04-08T12:00", "2019-04-08T13:00"), pause("2019-04-08T14:00", "2019-04-08T16:00")], "2019-04-08T19:00"),
    ("office_hours", 6, [pause("2019-04-08T11:00", "2019-04-09T09:30")], "2019-04-09T17:00"),
    ("working_day_clock_hours", 24, [pause("2019-04-08T12:00", "2019-04-08T20:00")], "2019-04-09T18:00"),
    ("same_working_day", None, [pause("2019-04-08T12:00", "2019-04-09T12:00")], "2019-04-09T18:00"),
    ("last_working_day_of_month", None, [pause("2019-04-29T12:00", "2019-05-01T12:00")], "2019-05-05T18:00"),
]


@pytest.mark.parametrize(("unit", "value", "pauses", "expected"), SUSPENDED)
def test_what_was_suspended_is_not_counted(national, unit, value, pauses, expected):
    start = at("2019-04-08T10:00")
    assert due(start, Budget(value, unit), national, pauses).at == at(expected)


def test_a_suspension_over_the_hour_of_a_limit_moves_it_past_the_resumption(national):
    pauses = [pause("2018-06-21T11:00", "2018-06-21T15:00")]
    assert due(at("2018-06-15T10:00"), Budget(3, "working_days", "12:00"), national, pauses).at == at("2018-06-22T12:00")


def test_a_tenants_closure_and_extra_day_are_followed():
    calendar = Calendar(overrides=[Override(date(2019, 4, 9), False), Override(date(2019, 4, 13), True)])
    assert due(at("2019-04-08T10:00"), Budget(4, "working_days"), calendar).at == at("2019-04-13T18:00")


def test_other_office_hours_move_closing_and_office_time():
    calendar = Calendar(hours=OfficeHours.parse(["09:00-12:00", "13:00-17:00"]))
    assert due(at("2019-04-08T10:00"), Budget(1, "working_days"), calendar).at == at("2019-04-09T17:00")
    assert due(at("2019-04-08T11:30"), Budget(1, "office_hours"), calendar).at == at("2019-04-08T13:30")


def test_another_zone_counts_its_own_days():
    calendar = Calendar(zone="UTC")
    start = at("2019-04-09T02:00")  # still the 8th there
    assert due(start, Budget(1, "working_days"), calendar).at == datetime.fromisoformat("2019-04-09T18:00+00:00")


def test_a_calendar_that_never_works_is_refused_and_does_not_hang():
    closed = [Override(date(2019, 1, 1) + timedelta(days=n), False) for n in range(900)]
    with pytest.raises(NoWorkingDay):
        due(at("2019-04-08T10:00"), Budget(1, "working_days"), Calendar(overrides=closed))


@pytest.mark.parametrize(
    ("start", "value", "unit", "provisional"),
    [
        ("2026-12-30T10:00", 1, "working_days", False),
        ("2026-12-30T10:00", 2, "working_days", True),
        ("2026-12-31T20:00", 6, "clock_hours", False),
        ("2026-12-31T17:00", 2, "office_hours", True),
        ("2026-12-20T10:00", 14, "calendar_days", True),
        ("2026-12-20T10:00", 11, "calendar_days", False),
        ("2027-03-01T10:00", None, "same_calendar_day", False),
        ("2027-03-01T10:00", None, "same_working_day", True),
        ("2026-12-01T10:00", None, "last_working_day_of_month", False),
        ("2026-12-01T10:00", 1, "working_day_of_next_month", True),
    ],
)
def test_a_moment_that_rests_on_an_unpublished_year_is_provisional(national, start, value, unit, provisional):
    assert due(at(start), Budget(value, unit), national).provisional is provisional


def test_an_unpublished_year_takes_weekdays_and_the_holidays_of_fixed_date(national):
    assert due(at("2026-12-31T10:00"), Budget(1, "working_days"), national).at == at("2027-01-04T18:00")
    assert due(at("2027-09-30T10:00"), Budget(1, "working_days"), national).at == at("2027-10-04T18:00")


def test_a_start_without_offset_is_refused(national):
    with pytest.raises(ValueError, match="offset"):
        due(datetime(2019, 4, 8, 10), Budget(1, "working_days"), national)


@pytest.mark.parametrize(
    "data",
    [
        {"value": 0, "unit": "working_days"},
        {"value": -1, "unit": "clock_hours"},
        {"value": 1.5, "unit": "working_days"},
        {"value": True, "unit": "working_days"},
        {"unit": "working_days"},
        {"value": 1, "unit": "fortnights"},
        {"value": 1, "unit": "same_working_day"},
        {"value": 1, "unit": "clock_hours", "time": "12:00"},
        {"value": 1, "unit": "working_days", "time": "25:00"},
        {"value": 1, "unit": "working_days", "roll": "none"},
        {"value": 1, "unit": "working_days", "n": 2},
        ["working_days"],
        {},
    ],
)
def test_a_budget_that_says_nothing_clear_is_refused(data):
    with pytest.raises(ValueError, match=r"."):
        Budget.parse(data)


@pytest.mark.parametrize(
    "data",
    [
        {"value": 6, "unit": "clock_hours"},
        {"value": 3, "unit": "working_days", "time": "12:00"},
        {"value": 30, "unit": "calendar_days", "roll": "none"},
        {"unit": "same_calendar_day"},
    ],
)
def test_a_budget_is_written_as_it_was_read(data):
    assert Budget.parse(data).as_data() == data
