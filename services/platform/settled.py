"""Waiting until nothing is under way: every event handed over, every delivery handled."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sqlalchemy import func, select

from services.kit.service import Ports

_LONGEST_SECONDS = 60.0
_PAUSE_SECONDS = 0.02


class NotSettled(RuntimeError):
    """Events are still under way after a minute."""


def settled(ports: Iterable[Ports]) -> None:
    """Returns when no service has an event that waits. Raises NotSettled after a minute."""
    services = list(ports)
    end = time.monotonic() + _LONGEST_SECONDS
    while any(waiting(each) for each in services):
        if time.monotonic() > end:
            raise NotSettled({each.service: waiting(each) for each in services})
        time.sleep(_PAUSE_SECONDS)


def waiting(ports: Ports) -> int:
    """How many events of a service wait to be handed over or handled."""
    tables = ports.db.metadata.tables
    outbox, deliveries = tables["outbox"], tables["deliveries"]
    with ports.db.plumbing() as tx:
        pending = tx.scalar(select(func.count()).select_from(outbox).where(outbox.c.state == "pending"))
        unhandled = tx.scalar(select(func.count()).select_from(deliveries).where(deliveries.c.state == "pending"))
    return int(pending or 0) + int(unhandled or 0)
