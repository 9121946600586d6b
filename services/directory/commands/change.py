"""How directory changes its masters: rows, the tenant's next number and the event for the copies, together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.roster import Roster
from services.kit.roster import copy as roster_copy
from services.kit.roster.model import Row
from services.kit.roster.rows import keys_to_proto, to_proto
from services.kit.roster.tables import KIND_OF, values
from xiaoneng.kit.v1 import roster_pb2

# Rows in one event: a whole organisation that is imported goes out in several numbers.
_MOST_ROWS = 500


class Change:
    """Collects what changes. One change of a tenant at a time: the next one waits until this transaction ends."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._number = roster_copy.lock(tx)
        tx.renew_roster(self._number)
        self.roster: Roster = tx.roster
        self._rows: list[Row] = []
        self._removed: list[Row] = []

    def put(self, *rows: Row) -> None:
        """Rows as they are to be: new ones or in place of those with the same key."""
        self._rows.extend(rows)

    def remove(self, *rows: Row) -> None:
        """Rows that are to be gone."""
        self._removed.extend(rows)

    def publish(self) -> None:
        """Writes the rows and tells the copies, in steps of a bearable size. Nothing happens without rows."""
        if not self._rows and not self._removed:
            return
        for row in self._removed:
            kind = KIND_OF[type(row)]
            columns = values(row)
            self._tx.delete(self._tx.ports.db.metadata.tables[kind.table], {name: columns[name] for name in kind.key})
        self._tx.flush()
        for row in self._rows:
            roster_copy.write(self._tx, row)
        for first in range(0, max(len(self._rows), 1), _MOST_ROWS):
            self._number += 1
            self._emit(self._rows[first : first + _MOST_ROWS], self._removed if first == 0 else [])
        self._tx.flush()
        roster_copy.set_number(self._tx, self._number)

    def _emit(self, rows: list[Row], removed: list[Row]) -> None:
        data = roster_pb2.RosterChanged(number=self._number, rows=to_proto(rows), removed=keys_to_proto(removed))
        self._tx.emit(Event(type=roster_copy.CHANGED, subject=f"rosters/{self._tx.tenant}", data=data))


@contextmanager
def changing(tx: Tx) -> Iterator[Change]:
    """A change of the transaction's tenant; published at the end of the block."""
    change = Change(tx)
    yield change
    change.publish()
