"""The demo's own parts: the texts cut into articles, and the comparison of /metrics with the ledgers."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from services.kit.worktime import Calendar
from services.platform.demo.articles import articles, texts
from services.platform.demo.people_at_work import ZONE, Habits
from services.platform.demo.tally import Metrics, Tenant, differences

PAGE = """# HELP xiaoneng_deadline_breaches_total Limits that were broken.
# TYPE xiaoneng_deadline_breaches_total counter
xiaoneng_deadline_breaches_total{service="documents",tenant="a",unit="u1",rule="step"} 2.0
xiaoneng_deadline_breaches_total{service="documents",tenant="a",unit="u2",rule="step"} 1.0
xiaoneng_deadline_breaches_total{service="documents",tenant="b",unit="u1",rule="step"} 7.0
# HELP xiaoneng_deadlines_open Limits that run.
# TYPE xiaoneng_deadlines_open gauge
xiaoneng_deadlines_open{service="documents",tenant="a",unit="u1",rule="step"} 1.0
# HELP xiaoneng_messages_total Messages.
# TYPE xiaoneng_messages_total counter
xiaoneng_messages_total{tenant="a",kind="reminder"} 5.0
# HELP xiaoneng_events_published_total Events.
# TYPE xiaoneng_events_published_total counter
xiaoneng_events_published_total{service="documents",type="x"} 4.0
xiaoneng_events_published_total{service="documents",type="y"} 6.0
"""


def a_tenant() -> Tenant:
    return Tenant("某局", running=1, breaches=Counter({"step": 3}), messages=Counter({"reminder": 5}))


def test_numbers_that_agree_are_no_difference() -> None:
    assert differences(Metrics(PAGE), {"a": a_tenant()}, {"documents": 10}) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"breaches": Counter({"step": 2})}, "breaches by rule"),
        ({"breaches": Counter({"step": 3, "reading": 1})}, "breaches by rule"),
        ({"running": 2}, "deadlines open"),
        ({"overdue": 1}, "deadlines overdue"),
        ({"messages": Counter({"reminder": 4})}, "messages"),
        ({"messages": Counter({"reminder": 5, "escalation": 1})}, "messages"),
    ],
)
def test_every_number_that_differs_is_named(change: dict[str, object], what: str) -> None:
    tenant = a_tenant()
    for name, value in change.items():
        setattr(tenant, name, value)
    (difference,) = differences(Metrics(PAGE), {"a": tenant}, {"documents": 10})
    assert difference.startswith(f"a: {what}: /metrics says ")


def test_an_event_that_was_published_and_not_counted_is_a_difference() -> None:
    (difference,) = differences(Metrics(PAGE), {"a": a_tenant()}, {"documents": 11})
    assert difference.startswith("events published: ")


def test_every_text_is_cut_into_articles_of_real_length() -> None:
    cut = {path.name: articles(path) for path in texts()}
    assert len(cut) == 5
    assert all(len(found) >= 14 for found in cut.values())
    assert max(article.size for found in cut.values() for article in found) > 400
    for path in texts():
        text = "".join(path.read_text(encoding="utf-8").split())
        assert all("".join(article.body.split()) in text for article in cut[path.name])


def test_the_same_seed_gives_the_same_plan() -> None:
    arrived = datetime(2019, 9, 27, 16, 0, tzinfo=ZONE)
    plans = [[Habits(seed, Calendar()).signs_at(arrived) for _ in range(3)] for seed in (7, 7, 8)]
    assert plans[0] == plans[1] != plans[2]


def test_in_every_office_somebody_misses_a_limit_before_long() -> None:
    arrived = datetime(2019, 9, 24, 10, 0, tzinfo=ZONE)
    due = arrived + timedelta(hours=6)
    for seed in range(20):
        habits = Habits(seed, Calendar())
        assert 1 <= sum(habits.signs_at(arrived, due) > due for _ in range(12)) <= 4


def test_nobody_works_through_the_night_or_on_days_of_rest() -> None:
    habits = Habits(1, Calendar())
    for hour in range(24 * 8):
        at = habits.office_time(datetime(2019, 9, 28, tzinfo=ZONE) + timedelta(hours=hour))  # the Saturday before National Day
        assert 8 <= at.hour < 18
        assert at.date().isoformat() not in {"2019-09-28", *(f"2019-10-0{day}" for day in range(1, 8))}
