"""What directory does by itself: periods begin or end at moments that were known ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.directory.commands.administrators import Offer, offer
from services.directory.commands.gaps import report_gaps, settle
from services.directory.permissions import of_administrators
from services.kit.db.tenant import tenants
from services.kit.deadline import Reprojector
from services.kit.identity import system
from services.kit.loop import Loop
from services.kit.outbox import resend_numbers
from services.kit.policy.published import catalogue
from services.kit.roster import copy as roster_copy
from services.kit.schedule import Job, Scheduler

if TYPE_CHECKING:
    from services.kit.service import Ports

JOBS: Mapping[str, Job] = {"directory.report_gaps": report_gaps}
QUIET = timedelta(minutes=5)
"""So long after a change nothing else has changed: it is sent once more."""
LOOKS = timedelta(minutes=1)


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


class Offers:
    """Gives each tenant's administrators what a release adds to their permissions, once, when its first worker starts."""

    def __init__(self, ports: Ports, permissions: Iterable[str]) -> None:
        self.name = f"{ports.service}-offers"
        self._ports = ports
        self._permissions = frozenset(permissions)
        self._seen: dict[str, int] = {}
        self._settled: set[str] = set()

    def step(self, now: datetime) -> datetime | None:
        """Looks at each tenant until there is nothing left to give; where nobody can take it, again after each change of the directory."""
        given = False
        for tenant, number in tenants(self._ports.db):
            if tenant in self._settled or self._seen.get(tenant) == number:
                continue
            with self._ports.db.tenant(tenant, system("directory", tenant)) as tx:
                outcome = offer(tx, self._permissions)
            self._seen[tenant] = number
            self._settled |= set() if outcome is Offer.NOBODY else {tenant}
            given = given or outcome is Offer.GIVEN
        return now if given else None  # the relay has something to do


class LastChange:
    """Sends the last change of each tenant's directory once more when it has been quiet for a while.

    A copy notices that it misses a change by the next one; the last one has no next. Who has it ignores it. A worker that has just
    started does not know what its predecessor has done, and sends the last one of every tenant.
    """

    def __init__(self, ports: Ports) -> None:
        self.name = f"{ports.service}-last-change"
        self._ports = ports
        self._seen: dict[str, tuple[int, datetime | None]] = {}

    def step(self, now: datetime) -> datetime | None:
        """Sends what is due; returns when the next one is, or when to look again for changes."""
        numbers = dict(tenants(self._ports.db))
        self._seen = {tenant: known for tenant, known in self._seen.items() if tenant in numbers}
        due = [tenant for tenant, (seen, at) in self._seen.items() if seen == numbers[tenant] and at is not None and at <= now]
        for tenant in due:
            self._send(tenant, numbers[tenant])
            self._seen[tenant] = (numbers[tenant], None)
        for tenant, number in numbers.items():
            if self._seen.get(tenant, (0, None))[0] != number:
                self._seen[tenant] = (number, now + QUIET)
        if due:
            return now  # the relay has something to do
        following = [at for _, at in self._seen.values() if at is not None]
        return min(following if self._ports.clock.driven else [*following, now + LOOKS], default=None)

    def _send(self, tenant: str, number: int) -> None:
        with self._ports.db.tenant(tenant, system("directory", tenant)) as tx:
            resend_numbers(tx, roster_copy.CHANGED, f"rosters/{tenant}", range(number, number + 1))


def loops(ports: Ports) -> Sequence[Loop]:
    """The loops that directory adds to the kit's own."""
    again = [] if ports.clock.driven else [LastChange(ports)]  # on a driven clock nothing is lost, and each event is counted once
    offers = Offers(ports, of_administrators(catalogue().permissions))
    return [RegisterWatch(ports), offers, *again, Scheduler(ports, JOBS), Reprojector(ports)]
