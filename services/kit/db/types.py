"""Column types and naming conventions that all tables share."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB

Instant = DateTime(timezone=True)
Json = JSONB(none_as_null=True)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """Returns an empty MetaData with the naming convention of the house."""
    return MetaData(naming_convention=NAMING)


def one_of(column: str, *states: str) -> CheckConstraint:
    """A CHECK that `column` holds one of `states`.

    Text with CHECK instead of ENUM: comparing enums is not leakproof, so no index serves them under row-level security.
    """
    listed = ", ".join(f"'{state}'" for state in states)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def text(name: str, *, null: bool = False, key: bool = False, default: str | None = None) -> Column[str]:
    """A text column; ids, slugs, names and states are all text."""
    return Column(name, Text, nullable=null, primary_key=key, server_default=default)


def instant(name: str, *, null: bool = False) -> Column[object]:
    """An instant, stored in UTC."""
    return Column(name, Instant, nullable=null)
