"""Weeks, months, quarters, half-years and years as spans of dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

WEEK = "week"
MONTH = "month"
QUARTER = "quarter"
HALF_YEAR = "half_year"
YEAR = "year"
_MONTHS = {MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: 12}
ALL = (WEEK, *_MONTHS)


def first(day: date, period: str) -> date:
    """The first day of the period in which `day` lies; a week begins on Monday."""
    if period == WEEK:
        return day - timedelta(days=day.weekday())
    length = _MONTHS[period]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def following(day: date, period: str) -> date:
    """The first day of the period after that of `day`."""
    begin = first(day, period)
    if period == WEEK:
        return begin + timedelta(days=7)
    months = begin.year * 12 + begin.month - 1 + _MONTHS[period]
    return date(months // 12, months % 12 + 1, 1)


def end(day: date, period: str) -> date:
    """The last day of the period in which `day` lies."""
    return following(day, period) - timedelta(days=1)


def firsts(day: date, period: str) -> Iterator[date]:
    """The first days of the period of `day` and of all that follow."""
    begin = first(day, period)
    while True:
        yield begin
        begin = following(begin, period)


def days(begin: date, last: date) -> Iterator[date]:
    """The dates from `begin` to `last`, both included."""
    while begin <= last:
        yield begin
        begin += timedelta(days=1)


def number(day: date, period: str) -> int:
    """Which one in its year the period is: quarter 1 to 4, month 1 to 12, ISO week 1 to 53."""
    if period == WEEK:
        return day.isocalendar().week
    return (day.month - 1) // _MONTHS[period] + 1


def label(day: date, period: str) -> str:
    """A stable name of the period: '2019-W14', '2019-06', '2019-Q2', '2019-H1', '2019'."""
    if period == WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if period == YEAR:
        return f"{day.year}"
    forms = {MONTH: "{}-{:02}", QUARTER: "{}-Q{}", HALF_YEAR: "{}-H{}"}
    return forms[period].format(day.year, number(day, period))
