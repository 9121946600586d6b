"""What directory does by itself: periods begin or end at moments that were known ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.directory.commands.gaps import report_gaps, settle
from services.kit.db.tenant import tenants
from services.kit.deadline import Reprojector
from services.kit.identity import system
from services.kit.loop import Loop
from services.kit.roster import copy as roster_copy
from services.kit.schedule import Job, Scheduler

if TYPE_CHECKING:
    from services.kit.service import Ports

JOBS: Mapping[str, Job] = {"directory.report_gaps": report_gaps}


class RegisterWatch:
    """Settles each tenant's registers whenever its directory has changed or a known moment has come."""

    def __init__(self, ports: Ports) -> None:
        self.name = f"{ports.service}-registers"
        self._ports = ports
        self._wakes: dict[str, tuple[int, datetime | None]] = {}
        self._parents: dict[str, str] = {}

    def step(self, now: datetime) -> datetime | None:
        """Settles what is due; returns the next known moment of any tenant."""
        numbers = dict(tenants(self._ports.db))
        for tenant in numbers:
            seen, wake = self._wakes.get(tenant, (-1, None))
            if seen != self._number(tenant, numbers) or (wake is not None and wake <= now):
                wake = self._settle(tenant, now)
                self._wakes[tenant] = (self._number(tenant, numbers), wake)
        self._wakes = {tenant: known for tenant, known in self._wakes.items() if tenant in numbers}  # one that is gone wakes nobody
        return min((wake for _, wake in self._wakes.values() if wake is not None), default=None)

    def _number(self, tenant: str, numbers: Mapping[str, int]) -> int:
        """How far the directories of a tenant and of those above it have come: what binds below is decided above."""
        above, total = tenant, 0
        while above in numbers:
            total += numbers[above]
            above = self._parents.get(above, "")
        return total

    def _settle(self, tenant: str, now: datetime) -> datetime | None:
        with self._ports.db.tenant(tenant, system("directory", tenant)) as tx:
            roster_copy.lock(tx)
            following = settle(tx)
            self._parents[tenant] = tx.roster.tenant.parent
            return min((moment for moment in (following, tx.roster.next_change(now)) if moment is not None), default=None)


def loops(ports: Ports) -> Sequence[Loop]:
    """The loops that directory adds to the kit's own."""
    return [RegisterWatch(ports), Scheduler(ports, JOBS), Reprojector(ports)]
