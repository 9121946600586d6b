"""From one office to another."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index

from services.documents.domain.exchange import TransmissionState
from services.documents.store.tables.base import metadata
from services.kit.db import tables
from services.kit.db.types import Json, instant, one_of, text

# What was delivered to other offices; who receives keeps an arrival of the same id.
transmissions = tables.tenant_table(
    "transmissions",
    metadata,
    text("id", key=True),
    text("document"),
    text("receiver"),
    text("receiver_name"),
    text("state"),
    text("sender"),
    instant("sent_at"),
    instant("arrived_at", null=True),
    instant("answered_at", null=True),
    text("reason", default=""),
    Column("citation", Json),
    Column("findings", Json),
    instant("acknowledged_at", null=True),
    one_of("state", *TransmissionState),
    Index("ix_transmissions_newest", "tenant", "sent_at", "id"),
    Index("ix_transmissions_document", "tenant", "document", "receiver"),
)

# What other offices delivered. The document that it becomes has the same id, and so do its files hang on it from the first.
arrivals = tables.tenant_table(
    "arrivals",
    metadata,
    text("id", key=True),
    text("sending_tenant"),
    text("sender"),
    text("sender_number", default=""),
    Column("sender_date", Date),
    text("title"),
    text("body", default=""),
    text("document_type", default=""),
    text("urgency", default="ordinary"),
    text("note", default=""),
    text("state"),
    instant("arrived_at"),
    text("answerer", default=""),
    instant("answered_at", null=True),
    text("reason", default=""),
    one_of("state", *TransmissionState),
    Index("ix_arrivals_newest", "tenant", "state", "arrived_at", "id"),
)
