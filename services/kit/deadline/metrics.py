"""The metrics of limits. What counts is read from the tables, so that no process that dies takes a number with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from prometheus_client import Histogram
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.kit.deadline.counts import Count, Lead, read_all
from services.kit.deadline.stuck import listed
from services.kit.metrics import LAG_BUCKETS

if TYPE_CHECKING:
    from services.kit.service import Ports

MOST_SERIES = 20_000
OTHER = "other"

LAG = Histogram("xiaoneng_deadline_detection_lag_seconds", "From a due moment to its committed breach.", ["service"], buckets=LAG_BUCKETS)
COMPLETION = Histogram(
    "xiaoneng_deadline_completion_ratio", "Time used / time allowed, in the limit's own unit; above 1 is late.", ["service", "rule"],
    buckets=(0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 5.0),
)  # fmt: skip
_LABELS = ("service", "tenant", "unit", "rule")
_BREACHES = ("xiaoneng_deadline_breaches", "Limits that were broken. Never goes down; those set aside have a counter of their own.")
_SET_ASIDE = ("xiaoneng_deadline_breaches_set_aside", "Breaches that rested on a mistake and were set aside by a named person.")
_OPEN = ("xiaoneng_deadlines_open", "Limits that run or are suspended.")
_OVERDUE = ("xiaoneng_deadlines_overdue", "Limits that are broken and whose work is still to be done; without those set aside.")
_FOLDED = ("xiaoneng_deadline_units_folded", "1 when a service has more series than are shown and all units stand as 'other'.")
_STUCK = ("xiaoneng_deadlines_stuck", "Limits that the watch cannot fire and has set apart (`xiaoneng deadlines stuck`).")
_KNOWN_UNTIL = ("xiaoneng_calendar_known_until_year", "Last year whose public holidays are published to this process.")


class DeadlineCollector(Collector):
    """Shows the counts of the services of a process. Of all processes of a service one does, by an advisory lock that it keeps."""

    def __init__(self, ports: Sequence[Ports], most: int = MOST_SERIES) -> None:
        self._ports = tuple(ports)
        self._most = most
        self._leads = {each.service: Lead(each) for each in self._ports}

    def close(self) -> None:
        """Leaves the counts to another process."""
        for lead in self._leads.values():
            lead.close()

    def describe(self) -> Iterator[Metric]:
        """Names the metrics without asking the database."""
        yield from _families()

    def collect(self) -> Iterator[Metric]:
        """Reads the counts; a series stays for 35 days after its last limit."""
        breaches, set_aside, open_, overdue, folded, stuck, known = _families()
        for ports in self._ports:
            known.add_metric([ports.service], ports.rosters.known_until)
            if not self._leads[ports.service].taken():  # another process of the service shows them
                continue
            stuck.add_metric([ports.service], len(listed(ports)))
            found = read_all(ports)
            folded.add_metric([ports.service], int(len(found) > self._most))
            for count in _folded(found) if len(found) > self._most else found:
                labels = [ports.service, count.tenant, count.unit, count.rule]
                breaches.add_metric(labels, count.breaches)
                set_aside.add_metric(labels, count.set_aside)
                open_.add_metric(labels, count.open)
                overdue.add_metric(labels, count.overdue)
        yield from (breaches, set_aside, open_, overdue, folded, stuck, known)


def _families() -> tuple[
    CounterMetricFamily,
    CounterMetricFamily,
    GaugeMetricFamily,
    GaugeMetricFamily,
    GaugeMetricFamily,
    GaugeMetricFamily,
    GaugeMetricFamily,
]:
    return (
        CounterMetricFamily(*_BREACHES, labels=_LABELS),
        CounterMetricFamily(*_SET_ASIDE, labels=_LABELS),
        GaugeMetricFamily(*_OPEN, labels=_LABELS),
        GaugeMetricFamily(*_OVERDUE, labels=_LABELS),
        GaugeMetricFamily(*_FOLDED, labels=["service"]),
        GaugeMetricFamily(*_STUCK, labels=["service"]),
        GaugeMetricFamily(*_KNOWN_UNTIL, labels=["service"]),
    )


def _folded(counts: Iterable[Count]) -> list[Count]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for count in counts:
        for place, number in enumerate((count.open, count.overdue, count.breaches, count.set_aside)):
            sums[count.tenant, count.rule][place] += number
    return [Count(tenant, OTHER, rule, *numbers) for (tenant, rule), numbers in sorted(sums.items())]
