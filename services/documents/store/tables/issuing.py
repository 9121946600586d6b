"""What has to be issued, and under which numbers."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, UniqueConstraint
from sqlalchemy import text as sql

from services.documents.domain.issuing import IssueState, Origin
from services.documents.store.tables.base import json, metadata
from services.kit.db import tables
from services.kit.db.types import instant, one_of, text

# 发文清单: what has to be issued.
issue_entries = tables.tenant_table(
    "issue_entries",
    metadata,
    text("id", key=True),
    text("title"),
    text("origin"),
    text("lead_unit", default=""),
    instant("created_at"),
    text("creator"),
    text("superior_document", default=""),
    text("superior_number", default=""),
    instant("stated_due_at", null=True),
    json("marks"),
    text("meeting_kind", default=""),
    text("meeting", default=""),
    instant("meeting_ended_at", null=True),
    text("matter", default=""),
    text("evidence", default=""),
    text("state"),
    text("draft", default=""),
    text("document_number", default=""),
    instant("received_at", null=True),
    instant("draft_due_at", null=True),
    instant("delivered_at", null=True),
    instant("issued_at", null=True),
    instant("closed_at", null=True),
    text("closed_by", default=""),
    Column("press_count", Integer, nullable=False, server_default="0"),
    instant("pressed_at", null=True),
    text("clause", default=""),
    json("pins", "{}"),
    one_of("origin", *Origin),
    one_of("state", *IssueState),
    Index("ix_issue_entries_due", "tenant", "draft_due_at", "id"),
    Index("ix_issue_entries_superior", "tenant", "superior_document", postgresql_where=sql("superior_document <> ''")),
    Index("uq_issue_entries_matter", "tenant", "matter", unique=True, postgresql_where=sql("matter <> ''")),
)

# One row per series and year: locked while a number is taken.
number_series = tables.tenant_table(
    "number_series",
    metadata,
    text("series", key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

numbers = tables.tenant_table(
    "numbers",
    metadata,
    text("series", key=True),
    Column("year", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    text("number"),
    text("state"),
    text("document", default=""),
    text("person"),
    text("reason", default=""),
    instant("changed_at"),
    one_of("state", "issued", "reserved", "void", "imported"),
    UniqueConstraint("tenant", "number"),
)
