"""How much of a limit is used and how much working time is left."""

from datetime import datetime, timedelta

import pytest

from services.kit.worktime import Budget, Suspension, remaining, share_used, used


def at(text):
    return datetime.fromisoformat(text + "+08:00")


@pytest.mark.parametrize(
    ("start", "end", "unit", "expected"),
    [
        ("2019-09-27T16:00", "2019-09-27T22:00", "clock_hours", 6),
        ("2019-09-27T16:00", "2019-09-29T15:00", "office_hours", 6),
        ("2019-09-30T10:00", "2019-10-12T18:00", "working_days", 5),
        ("2019-04-08T10:00", "2019-04-08T18:00", "working_days", 0),
        ("2019-04-08T10:00", "2019-04-09T12:00", "working_days", 0.5),
        ("2019-04-08T10:00", "2019-04-11T18:00", "calendar_days", 3),
        ("2018-06-15T10:00", "2018-06-20T10:00", "working_day_clock_hours", 48),
        ("2019-04-08T10:00", "2019-04-08T15:30", "same_working_day", 3),
        ("2019-04-08T10:00", "2019-04-08T09:00", "clock_hours", 0),
    ],
)
def test_time_is_used_in_the_unit_of_the_limit(national, start, end, unit, expected):
    assert used(at(start), at(end), unit, national) == pytest.approx(expected)


def test_suspended_time_is_not_used(national):
    pause = Suspension(at("2019-04-08T12:00"), at("2019-04-08T14:00"))
    assert used(at("2019-04-08T10:00"), at("2019-04-08T16:00"), "clock_hours", national, [pause]) == 4


def test_the_share_of_a_limit(national):
    start, end = at("2019-04-08T10:00"), at("2019-04-09T12:00")
    assert share_used(start, end, at("2019-04-10T18:00"), Budget(2, "working_days"), national) == pytest.approx(0.25)
    assert share_used(start, at("2019-04-11T18:00"), at("2019-04-10T18:00"), Budget(2, "working_days"), national) == pytest.approx(1.5)


def test_a_late_act_never_looks_like_one_in_time(national):
    start, due_at = at("2019-04-08T10:00"), at("2019-04-08T18:00")
    assert share_used(start, at("2019-04-08T23:00"), due_at, Budget(None, "same_working_day"), national) > 1


def test_a_limit_given_as_a_date_is_measured_in_office_hours(national):
    share = share_used(at("2019-04-08T08:30"), at("2019-04-08T18:00"), at("2019-04-09T18:00"), None, national)
    assert share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("now", "due_at", "office", "words"),
    [
        ("2019-04-08T10:00", "2019-04-08T15:30", 3, "还有3个工作小时"),
        ("2019-04-08T10:00", "2019-04-08T11:45", 1.75, "还有1个工作小时45分钟"),
        ("2019-04-08T11:35", "2019-04-08T12:00", 25 / 60, "还有25分钟"),
        ("2019-09-30T18:00", "2019-10-09T18:00", 14, "还有2个工作日"),
        ("2019-04-08T10:00", "2019-04-09T18:00", 12.5, "还有1个工作日5小时"),
        ("2019-04-08T18:00", "2019-04-08T22:00", 0, "还有4小时"),
        ("2019-04-09T10:30", "2019-04-08T18:00", 2, "已逾期2个工作小时"),
        ("2019-04-08T18:00:00", "2019-04-08T18:00:00", 0, "还有0秒"),
        ("2019-04-08T18:00:01", "2019-04-08T18:00:00", 0, "已逾期1秒"),
    ],
)
def test_what_remains_is_told_in_working_time(national, now, due_at, office, words):
    left = remaining(at(now), at(due_at), national)
    assert (left.office, left.words) == (timedelta(hours=office), words)
    assert left.late == (at(now) > at(due_at))
