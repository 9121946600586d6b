"""The tables of the roster: the masters in `directory`, a copy in every other service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, MetaData, PrimaryKeyConstraint, Table

from services.kit.db.tables import SECURITY, tenant_table
from services.kit.db.types import Json, instant, one_of, text
from services.kit.roster.model import (
    CalendarDay,
    Delegation,
    Grant,
    Member,
    PackVersion,
    Portfolio,
    Post,
    RosterEntry,
    Row,
    Tenant,
    Unit,
)


@dataclass(frozen=True)
class Kind:
    """One kind of row: its table, its class, its key without the tenant, and its field in `RosterRows`."""

    table: str
    row: type[Row]
    key: tuple[str, ...]
    field: str


KINDS = (
    Kind("roster_tenants", Tenant, (), "tenants"),
    Kind("roster_units", Unit, ("id",), "units"),
    Kind("roster_memberships", Member, ("person",), "memberships"),
    Kind("roster_posts", Post, ("id",), "posts"),
    Kind("roster_portfolios", Portfolio, ("id",), "portfolios"),
    Kind("roster_delegations", Delegation, ("id",), "delegations"),
    Kind("roster_grants", Grant, ("role", "permission"), "grants"),
    Kind("roster_calendar_days", CalendarDay, ("unit", "day"), "calendar_days"),
    Kind("roster_packs", PackVersion, ("pack", "version"), "packs"),
    Kind("roster_entries", RosterEntry, ("id",), "entries"),
)
KIND_OF: Mapping[type, Kind] = {kind.row: kind for kind in KINDS}


def install(metadata: MetaData) -> None:
    """Adds the roster's tables to a service's metadata."""
    # roster_tenants and roster_state have the tenant alone as their key.
    _one_per_tenant(
        "roster_tenants",
        metadata,
        text("display_name"),
        text("kind", default=""),
        text("parent", default=""),
        text("time_zone", default="Asia/Shanghai"),
        text("office_hours", default="08:30-12:00,14:30-18:00"),
        security="plumbing",
    )
    tenant_table(
        "roster_units",
        metadata,
        text("id", key=True),
        text("display_name"),
        text("kind"),
        text("parent", default=""),
        _list("aliases"),
        _position(),
        *_period(),
    )
    tenant_table(
        "roster_memberships",
        metadata,
        text("person", key=True),
        text("display_name"),
        text("kind", default="person"),
        text("unit", default=""),
        text("rank", default=""),
        text("email", default=""),
        text("mobile", default=""),
        _list("permissions"),
        *_period(),
        one_of("kind", "person", "service"),
    )
    tenant_table(
        "roster_posts",
        metadata,
        text("id", key=True),
        text("person"),
        text("unit"),
        text("kind"),
        text("title", default=""),
        text("rank", default=""),
        _position(),
        *_period(),
        Index("ix_roster_posts_person", "tenant", "person"),
        Index("ix_roster_posts_unit", "tenant", "unit"),
    )
    tenant_table(
        "roster_portfolios",
        metadata,
        text("id", key=True),
        text("person"),
        text("unit", default=""),
        text("field", default=""),
        *_period(),
        Index("ix_roster_portfolios_person", "tenant", "person"),
    )
    tenant_table(
        "roster_delegations",
        metadata,
        text("id", key=True),
        text("delegator"),
        text("delegate"),
        _list("kinds"),
        *_period(),
        Index("ix_roster_delegations_delegate", "tenant", "delegate"),
    )
    tenant_table("roster_grants", metadata, text("role", key=True), text("permission", key=True))
    tenant_table(
        "roster_calendar_days",
        metadata,
        text("unit", key=True),
        Column("day", Date, primary_key=True),
        Column("working", Boolean, nullable=False),
        text("reason", default=""),
    )
    tenant_table(
        "roster_packs",
        metadata,
        text("pack", key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        text("title"),
        text("source"),
        instant("active_from"),
        instant("active_until", null=True),
    )
    tenant_table(
        "roster_entries",
        metadata,
        text("id", key=True),
        text("register"),
        text("holder", default=""),
        text("unit", default=""),
        _list("persons"),
        Column("columns", Json, nullable=False, server_default="{}"),
        *_period(),
    )
    # Plumbing sees which tenants there are: schedulers and metrics ask for them (`kit.db.tenant.tenants`).
    _one_per_tenant(
        "roster_state",
        metadata,
        Column("number", BigInteger, nullable=False),
        instant("gap_since", null=True),
        # How often, and when last, the copy has asked for what is missing.
        Column("asks", Integer, nullable=False, server_default="0"),
        instant("asked_at", null=True),
        security="plumbing",
    )
    # Changes that came before one that is still missing.
    tenant_table(
        "roster_pending",
        metadata,
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("data", Json, nullable=False),
    )


def values(row: Row) -> dict[str, Any]:
    """The columns of a row, without its tenant."""
    names = [f.name for f in fields(row) if not (isinstance(row, Tenant) and f.name == "id")]
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _one_per_tenant(name: str, metadata: MetaData, *columns: Column[Any], security: str = "tenant") -> Table:
    return Table(name, metadata, text("tenant"), *columns, PrimaryKeyConstraint("tenant"), info={SECURITY: security})


def _list(name: str) -> Column[Any]:
    return Column(name, Json, nullable=False, server_default="[]")


def _position() -> Column[Any]:
    return Column("position", Integer, nullable=False, server_default="0")


def _period() -> tuple[Column[Any], Column[Any]]:
    return instant("valid_from", null=True), instant("valid_until", null=True)
