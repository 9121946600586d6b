"""The tables of this service, and what the kit puts among them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column
from sqlalchemy import text as sql

from services.kit.db import tables
from services.kit.db.types import Json, new_metadata
from services.kit.deadline import store as deadline_store
from services.kit.roster import tables as roster_tables

metadata = new_metadata()
tables.install(metadata)
roster_tables.install(metadata)
deadline_store.install(metadata)


def flag(name: str) -> Column[bool]:
    """A yes or no, no at first."""
    return Column(name, Boolean, nullable=False, server_default=sql("false"))


def json(name: str, default: str = "[]") -> Column[Any]:
    """A value of several parts."""
    return Column(name, Json, nullable=False, server_default=sql(f"'{default}'::jsonb"))
