"""The rosters that a process has in memory: one per tenant, renewed when the directory's number has moved on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Table, select

from services.kit.roster.model import Row
from services.kit.roster.rows import from_columns
from services.kit.roster.snapshot import Roster
from services.kit.roster.tables import KINDS
from services.kit.worktime import Calendar, PublishedYear

if TYPE_CHECKING:
    from services.kit.db.engine import Database
    from services.kit.db.tx import Tx

FRESH_SECONDS = 1.0


class RosterCache:
    """Threads share it. `published` gives the holiday arrangements that came after the calendar library's release."""

    def __init__(
        self, published: Sequence[PublishedYear] | Callable[[], Sequence[PublishedYear]] = (), fresh_seconds: float = FRESH_SECONDS
    ) -> None:
        self._source = published
        self._fresh = fresh_seconds
        self._rosters: dict[tuple[str, str], tuple[Roster, float]] = {}
        self._loading = threading.Lock()

    @property
    def published(self) -> Sequence[PublishedYear]:
        """The arrangements as they are now."""
        return self._source() if callable(self._source) else self._source

    @property
    def known_until(self) -> int:
        """The last year whose holidays are published without a gap before it."""
        return Calendar(self.published).known_until

    def get(self, tx: Tx) -> Roster:
        """The roster of the transaction's tenant, at the number that its first statement brought along, or newer."""
        key, number = (tx.service, tx.tenant), tx.prelude.roster_number
        if tx.roster_written:  # not committed yet, so not for others
            return Roster(tx.tenant, number, load(tx), self.published)
        published = self.published
        held = self._rosters.get(key)
        if held is not None and held[0].number > number:  # the transaction began before the last change
            return Roster(tx.tenant, number, load(tx), published)
        if held is None or not _holds(held[0], number, published):
            with self._loading:
                held = self._rosters.get(key)
                if held is None or not _holds(held[0], number, published):
                    held = (Roster(tx.tenant, number, load(tx), published), monotonic())
        self._rosters[key] = (held[0], monotonic())
        return held[0]

    def recent(self, db: Database, tenant: str) -> Roster:
        """The roster of a tenant outside a transaction, at most a second behind; under a driven clock never behind."""
        held = self._rosters.get((db.service, tenant))
        if held is not None and not db.clock.driven and monotonic() - held[1] < self._fresh:
            return held[0]
        with db.tenant(tenant) as tx:
            return self.get(tx)


def _holds(roster: Roster, number: int, published: Sequence[PublishedYear]) -> bool:
    return roster.number == number and roster.published == published


def load(tx: Tx) -> Iterable[Row]:
    """Reads all rows of the transaction's tenant, by kind and key."""
    tables = tx.ports.db.metadata.tables
    return [from_columns(kind, row) for kind in KINDS for row in tx.all(_all_rows(tables[kind.table], tx.tenant))]


def _all_rows(table: Table, tenant: str) -> Select[Any]:
    return select(table).where(table.c.tenant == tenant).order_by(*table.primary_key)
