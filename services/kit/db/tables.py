"""The tables that every service has, and how a table says who may touch it.

`tenant_table`: rows of an office; the application sees those of the tenant of its transaction only (row-level security, forced).
`plumbing_table`: the same, and the plumbing role (relay, watch, sealer) sees all rows to claim what is due.
`shared_table`: rows of the installation, no tenant; only plumbing reads and writes them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.schema import SchemaItem

from services.kit.db.types import Json, instant, one_of, text

SECURITY = "security"


def tenant_table(name: str, metadata: MetaData, *items: SchemaItem, **options: Any) -> Table:
    """A table of an office. Its first column is `tenant`, the first part of its key."""
    return Table(name, metadata, text("tenant", key=True), *items, info={SECURITY: "tenant"}, **options)


def plumbing_table(name: str, metadata: MetaData, *items: SchemaItem, **options: Any) -> Table:
    """A table of an office that workers scan across tenants to find what is due."""
    return Table(name, metadata, text("tenant", key=True), *items, info={SECURITY: "plumbing"}, **options)


def shared_table(name: str, metadata: MetaData, *items: SchemaItem, **options: Any) -> Table:
    """A table of the installation, without tenant; seen by plumbing only."""
    return Table(name, metadata, *items, info={SECURITY: "shared"}, **options)


def install(metadata: MetaData) -> None:
    """Adds the tables of the kit (outbox, inbox, requests, audit) to a service's metadata.

    Rooms with tables of their own (deadline, roster) have an `install` too.
    """
    plumbing_table(
        "outbox",
        metadata,
        text("id", key=True),
        Column("seq", BigInteger, Identity(always=True), nullable=False),
        text("type"),
        text("subject"),
        Column("subject_version", Integer, nullable=False),
        text("visibility"),
        instant("time"),
        text("actor", default=""),
        text("unit", default=""),
        text("clause", default=""),
        text("traceparent", default=""),
        text("schema"),
        Column("data", Json, nullable=False),
        Column("receivers", Json),
        text("state", default="pending"),
        Column("created_at", instant("x").type, nullable=False, server_default=sql("clock_timestamp()")),
        instant("sent_at", null=True),
        one_of("state", "pending", "sent"),
        one_of("visibility", "internal", "tenant", "public"),
        Index("ix_outbox_pending", "seq", postgresql_where=sql("state = 'pending'")),
        Index("ix_outbox_sent_at", "sent_at", postgresql_where=sql("state = 'sent'")),
    )
    tenant_table(
        "subject_versions",
        metadata,
        text("subject", key=True),
        Column("version", Integer, nullable=False),
    )
    plumbing_table(
        "inbox",
        metadata,
        text("event", key=True),
        text("handler", key=True),
        instant("handled_at"),
        Index("ix_inbox_handled_at", "handled_at"),
    )
    plumbing_table(
        "deliveries",
        metadata,
        text("id", key=True),
        text("event"),
        text("consumer"),
        text("source"),
        text("type"),
        Column("seq", BigInteger, nullable=False),
        Column("envelope", Json, nullable=False),
        Column("attempt", Integer, nullable=False, server_default="0"),
        instant("next_at"),
        text("state", default="pending"),
        text("error", default=""),
        UniqueConstraint("tenant", "event", "consumer"),
        one_of("state", "pending", "done", "dead"),
        Index("ix_deliveries_due", "next_at", "seq", postgresql_where=sql("state = 'pending'")),
        Index("ix_deliveries_dead", "consumer", postgresql_where=sql("state = 'dead'")),
    )
    plumbing_table(
        "dead_letters",
        metadata,
        text("event", key=True),
        text("consumer", key=True),
        text("source"),
        text("type"),
        text("subject", default=""),
        text("reason", default=""),
        instant("died_at", null=True),
        instant("wanted_at", null=True),
        Index("ix_dead_letters_wanted_at", "wanted_at", postgresql_where=sql("wanted_at IS NOT NULL")),
    )
    plumbing_table(
        "requests",
        metadata,
        text("person", key=True),
        text("command", key=True),
        text("request_id", key=True),
        text("body_hash"),
        text("reply_type"),
        Column("reply", LargeBinary, nullable=False),
        instant("created_at"),
        Index("ix_requests_created_at", "created_at"),
    )
    plumbing_table(
        "audit",
        metadata,
        text("id", key=True),
        instant("at"),
        text("person"),
        text("on_behalf_of", default=""),
        text("act"),
        text("subject", default=""),
        text("clause", default=""),
        text("pack", default=""),
        Column("version", Integer, nullable=False, server_default="0"),
        text("request_id", default=""),
        Column("details", Json, nullable=False),
        text("content_hmac"),
        Column("position", BigInteger),
        text("chain", null=True),
        UniqueConstraint("tenant", "position"),
        Index("ix_audit_unsealed", "tenant", "id", postgresql_where=sql("position IS NULL")),
        Index("ix_audit_subject", "tenant", "subject", "at"),
    )
    Table(
        "seals",
        metadata,
        text("tenant"),
        Column("position", BigInteger, nullable=False),
        text("head"),
        instant("at"),
        PrimaryKeyConstraint("tenant"),
        info={SECURITY: "plumbing"},
    )


APPEND_ONLY = frozenset({"audit"})
