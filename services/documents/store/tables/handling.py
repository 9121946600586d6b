"""What is recorded about a document on its way."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index
from sqlalchemy import text as sql

from services.documents.domain.handling import ExtensionState
from services.documents.store.tables.base import flag, json, metadata
from services.kit.db import tables
from services.kit.db.types import instant, one_of, text

dispatches = tables.tenant_table(
    "dispatches",
    metadata,
    text("id", key=True),
    text("document"),
    text("unit"),
    json("units"),
    text("text"),
    text("person"),
    instant("recorded_at"),
    Index("ix_dispatches_document", "tenant", "document"),
)

materials = tables.tenant_table(
    "materials",
    metadata,
    text("id", key=True),
    text("document"),
    text("requesting_unit"),
    text("unit"),
    text("text"),
    text("requester"),
    instant("requested_at"),
    instant("due_at", null=True),
    text("answer", default=""),
    text("supplier", default=""),
    instant("supplied_at", null=True),
    Index("ix_materials_document", "tenant", "document"),
)

records = tables.tenant_table(
    "records",
    metadata,
    text("id", key=True),
    text("document"),
    text("kind"),
    text("unit", default=""),
    json("persons"),
    text("text", default=""),
    json("fields", "{}"),
    json("attachments"),
    text("recorder"),
    instant("recorded_at"),
    text("withdrawn_by", default=""),
    text("withdraw_reason", default=""),
    instant("withdrawn_at", null=True),
    Index("ix_records_document", "tenant", "document", "recorded_at", "id"),
)

reports = tables.tenant_table(
    "reports",
    metadata,
    text("id", key=True),
    text("document"),
    text("unit"),
    text("text"),
    text("person"),
    instant("reported_at"),
    Index("ix_reports_document", "tenant", "document"),
)

feedbacks = tables.tenant_table(
    "feedbacks",
    metadata,
    text("id", key=True),
    text("document"),
    text("step"),
    text("unit"),
    flag("lead"),
    text("result_text", default=""),
    text("measures", default=""),
    text("dispatch_text", default=""),
    json("evidence"),
    flag("completed"),
    text("person"),
    instant("submitted_at"),
    Column("margin_seconds", BigInteger, nullable=False, server_default="0"),
    Index("ix_feedbacks_document", "tenant", "document"),
)

extensions = tables.tenant_table(
    "extensions",
    metadata,
    text("id", key=True),
    text("document"),
    text("step"),
    text("unit"),
    text("deadline"),
    instant("old_due_at"),
    instant("new_due_at"),
    text("reason", default=""),
    text("requester"),
    instant("requested_at"),
    text("consenting_unit", default=""),
    json("roles"),
    text("clause", default=""),
    text("state"),
    text("decider", default=""),
    text("decision", default=""),
    instant("decided_at", null=True),
    one_of("state", *ExtensionState),
    Index("ix_extensions_document", "tenant", "document"),
    Index("ix_extensions_pending", "tenant", "requested_at", "id", postgresql_where=sql("state = 'pending'")),
)
