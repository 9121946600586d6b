"""What directory does by itself: periods begin or end at moments that were known ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.directory.commands.registers import report_gaps, settle
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

    def step(self, now: datetime) -> datetime | None:
        """Settles what is due; returns the next known moment of any tenant."""
        for tenant, number in tenants(self._ports.db):
            seen, wake = self._wakes.get(tenant, (-1, None))
            if seen != number or (wake is not None and wake <= now):
                self._wakes[tenant] = (number, self._settle(tenant, now))
        return min((wake for _, wake in self._wakes.values() if wake is not None), default=None)

    def _settle(self, tenant: str, now: datetime) -> datetime | None:
        with self._ports.db.tenant(tenant, system("directory", tenant)) as tx:
            roster_copy.lock(tx)
            settle(tx)
            return tx.roster.next_change(now)


def loops(ports: Ports) -> Sequence[Loop]:
    """The loops that directory adds to the kit's own."""
    return [RegisterWatch(ports), Scheduler(ports, JOBS), Reprojector(ports)]
