"""Views of ledgers and their spreadsheets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, UniqueConstraint
from sqlalchemy import text as sql

from services.documents.store.tables.base import json, metadata
from services.kit.db import tables
from services.kit.db.types import instant, one_of, text

ledger_views = tables.tenant_table(
    "ledger_views",
    metadata,
    text("person", key=True),
    text("id", key=True),
    text("display_name"),
    json("wish", "{}"),
    instant("created_at"),
    UniqueConstraint("tenant", "person", "display_name"),
)

# Ledgers that are too long to be waited for: made by the worker, fetched until they expire.
exports = tables.plumbing_table(
    "exports",
    metadata,
    text("id", key=True),
    text("person"),
    json("wish", "{}"),
    text("state"),
    text("file_name", default=""),
    text("sha256", default=""),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    instant("created_at"),
    instant("next_at"),
    instant("finished_at", null=True),
    instant("expires_at", null=True),
    instant("fetched_at", null=True),
    one_of("state", "pending", "done", "failed", "expired"),
    Index("ix_exports_due", "next_at", postgresql_where=sql("state IN ('pending', 'done')")),
    Index("ix_exports_person", "tenant", "person", "id"),
)
