"""Matters of a service window."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index

from services.documents.store.tables.base import metadata
from services.kit.db import tables
from services.kit.db.types import Json, instant, one_of, text

# What people ask of the office at its windows. `involved` says who may see it: `person:…`, `unit:…`.
service_matters = tables.tenant_table(
    "service_matters",
    metadata,
    text("id", key=True),
    text("title"),
    text("visitor", default=""),
    text("contact", default=""),
    text("item", default=""),
    text("duty"),
    text("first_asked"),
    text("handler"),
    text("handed_to", default=""),
    text("unit", default=""),
    text("department_named", default=""),
    text("state"),
    Column("notice", Json, nullable=False),
    Column("missing_papers", Json, nullable=False),
    Column("parts", Json, nullable=False),
    Column("serial", Boolean, nullable=False),
    text("reason", default=""),
    text("basis", default=""),
    text("result", default=""),
    Column("findings", Json, nullable=False),
    Column("involved", Json, nullable=False),
    Column("pins", Json, nullable=False),
    instant("created_at"),
    instant("due_at", null=True),
    instant("accepted_at", null=True),
    instant("ended_at", null=True),
    one_of("duty", "own", "own_organ", "other_organ"),
    one_of("state", "open", "handed_over", "accepted", "accepted_incomplete", "done", "refused", "closed"),
    Index("ix_service_matters_unit_due_at", "tenant", "unit", "due_at"),
    Index("ix_service_matters_handler", "tenant", "handler"),
)
