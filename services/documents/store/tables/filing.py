"""What the archive has, and what is destroyed."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer

from services.documents.store.tables.base import json, metadata
from services.kit.db import tables
from services.kit.db.types import instant, one_of, text

archive_receipts = tables.tenant_table(
    "archive_receipts",
    metadata,
    text("id", key=True),
    Column("year", Integer, nullable=False),
    text("receipt_number"),
    Column("received_on", Date, nullable=False),
    text("package_sha256"),
    Column("document_count", Integer, nullable=False),
    text("person"),
    instant("recorded_at"),
)

# Lists of what is to be destroyed or was; they stay when the documents are gone.
destructions = tables.tenant_table(
    "destructions",
    metadata,
    text("id", key=True),
    text("state"),
    json("entries"),
    text("reason"),
    text("proposer"),
    instant("proposed_at"),
    text("decider", default=""),
    text("decision", default=""),
    instant("decided_at", null=True),
    one_of("state", "proposed", "done", "rejected"),
)
