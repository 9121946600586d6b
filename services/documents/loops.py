"""What documents does by itself: sweeping files that nothing holds, and following limits that a changed calendar moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.documents.commands import attach, effects
from services.documents.commands.case import load
from services.documents.settings import DocumentsSettings
from services.kit.db import tenant as tenants
from services.kit.deadline import Reprojected, Reprojector
from services.kit.identity import system

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.loop import Loop
    from services.kit.service import Ports


class Sweeper:
    """Removes uploads that no document has held for a day, and their bytes."""

    def __init__(self, ports: Ports, every: timedelta) -> None:
        self.name = "documents-sweeper"
        self._ports = ports
        self._every = every
        self._next: datetime | None = None

    def step(self, now: datetime) -> datetime | None:
        """Sweeps every tenant; returns when to do so again. On a driven clock whenever it is called and the time has passed."""
        if self._next is not None and now < self._next:
            return None if self._ports.clock.driven else self._next
        for tenant, _ in tenants.tenants(self._ports.db):
            with self._ports.db.tenant(tenant, system("documents", tenant)) as tx:
                unheld = attach.sweep(tx)
            for sha256 in unheld:
                self._ports.blobs.delete(tenant, sha256)
        self._next = now + self._every
        return None if self._ports.clock.driven else self._next


def follow(tx: Tx, moved: Reprojected) -> None:
    """A step whose limit has moved is sorted by its new due moment."""
    deadline = moved.after
    parts = deadline.subject.split("/")
    if not moved.moved or len(parts) != 4 or parts[2] != "steps":
        return
    case = load(tx, parts[1])
    step = case.step(parts[3])
    if step.active and deadline.due_at is not None:
        case.due[step.id] = deadline.due_at
        effects.relist(case, step)
        effects.save_step(case, step)


def loops(ports: Ports) -> Sequence[Loop]:
    """Beside the loops of the kit."""
    every = timedelta(seconds=DocumentsSettings().sweep_seconds)
    return [Sweeper(ports, every), Reprojector(ports, follow)]
