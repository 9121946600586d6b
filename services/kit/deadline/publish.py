"""A tenant tells the one above it how its limits stand: counts per unit and rule, once a minute while they change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.kit.db.event import Event
from services.kit.db.tenant import tenants
from services.kit.deadline.counts import Count, read
from services.kit.deadline.store import table
from services.kit.policy.rules import LimitRule
from xiaoneng.kit.v1 import deadline_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

EVERY = timedelta(minutes=1)


class CountPublisher:
    """The loop. Several may run: who finds the counts as they were told says nothing."""

    def __init__(self, ports: Ports) -> None:
        self.name = f"{ports.service}-deadline-counts-above"
        self._ports = ports
        self._next: datetime | None = None

    def step(self, now: datetime) -> datetime | None:
        """Tells for every tenant that has one above it, when something has changed since it was told.

        A driven clock is stopped a minute later only where something waits to be told, not every minute for weeks.
        """
        driven = self._ports.clock.driven
        if self._next is not None and now < self._next:
            return self._next if not driven or any(self._of_children(changed)) else None
        list(self._of_children(tell))
        self._next = now + EVERY
        return None if driven else self._next

    def _of_children(self, act: Callable[[Tx], bool]) -> Iterator[bool]:
        for tenant, _ in tenants(self._ports.db):
            with self._ports.db.tenant(tenant) as tx:
                if tx.roster.tenant.parent:
                    yield act(tx)


def changed(tx: Tx) -> bool:
    """Whether there is something that the tenant above does not know."""
    _, digest, known = _standing(tx)
    return digest != known


def tell(tx: Tx) -> bool:
    """Tells the tenant above how things stand, unless it knows; says whether it was told."""
    counts, digest, known = _standing(tx)
    if digest == known:
        return False
    labels = _labels(tx, {count.rule for count in counts})
    shown = [_shown(tx, count, labels.get(count.rule, "")) for count in counts]
    data = deadline_pb2.DeadlinesCounted(tenant_name=tx.roster.tenant.display_name, counts=shown)
    data.count_time.FromDatetime(tx.now)
    tx.upsert(tx.ports.db.metadata.tables["deadline_counts_told"], {"digest": digest, "told_at": tx.now})
    tx.emit(Event(f"{tx.service}.deadline.counted.v1", f"counts/{tx.tenant}", data, receivers=(tx.roster.tenant.parent,)))
    return True


def _standing(tx: Tx) -> tuple[list[Count], str, str]:
    """The counts, their digest, and the digest of those that were told; nothing was told yet: that of no counts."""
    counts = [count for count in read(tx) if count.open or count.breaches]
    told = tx.locked(select(tx.ports.db.metadata.tables["deadline_counts_told"]))
    return counts, _digest(counts), told[0].digest if told else _digest([])


def _digest(counts: list[Count]) -> str:
    return hashlib.sha256(repr(counts).encode()).hexdigest()


def _labels(tx: Tx, rules: Collection[str]) -> dict[str, str]:
    """What the limits are called: by the rules in force; those of earlier versions as they were called when they began."""
    known = {rule.id: rule.label for rule in tx.rules().rules if isinstance(rule, LimitRule) and rule.label}
    deadlines, earlier = table(tx), sorted(set(rules) - set(known))
    if earlier:
        wanted = select(deadlines.c.rule, func.max(deadlines.c.label).label("label")).where(deadlines.c.rule.in_(earlier))
        known |= {row.rule: row.label for row in tx.all(wanted.group_by(deadlines.c.rule))}
    return known


def _shown(tx: Tx, count: Count, label: str) -> deadline_pb2.DeadlineCount:
    unit = tx.roster.unit(count.unit)
    return deadline_pb2.DeadlineCount(
        unit=count.unit,
        unit_name=unit.display_name if unit is not None else "",
        rule=count.rule,
        open=count.open,
        overdue=count.overdue,
        breaches=count.breaches,
        set_aside=count.set_aside,
        label=label,
    )
