"""How often a process waits for its database: every string that the driver sends is a round trip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2.extensions
from sqlalchemy import event

if TYPE_CHECKING:
    from services.kit.db.engine import Database


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The strings that are sent to the database within the block, in their order; whichever thread sends them."""
    sent: list[str] = []

    class Listening(psycopg2.extensions.cursor):
        def execute(self, query: Any, vars: Any = None) -> None:
            sent.append(query.decode() if isinstance(query, bytes) else str(query))
            super().execute(query, vars)

    def lent(connection: Any, *_: Any) -> None:
        connection.cursor_factory = Listening

    def given_back(connection: Any, *_: Any) -> None:
        if connection is not None:
            connection.cursor_factory = psycopg2.extensions.cursor

    event.listen(db.engine, "checkout", lent)
    event.listen(db.engine, "checkin", given_back)
    try:
        yield sent
    finally:
        event.remove(db.engine, "checkout", lent)
        event.remove(db.engine, "checkin", given_back)
