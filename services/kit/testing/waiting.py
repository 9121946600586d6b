"""Waiting in tests: on a condition, with a limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import text

if TYPE_CHECKING:
    from services.kit.db.engine import Database

T = TypeVar("T")
LIMIT = 30.0


def until(what: str, holds: Callable[[], T], limit: float = LIMIT) -> T:
    """Waits until a condition holds and gives what it gave; fails with `what` after `limit` seconds."""
    end, pause = monotonic() + limit, threading.Event()
    while not (found := holds()):
        if monotonic() >= end:
            raise AssertionError(f"not within {limit} s: {what}")
        pause.wait(0.02)
    return found


def waiting_for_locks(db: Database) -> int:
    """How many transactions of this database wait for a lock that another one holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with db.engine.connect() as connection:
        return int(connection.execute(text(waiting)).scalar() or 0)
