"""A part of a transaction that can fail alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


class Savepoint:
    """See `Tx.savepoint`. An exception inside rolls back to its beginning and goes on outward."""

    def __init__(self, tx: Tx, name: str) -> None:
        if not name.isidentifier():
            raise ValueError(name)
        self._tx = tx
        self._name = name
        self._afterwards = 0

    def __enter__(self) -> Savepoint:
        self._tx.flush()
        self._afterwards = len(self._tx._afterwards)
        self._say(f"SAVEPOINT {self._name}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            try:
                self._tx.flush()
            except BaseException:
                self._undo()
                raise
            self._say(f"RELEASE SAVEPOINT {self._name}")
            return
        self._undo()

    def _undo(self) -> None:
        self._tx._writes.clear()
        del self._tx._afterwards[self._afterwards :]
        if self._tx._open:
            self._say(f"ROLLBACK TO SAVEPOINT {self._name}; RELEASE SAVEPOINT {self._name}")

    def _say(self, statement: str) -> None:
        self._tx.say(statement)
