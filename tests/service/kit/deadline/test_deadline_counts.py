"""Counts and metrics: appended, folded, exact at every moment, and never lost with a process."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from services.kit import deadline
from services.kit.deadline import CountFolder, DeadlineCollector
from services.kit.deadline.counts import Lead
from services.kit.deadline.metrics import COMPLETION, LAG
from services.kit.loop import drain
from tests.service.kit.deadline.conftest import Desk, a_limit, an_office


def shown(desk: Desk, name: str, most: int = 20_000) -> dict[tuple[str, ...], float]:
    """What Prometheus would read of one metric, by the labels' values."""
    registry, collector = CollectorRegistry(), DeadlineCollector([desk.ports], most)
    registry.register(collector)
    text = generate_latest(registry).decode()
    collector.close()
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def fold(desk: Desk, batch: int = 5000) -> None:
    drain([CountFolder(desk.ports, batch)], desk.clock.now())


def test_a_reader_sees_the_same_before_during_and_after_folding(desk: Desk) -> None:
    for number in range(7):
        desk.start(f"things/{number}")
    assert desk.counts() == (7, 0, 0, 0)
    CountFolder(desk.ports, batch=3).step(desk.clock.now())
    assert (len(desk.rows("deadline_count_changes")), desk.counts()) == (4, (7, 0, 0, 0))
    fold(desk)
    assert (desk.rows("deadline_count_changes"), len(desk.rows("deadline_counts")), desk.counts()) == ([], 1, (7, 0, 0, 0))


def test_folding_nothing_comes_to_rest(desk: Desk) -> None:
    assert CountFolder(desk.ports).step(desk.clock.now()) is None


def test_the_metrics_are_read_from_the_tables_with_their_labels(desk: Desk) -> None:
    desk.start()
    desk.start("things/2", a_limit(48))
    desk.until("2019-04-08T17:00")
    labels = ("sign-step", "limits", "river", "planning")
    assert shown(desk, "xiaoneng_deadline_breaches_total") == {labels: 1}
    assert shown(desk, "xiaoneng_deadlines_open") == {labels: 2}
    assert shown(desk, "xiaoneng_deadlines_overdue") == {labels: 1}
    assert shown(desk, "xiaoneng_deadline_breaches_set_aside_total") == {labels: 0}


def test_the_metrics_of_all_tenants_are_shown_together(desk: Desk) -> None:
    an_office(desk.ports, "hill")
    desk.start()
    Desk(desk.ports, "hill").start()
    assert {labels[2] for labels in shown(desk, "xiaoneng_deadlines_open")} == {"river", "hill"}


def test_a_breach_counter_never_goes_down(desk: Desk) -> None:
    started = desk.start()
    desk.until("2019-04-08T17:00")
    desk.do(deadline.set_aside, started.id, "登记有误")
    desk.do(deadline.finish, "things/1")
    fold(desk)
    assert list(shown(desk, "xiaoneng_deadline_breaches_total").values()) == [1]
    assert list(shown(desk, "xiaoneng_deadline_breaches_set_aside_total").values()) == [1]
    assert list(shown(desk, "xiaoneng_deadlines_overdue").values()) == [0]


def test_a_series_without_a_limit_for_five_weeks_is_no_longer_shown(desk: Desk) -> None:
    desk.start()
    desk.do(deadline.finish, "things/1")
    desk.start("things/2", a_limit(30, "working_days"), unit="rivers")
    desk.clock.set(desk.clock.now() + timedelta(days=36))
    assert {labels[3] for labels in shown(desk, "xiaoneng_deadlines_open")} == {"rivers"}


def test_too_many_series_fold_their_units_and_say_so(desk: Desk) -> None:
    for unit in ("planning", "rivers", "office"):
        desk.start(f"things/{unit}", unit=unit)
    assert shown(desk, "xiaoneng_deadline_units_folded", most=3) == {("limits",): 0}
    assert shown(desk, "xiaoneng_deadline_units_folded", most=2) == {("limits",): 1}
    assert shown(desk, "xiaoneng_deadlines_open", most=2) == {("sign-step", "limits", "river", "other"): 3}


def test_of_two_processes_one_shows_the_counts_until_it_is_gone(desk: Desk) -> None:
    desk.start()
    other = Lead(desk.ports)
    assert other.taken()
    assert other.taken()
    assert shown(desk, "xiaoneng_deadlines_open") == {}
    other.close()
    assert len(shown(desk, "xiaoneng_deadlines_open")) == 1


def test_a_lead_whose_connection_was_cut_is_taken_again(desk: Desk) -> None:
    lead = Lead(desk.ports)
    assert lead.taken()
    assert lead._connection.autocommit, "an open transaction would keep the server from cleaning up"
    lead._connection.close()
    assert lead.taken()
    lead.close()


def test_the_last_published_year_is_told_for_the_alert(desk: Desk) -> None:
    assert shown(desk, "xiaoneng_calendar_known_until_year") == {("limits",): desk.ports.rosters.known_until}


def test_every_name_is_told_without_asking_the_database(desk: Desk) -> None:
    names = {family.name for family in DeadlineCollector([desk.ports]).describe()}
    assert names == {
        "xiaoneng_deadline_breaches",
        "xiaoneng_deadline_breaches_set_aside",
        "xiaoneng_deadlines_open",
        "xiaoneng_deadlines_overdue",
        "xiaoneng_deadlines_stuck",
        "xiaoneng_deadline_units_folded",
        "xiaoneng_calendar_known_until_year",
    }


def observed(histogram: object, *labels: str) -> tuple[float, float]:
    samples = {sample.name: sample.value for sample in histogram.labels(*labels)._child_samples()}  # type: ignore[attr-defined]
    return samples["_count"], samples["_sum"]


def test_the_share_of_the_time_that_was_used_is_observed(desk: Desk) -> None:
    desk.start(limit=a_limit(rule="share-rule"))
    desk.until("2019-04-08T13:00")
    desk.do(deadline.finish, "things/1")
    assert observed(COMPLETION, "limits", "share-rule") == (1, 0.5)


def test_the_lag_of_a_breach_is_observed_from_its_due_moment(desk: Desk) -> None:
    count, total = observed(LAG, "limits")
    desk.start()
    desk.clock.set(desk.clock.now() + timedelta(hours=6, seconds=2))
    desk.watch()
    after, sum_after = observed(LAG, "limits")
    assert (after - count, round(sum_after - total, 6)) == (1, 2.0)
