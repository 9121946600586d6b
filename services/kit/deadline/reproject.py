"""A calendar is published or changed: the open limits that were reckoned with another one are reckoned anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from services.kit.db.tenant import tenants
from services.kit.deadline import model, store
from services.kit.deadline.acts import reproject_one
from services.kit.deadline.model import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from services.kit.db.tx import Tx
    from services.kit.service import Ports
    from services.kit.worktime import PublishedYear

BATCH = 200
LOOK_AGAIN = timedelta(seconds=5)
_REASON = "工作日历已公布或调整"


@dataclass(frozen=True)
class Reprojected:
    """A limit before and after; the due moment may be the same."""

    before: Deadline
    after: Deadline

    @property
    def moved(self) -> bool:
        """Whether people see a difference."""
        return (self.before.due_at, self.before.provisional, self.before.outcome) != (
            self.after.due_at, self.after.provisional, self.after.outcome,
        )  # fmt: skip


def reproject(tx: Tx, reason: str, limit: int | None = None) -> list[Reprojected]:
    """Reckons the tenant's limits anew that rest on another calendar than their unit's present one.

    Those that run, and those that ended after a provisional due moment. At most `limit` at once; returns those that were reckoned.
    """
    deadlines = store.table(tx)
    open_ones = or_(
        deadlines.c.state.in_((model.OPEN, model.SUSPENDED)),
        and_(deadlines.c.state == model.FINISHED, deadlines.c.outcome.is_(None)),
    )
    known = tx.all(select(deadlines.c.unit, deadlines.c.calendar_version).where(open_ones).distinct())
    calendars = {unit: tx.roster.calendar(unit) for unit in {row.unit for row in known}}
    stale = [row for row in known if row.calendar_version != calendars[row.unit].version]
    done: list[Reprojected] = []
    for row in sorted(stale, key=lambda row: (row.unit, row.calendar_version)):
        same = and_(open_ones, deadlines.c.unit == row.unit, deadlines.c.calendar_version == row.calendar_version)
        left = None if limit is None else limit - len(done)
        found = tx.locked(store.whole(deadlines).where(same).order_by(deadlines.c.id).limit(left))
        for before in map(store.deadline_of, found):
            done.append(Reprojected(before, reproject_one(tx, before, calendars[row.unit], reason)))
        if limit is not None and len(done) >= limit:
            break
    tx.flush()
    return done


class Reprojector:
    """The loop that notices a changed calendar, whether it came from the directory, as a file or with a release.

    `on_moved` is called in the same transaction for what people see differently, so that a service can tell its to-do list.
    """

    def __init__(self, ports: Ports, on_moved: Callable[[Tx, Reprojected], None] | None = None, batch: int = BATCH) -> None:
        self.name = f"{ports.service}-deadline-reprojector"
        self._ports = ports
        self._on_moved = on_moved
        self._batch = batch
        self._seen: dict[str, tuple[int, Sequence[PublishedYear]]] = {}

    def step(self, now: datetime) -> datetime | None:
        """Reckons one batch per tenant whose directory, or the published calendar, changed since the last look."""
        more = False
        for tenant, number in tenants(self._ports.db):
            mark = (number, self._ports.rosters.published)
            if self._seen.get(tenant) == mark:
                continue
            with self._ports.db.tenant(tenant) as tx:
                done = reproject(tx, _REASON, limit=self._batch)
                for entry in done:
                    if entry.moved and self._on_moved:
                        self._on_moved(tx, entry)
            if len(done) == self._batch:
                more = True
            else:
                self._seen[tenant] = mark
        if more:
            return now
        return None if self._ports.clock.driven else now + LOOK_AGAIN
