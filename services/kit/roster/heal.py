"""A copy of the directory that misses a change asks for it, until it has it.

It asks by an event, because workers never call gRPC: directory sends the changes again that lie between, or all rows where these are no
longer kept or have not helped. What arrives a little late is waited for first; each further question comes later than the one before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Row, func, select

from services.kit.db.event import Event
from xiaoneng.kit.v1 import roster_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

log = structlog.get_logger(__name__)

ASKED = Counter("xiaoneng_roster_asked_total", "Questions of a copy of the directory for changes that have not reached it.", ["service"])

WAITS = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""From the gap to the first question, and from each question to the next; the last one for all that follow."""
ONE_BY_ONE = 2
"""So many questions ask for the missing changes; the following ones for everything."""


class GapHealer:
    """The loop of a service that keeps a copy."""

    def __init__(self, ports: Ports) -> None:
        self.name = f"{ports.service}-roster-gaps"
        self._ports = ports

    def step(self, now: datetime) -> datetime | None:
        """Asks for every tenant whose copy has waited long enough; returns when the next one has."""
        state = self._ports.db.metadata.tables["roster_state"]
        following: list[datetime] = []
        with self._ports.db.plumbing() as tx:
            gaps = tx.all(select(state).where(state.c.gap_since.is_not(None)).order_by(state.c.tenant).with_for_update(skip_locked=True))
            for gap in gaps:
                wake = _wake(gap)
                if wake <= now:
                    tx.enter(gap.tenant)
                    self._ask(tx, gap, now)
                    wake = now + WAITS[min(gap.asks + 1, len(WAITS) - 1)]
                following.append(wake)
        return min(following, default=None)

    def _ask(self, tx: Tx, gap: Row[Any], now: datetime) -> None:
        pending = self._ports.db.metadata.tables["roster_pending"]
        before = int(tx.scalar(select(func.min(pending.c.number)).where(pending.c.tenant == gap.tenant)) or 0)
        data = roster_pb2.RosterMissed(after=gap.number, before=before, whole=gap.asks >= ONE_BY_ONE)
        tx.emit(Event(f"{tx.service}.roster.missed.v1", f"rosters/{gap.tenant}", data))
        tx.update(self._ports.db.metadata.tables["roster_state"], {"tenant": gap.tenant}, {"asks": gap.asks + 1, "asked_at": now})
        tx.after_commit(ASKED.labels(tx.service).inc)
        log.warning("roster_gap", service=tx.service, tenant=gap.tenant, after=gap.number, before=before, asks=gap.asks + 1)


def _wake(gap: Row[Any]) -> datetime:
    since: datetime = gap.asked_at or gap.gap_since
    return since + WAITS[min(gap.asks, len(WAITS) - 1)]
