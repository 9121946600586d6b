"""How far the copies of the directory have come, read from their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import select

if TYPE_CHECKING:
    from services.kit.service import Ports

_NUMBER = ("xiaoneng_roster_number", "Last change of the directory that a service holds (in directory itself: that was made).")
_GAP = ("xiaoneng_roster_gap_age_seconds", "How long a change of the directory has been missing in a copy; a sync mends it.")


class RosterCollector(Collector):
    """Shows where the copies of a process's services stand. All processes of a service show the same: take `max by`."""

    def __init__(self, ports: Sequence[Ports]) -> None:
        self._ports = tuple(ports)

    def describe(self) -> Iterator[Metric]:
        """Names the metrics without asking the database."""
        yield from _families()

    def collect(self) -> Iterator[Metric]:
        """Reads the numbers of all tenants."""
        number, gap = _families()
        for ports in self._ports:
            state = ports.db.metadata.tables["roster_state"]
            with ports.db.plumbing() as tx:
                rows = tx.all(select(state.c.tenant, state.c.number, state.c.gap_since))
                now = tx.now
            for row in rows:
                labels = [ports.service, row.tenant]
                number.add_metric(labels, row.number)
                gap.add_metric(labels, max((now - row.gap_since).total_seconds(), 0) if row.gap_since else 0)
        yield from (number, gap)


def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
    labels = ["service", "tenant"]
    return GaugeMetricFamily(*_NUMBER, labels=labels), GaugeMetricFamily(*_GAP, labels=labels)
