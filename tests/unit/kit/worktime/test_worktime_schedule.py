"""When a duty recurs, in ordinary weeks and in those that a holiday cuts."""

from datetime import date, datetime

import pytest

from services.kit.worktime import Schedule, next_occurrence, occurrences


def at(text):
    return datetime.fromisoformat(text + "+08:00")


FRIDAY = {"every": "week", "on": "friday", "at": "16:00", "move": "previous_working_day"}
NEXT = [
    # three times a day, on days of rest as well; the moment itself is over
    ({"every": "day", "at": ["20:00", "09:00", "15:00"]}, "2019-10-01T08:59:59", "2019-10-01T09:00"),
    ({"every": "day", "at": ["20:00", "09:00", "15:00"]}, "2019-10-01T09:00", "2019-10-01T15:00"),
    ({"every": "day", "at": ["20:00", "09:00", "15:00"]}, "2019-10-01T20:00", "2019-10-02T09:00"),
    ({"every": "working_day", "at": "09:00"}, "2019-09-30T09:00", "2019-10-08T09:00"),
    ({"every": "working_day", "at": "09:00"}, "2019-10-11T09:00", "2019-10-12T09:00"),
    # Friday a holiday: Thursday; a week of holiday: none; a make-up weekend: no second one
    (FRIDAY, "2019-04-01T00:00", "2019-04-04T16:00"),
    (FRIDAY, "2019-04-04T16:00", "2019-04-12T16:00"),
    (FRIDAY, "2019-09-27T16:00", "2019-09-30T16:00"),
    (FRIDAY, "2020-01-24T16:00", "2020-02-07T16:00"),
    ({"every": "month", "on": "last_working_day"}, "2018-12-03T10:00", "2018-12-29T18:00"),
    ({"every": "month", "on": {"working_day": 5}}, "2018-07-01T10:00", "2018-07-06T18:00"),
    ({"every": "month", "on": {"day": 31}}, "2019-02-01T10:00", "2019-02-28T18:00"),
    ({"every": "quarter", "on": "last_working_day", "only": [2, 3]}, "2019-01-01T10:00", "2019-06-28T18:00"),
    ({"every": "quarter", "on": "last_working_day", "only": [2, 3]}, "2019-09-30T18:00", "2020-06-30T18:00"),
    ({"every": "half_year", "on": "last_working_day"}, "2019-06-28T18:00", "2019-12-31T18:00"),
    ({"every": "year", "on": "last_working_day"}, "2018-05-01T18:00", "2018-12-29T18:00"),
    ({"every": "year", "on": {"month": 12, "day": 20}}, "2019-01-01T00:00", "2019-12-20T18:00"),
    ({"every": "year", "on": {"month": 10, "day": 2}, "move": "next_working_day"}, "2019-01-01T00:00", "2019-10-08T18:00"),
    ({"every": "year", "on": {"month": 10, "day": 2}, "move": "previous_working_day"}, "2019-01-01T00:00", "2019-09-30T18:00"),
    ({"dates": [date(2013, 1, 15)], "at": "24:00"}, "2012-06-18T00:00", "2013-01-16T00:00"),
]


@pytest.mark.parametrize(("data", "after", "expected"), NEXT)
def test_the_next_time_of_a_duty(national, data, after, expected):
    assert next_occurrence(Schedule.parse(data), at(after), national).at == at(expected)


def test_dates_that_are_over_have_no_next_time(national):
    assert next_occurrence(Schedule.parse({"dates": [date(2013, 1, 15)]}), at("2013-01-15T18:00"), national) is None


def test_each_time_names_the_period_that_it_is_for(national):
    found = occurrences(Schedule.parse(FRIDAY), at("2019-09-20T18:00"), at("2019-10-12T00:00"), national)
    assert [(entry.period, entry.day) for entry in found] == [
        ("2019-W39", date(2019, 9, 27)),
        ("2019-W40", date(2019, 9, 30)),
        ("2019-W41", date(2019, 10, 11)),
    ]


def test_the_end_of_a_span_belongs_to_it_and_its_beginning_does_not(national):
    schedule = Schedule.parse({"every": "day", "at": "09:00"})
    found = occurrences(schedule, at("2019-10-01T09:00"), at("2019-10-02T09:00"), national)
    assert [entry.at for entry in found] == [at("2019-10-02T09:00")]


@pytest.mark.parametrize(
    ("data", "provisional"),
    [
        ({"every": "day"}, False),
        ({"every": "working_day"}, True),
        ({"every": "month", "on": "last_working_day"}, True),
        ({"every": "month", "on": {"day": 8}}, False),
        ({"every": "month", "on": {"day": 8}, "move": "next_working_day"}, True),
        (FRIDAY, True),
    ],
)
def test_a_time_that_rests_on_an_unpublished_year_is_provisional(national, data, provisional):
    assert next_occurrence(Schedule.parse(data), at("2027-02-01T00:00"), national).provisional is provisional


@pytest.mark.parametrize(("data", "after", "expected"), NEXT)
def test_a_schedule_is_written_as_it_is_read(data, after, expected):
    schedule = Schedule.parse(data)
    assert Schedule.parse(schedule.as_data()) == schedule


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"every": "fortnight"},
        {"every": "week"},
        {"every": "week", "on": "freitag"},
        {"every": "day", "on": "friday"},
        {"every": "day", "at": "25:00"},
        {"every": "month", "on": {"day": 32}},
        {"every": "month", "on": {"working_day": 0}},
        {"every": "month", "on": "last_working_day", "move": "none", "when": 1},
        {"every": "month", "on": "last_working_day", "move": "next_working_day"},
        {"every": "quarter", "on": "last_working_day", "only": [5]},
        {"every": "week", "on": "friday", "only": [1]},
        {"every": "year", "on": {"day": 1}},
        {"every": "month", "on": {"month": 1, "day": 1}},
        {"dates": []},
        {"every": "day", "dates": [date(2013, 1, 15)]},
        {"dates": ["2013-01-15"]},
    ],
)
def test_a_schedule_that_says_nothing_clear_is_refused(data):
    with pytest.raises(ValueError, match=r"."):
        Schedule.parse(data)
