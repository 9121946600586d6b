"""Tenants: made by operators of the installation, described by their own administrators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from services.directory import store
from services.directory.commands.change import changing
from services.directory.commands.persons import bind, take_in
from services.directory.domain.errors import ParentUnknown, TenantExists, TimeUnknown
from services.directory.domain.organisation import check_etag
from services.kit.db.command import Command, command
from services.kit.db.tenant import across
from services.kit.db.tx import Tx
from services.kit.errors import FieldViolation
from services.kit.roster import Member, Tenant
from services.kit.worktime import Calendar, OfficeHours


@dataclass(frozen=True)
class CreateTenant(Command):
    """The caller's tenant is the new one. The administrator holds `permissions`; signs in as `sub` of `issuer`, or is bound later."""

    tenant: Tenant
    administrator: Member
    permissions: tuple[str, ...]
    issuer: str = ""
    sub: str = ""


@dataclass(frozen=True)
class UpdateTenant(Command):
    """`changes` are the fields to change, with their new values."""

    changes: tuple[tuple[str, Any], ...]
    etag: str = ""


@command(audit="directory.tenant.create")
def create_tenant(tx: Tx, cmd: CreateTenant) -> Tenant:
    """Makes a tenant with its first administrator. Refuses: TenantExists, ParentUnknown."""
    _check_time(cmd.tenant)
    with across(tx):
        known = store.tenant_ids(tx)
        if cmd.tenant.id in known:
            raise TenantExists(tenant=cmd.tenant.id)
        if cmd.tenant.parent and cmd.tenant.parent not in known:
            raise ParentUnknown(parent=cmd.tenant.parent)
        tx.on_conflict("pk_tenants", lambda: TenantExists(tenant=cmd.tenant.id))
        tx.insert(store.tenants, _shared(cmd.tenant) | {"created_at": tx.now, "updated_at": tx.now})
    member = replace(cmd.administrator, permissions=cmd.permissions, valid_from=tx.now)
    take_in(tx, member)
    if cmd.issuer:
        bind(tx, member.person, cmd.issuer, cmd.sub, trusted=True)
    with changing(tx) as change:
        change.put(cmd.tenant, member)
    store.note_offered(tx, cmd.permissions)
    return cmd.tenant


@command(audit="directory.tenant.update")
def update_tenant(tx: Tx, cmd: UpdateTenant) -> Tenant:
    """Changes how a tenant is described. Refuses: Stale, TimeUnknown."""
    with changing(tx) as change:
        check_etag(change.roster.tenant, cmd.etag)
        tenant = replace(change.roster.tenant, **dict(cmd.changes))
        _check_time(tenant)
        change.put(tenant)
    with across(tx):
        tx.update(store.tenants, {"id": tenant.id}, {"display_name": tenant.display_name, "updated_at": tx.now})
    tx.audit("directory.tenant.update", f"tenants/{tenant.id}", details={"fields": [name for name, _ in cmd.changes]})
    return tenant


def _shared(tenant: Tenant) -> dict[str, Any]:
    return {"id": tenant.id, "display_name": tenant.display_name, "parent": tenant.parent}


def _check_time(tenant: Tenant) -> None:
    try:
        Calendar(hours=OfficeHours.parse(tenant.office_hours.split(",")), zone=tenant.time_zone)
    except (ValueError, KeyError, OSError) as wrong:
        text = "时区或办公时间有误，例如 Asia/Shanghai、08:30-12:00,14:30-18:00"
        raise TimeUnknown([FieldViolation("tenant", text, "TIME_UNKNOWN")]) from wrong
