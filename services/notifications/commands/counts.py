"""What a tenant knows of those below it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from services.notifications import queries, store

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from xiaoneng.kit.v1 import deadline_pb2


def keep_counts(tx: Tx, child: str, service: str, data: deadline_pb2.DeadlinesCounted) -> None:
    """Replaces the counts of a tenant below by newer ones."""
    counted_at = data.count_time.ToDatetime(UTC)
    known = queries.counted_at(tx, child, service)
    if known is not None and known >= counted_at:
        return
    tx.delete(store.child_counts, {"child": child, "service": service})
    tx.flush()
    for count in data.counts:
        row = {"child": child, "service": service, "unit": count.unit, "rule": count.rule, "child_name": data.tenant_name}
        numbers = {"open": count.open, "overdue": count.overdue, "breaches": count.breaches, "set_aside": count.set_aside}
        tx.insert(store.child_counts, {**row, **numbers, "unit_name": count.unit_name, "label": count.label, "counted_at": counted_at})
