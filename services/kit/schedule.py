"""Recurring duties: what a pack's schedules say has to happen, at the planned moments, once.

A service names its jobs; for each schedule of a tenant's packs with such a job the scheduler keeps a cursor, the last planned moment that
was done. The job runs in the transaction that moves the cursor, under the cursor's lock: however many workers run or die, a planned
moment happens once. Moments that passed while nothing ran are handed over together with the newest of them, as one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table, select
from sqlalchemy.dialects.postgresql import insert

from services.kit.db.tables import tenant_table
from services.kit.db.tenant import tenants
from services.kit.db.types import instant, text
from services.kit.policy.model import Schedule
from services.kit.worktime.schedule import Occurrence, next_occurrence, occurrences
from services.kit.worktime.schedule import Schedule as Times

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

_LOOK_AGAIN = timedelta(days=1)
"""Packs that begin to count between two occurrences are found at least this soon."""


@dataclass(frozen=True)
class Run:
    """One planned moment of a schedule, with the earlier ones that were missed and that it stands for."""

    schedule: Schedule
    occurrence: Occurrence
    missed: tuple[Occurrence, ...] = ()

    @property
    def planned_at(self) -> datetime:
        """The moment for which it was planned."""
        return self.occurrence.at

    @property
    def key(self) -> str:
        """What makes the run one of its kind inside a tenant: the rule and the planned moment."""
        return f"{self.schedule.citation.pack}:{self.schedule.rule}:{self.planned_at.isoformat()}"


Job = Callable[["Tx", Run], None]


def install(metadata: MetaData) -> Table:
    """Adds the cursors of the schedules to a service's tables."""
    return tenant_table(
        "schedule_cursors",
        metadata,
        text("rule", key=True),
        instant("done_until"),
    )


class Scheduler:
    """The loop that runs a service's jobs when the tenants' packs say so."""

    def __init__(self, ports: Ports, jobs: Mapping[str, Job]) -> None:
        self.name = f"{ports.service}-scheduler"
        self._ports = ports
        self._jobs = dict(jobs)
        self._table = ports.db.metadata.tables["schedule_cursors"]
        self._wakes: dict[str, tuple[int, datetime]] = {}

    def step(self, now: datetime) -> datetime | None:
        """Runs what is due in every tenant; returns the next planned moment, `now` after work."""
        wakes: list[datetime] = []
        worked = False
        for tenant, number in tenants(self._ports.db):
            seen, wake = self._wakes.get(tenant, (-1, now))
            if seen != number or wake <= now:
                ran, wake = self._run_tenant(tenant, now)
                self._wakes[tenant] = (number, wake)
                worked = worked or ran
            wakes.append(wake)
        return now if worked else min(wakes, default=None)

    def _run_tenant(self, tenant: str, now: datetime) -> tuple[bool, datetime]:
        with self._ports.db.tenant(tenant) as tx:
            worked, wake = False, now + _LOOK_AGAIN
            for schedule in tx.rules(at=now).schedules():
                if schedule.job in self._jobs:
                    ran, following = self._run_schedule(tx, schedule, now)
                    worked, wake = worked or ran, min(wake, following) if following else wake
            return worked, wake

    def _run_schedule(self, tx: Tx, schedule: Schedule, now: datetime) -> tuple[bool, datetime | None]:
        times, calendar = Times.parse(schedule.spec), tx.roster.calendar()
        done_until = self._cursor(tx, schedule, now)
        due = occurrences(times, done_until, now, calendar)
        if due:
            self._jobs[schedule.job](tx, Run(schedule, due[-1], tuple(due[:-1])))
            tx.update(self._table, {"rule": self._rule(schedule)}, {"done_until": due[-1].at})
        following = next_occurrence(times, max(now, done_until), calendar)
        return bool(due), following.at if following else None

    def _cursor(self, tx: Tx, schedule: Schedule, now: datetime) -> datetime:
        """The moment up to which everything was done. A schedule that is new here begins now: nothing is made up for the time before it."""
        rule = self._rule(schedule)
        tx.execute(insert(self._table).values(tenant=tx.tenant, rule=rule, done_until=now).on_conflict_do_nothing())
        (row,) = tx.locked(select(self._table).where(self._table.c.rule == rule))
        done_until: datetime = row.done_until
        return done_until

    @staticmethod
    def _rule(schedule: Schedule) -> str:
        return f"{schedule.citation.pack}:{schedule.rule}"
