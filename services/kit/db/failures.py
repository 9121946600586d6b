"""What can go wrong with a piece of work among many, and whether it is worth another attempt at once."""

from __future__ import annotations

import psycopg2
from sqlalchemy.exc import DBAPIError

from services.kit.errors import Busy, Refusal, Stale

UNEXPECTED = (psycopg2.Error, DBAPIError, Refusal, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What the work on one row may raise because of that row: what its table refuses, or what it holds and this release cannot read."""


def transient(error: BaseException) -> bool:
    """Whether an error has to do with the moment and not with the row: the database is away, two transactions met, somebody was faster."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, (Busy, Stale)):
        return True
    return isinstance(cause, (psycopg2.OperationalError, psycopg2.InterfaceError))
