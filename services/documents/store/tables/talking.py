"""Files, deliberation, permits."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlalchemy import text as sql

from services.documents.domain.attachments import Scan
from services.documents.domain.permits import PermitState
from services.documents.store.tables.base import json, metadata
from services.kit.db import tables
from services.kit.db.types import instant, one_of, text

attachments = tables.tenant_table(
    "attachments",
    metadata,
    text("id", key=True),
    text("document", default=""),
    text("file_name"),
    text("content_type"),
    Column("size", BigInteger, nullable=False),
    text("sha256"),
    text("scan_state"),
    text("uploader"),
    instant("created_at"),
    one_of("scan_state", *Scan),
    Index("ix_attachments_document", "tenant", "document", "created_at"),
    Index("ix_attachments_sha256", "tenant", "sha256"),
    Index("ix_attachments_unscanned", "tenant", "created_at", "id", postgresql_where=sql("scan_state = 'unscanned'")),
)

# Deliberation: seen by the persons of a thread alone.
threads = tables.tenant_table(
    "threads",
    metadata,
    text("id", key=True),
    text("subject"),
    text("document", default=""),
    text("opener"),
    text("opener_unit", default=""),
    json("persons"),
    instant("opened_at"),
)

thread_persons = tables.tenant_table(
    "thread_persons",
    metadata,
    text("person", key=True),
    text("thread", key=True),
    text("document", default=""),
    instant("opened_at"),
    Index("ix_thread_persons_list", "tenant", "person", "opened_at", "thread"),
)

opinions = tables.tenant_table(
    "opinions",
    metadata,
    text("id", key=True),
    text("thread"),
    text("person"),
    text("text"),
    instant("given_at"),
    Index("ix_opinions_thread", "tenant", "thread", "given_at", "id"),
)

# What takes a document out of the hands of its readers needs one of these where the regulation says so.
permits = tables.tenant_table(
    "permits",
    metadata,
    text("id", key=True),
    text("document"),
    text("person"),
    json("acts"),
    text("reason", default=""),
    instant("asked_at"),
    json("roles"),
    text("clause", default=""),
    text("state"),
    text("decider", default=""),
    text("decision", default=""),
    instant("decided_at", null=True),
    instant("expires_at", null=True),
    Column("uses_left", Integer, nullable=False, server_default="0"),
    one_of("state", *PermitState),
    Index("ix_permits_document", "tenant", "document", "asked_at", "id"),
)
