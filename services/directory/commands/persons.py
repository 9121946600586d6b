"""Persons: taken into a tenant, changed, bound to how they sign in, and ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.directory import store
from services.directory.commands.change import Change, changing
from services.directory.commands.gaps import settle
from services.directory.commands.posts import tell_ended
from services.directory.domain import organisation
from services.directory.domain.errors import (
    BelongsElsewhere,
    KindDiffers,
    PermissionNotHeld,
    PermissionUnknown,
    PersonExists,
    SubjectTaken,
)
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tenant import across
from services.kit.db.tx import Tx
from services.kit.errors import Missing, Refusal
from services.kit.roster import Delegation, Member, Portfolio, Post, Roster


@dataclass(frozen=True)
class CreatePerson(Command):
    """An empty id: one is made. The id of a known person: that person joins the tenant."""

    member: Member


@dataclass(frozen=True)
class UpdatePerson(Command):
    """`changes` are the fields to change, with their new values."""

    person: str
    changes: tuple[tuple[str, Any], ...]
    etag: str = ""


@dataclass(frozen=True)
class EndMembership(Command):
    """Without a moment: now."""

    person: str
    end_at: datetime | None = None


@dataclass(frozen=True)
class SetPermissions(Command):
    """All permissions beside those that follow from posts. `known` are those that some method asks for."""

    person: str
    permissions: tuple[str, ...]
    known: frozenset[str]


@dataclass(frozen=True)
class Binding:
    """How a person signs in."""

    person: str
    issuer: str
    sub: str


@dataclass(frozen=True)
class BindSubject(Command):
    """Lets whoever signs in as this be the person."""

    binding: Binding


@dataclass(frozen=True)
class UnbindSubject(Command):
    """Lets nobody sign in as this any more."""

    binding: Binding


@command(audit="directory.person.create")
def create_person(tx: Tx, cmd: CreatePerson) -> Member:
    """Takes a person into the tenant. Refuses: PersonExists, UnitUnknown, KindDiffers, PeriodEmpty."""
    member = replace(cmd.member, person=cmd.member.person or ids.new(), valid_from=cmd.member.valid_from or tx.now)
    take_in(tx, member)
    with changing(tx) as change:
        known = change.roster.member(member.person)
        if known is not None and (known.valid_until is None or known.valid_until > tx.now):
            raise PersonExists(person=member.person)
        organisation.check_period(member)
        if member.unit:
            organisation.check_unit(change.roster, member.unit, member.valid_from or tx.now)
        change.put(member)
    settle(tx)
    return member


@command(audit="directory.person.update")
def update_person(tx: Tx, cmd: UpdatePerson) -> Member:
    """Changes a person. Who leaves a unit leaves its registers. Refuses: Missing, Stale, UnitUnknown."""
    with changing(tx) as change:
        before = found(change.roster, cmd.person)
        organisation.check_etag(before, cmd.etag)
        member = replace(before, **dict(cmd.changes))
        if member.unit and member.unit != before.unit:
            organisation.check_unit(change.roster, member.unit, tx.now)
        change.put(member)
    settle(tx)
    tx.audit("directory.person.update", f"persons/{member.person}", details={"fields": [name for name, _ in cmd.changes]})
    return member


@command(audit="directory.person.end")
def end_membership(tx: Tx, cmd: EndMembership) -> Member:
    """Ends that a person belongs to the tenant, with everything held there. Refuses: Missing, EndedAlready."""
    end_at = cmd.end_at or tx.now
    with changing(tx) as change:
        member = organisation.ended(found(change.roster, cmd.person), end_at)
        change.put(member)
        posts = _end_all(change, member.person, end_at)
    for post in posts:
        tell_ended(tx, post)
    settle(tx)
    return member


@command(audit="directory.permission.set")
def set_permissions(tx: Tx, cmd: SetPermissions) -> Member:
    """Sets what a person may do beside what follows from posts. Refuses: Missing, PermissionUnknown, PermissionNotHeld."""
    with changing(tx) as change:
        before = found(change.roster, cmd.person)
        for permission in sorted(set(cmd.permissions) - set(before.permissions)):
            if permission not in cmd.known:
                raise PermissionUnknown(permission=permission)
            if permission not in cmd.caller.permissions:
                raise PermissionNotHeld(permission=permission)
        member = replace(before, permissions=tuple(sorted(cmd.permissions)))
        change.put(member)
    details = {"before": list(before.permissions), "after": list(member.permissions)}
    tx.audit("directory.permission.set", f"persons/{member.person}", details=details)
    return member


@command(audit="directory.binding.create")
def bind_subject(tx: Tx, cmd: BindSubject) -> Binding:
    """Binds a person to a subject; the same binding again changes nothing. Refuses: Missing, SubjectTaken, BelongsElsewhere."""
    found(tx.roster, cmd.binding.person)
    bind(tx, cmd.binding.person, cmd.binding.issuer, cmd.binding.sub)
    tx.audit("directory.binding.create", f"persons/{cmd.binding.person}", details={"issuer": cmd.binding.issuer})
    return cmd.binding


@command(audit="directory.binding.delete")
def unbind_subject(tx: Tx, cmd: UnbindSubject) -> Binding:
    """Ends a binding; without one nothing happens. Refuses: Missing, BelongsElsewhere."""
    found(tx.roster, cmd.binding.person)
    tenant = tx.tenant
    with across(tx):
        _check_home(tx, cmd.binding.person, tenant)
        tx.delete(store.bindings, {"issuer": cmd.binding.issuer, "sub": cmd.binding.sub, "person": cmd.binding.person})
    tx.audit("directory.binding.delete", f"persons/{cmd.binding.person}", details={"issuer": cmd.binding.issuer})
    return cmd.binding


def take_in(tx: Tx, *members: Member) -> None:
    """Makes the persons known to the installation as persons of the transaction's tenant. Refuses: KindDiffers."""
    tenant, at = tx.tenant, tx.now
    rows = [{"id": m.person, "display_name": m.display_name, "kind": m.kind, "home": tenant, "created_at": at} for m in members]
    if not rows:
        return
    with across(tx):
        kinds = store.made_known(tx, rows)
        for member in members:
            if kinds[member.person] != member.kind:
                raise KindDiffers(person=member.person)
            tx.upsert(store.person_tenants, {"person": member.person, "tenant": tenant})


def bind(tx: Tx, person: str, issuer: str, sub: str, *, trusted: bool = False) -> None:
    """Binds a person to a subject; the same again changes nothing. `trusted`: an operator does it, who belongs to no tenant.

    Refuses: SubjectTaken, BelongsElsewhere.
    """
    tenant = tx.tenant
    with across(tx):
        if not trusted:
            _check_home(tx, person, tenant)
        owner = store.person_of(tx, issuer, sub)
        if owner not in (None, person):
            raise SubjectTaken()
        if owner is None:
            tx.on_conflict("pk_bindings", SubjectTaken)
            tx.insert(store.bindings, {"issuer": issuer, "sub": sub, "person": person, "created_at": tx.now})


def login_refusal(tx: Tx, person: str, issuer: str, sub: str) -> Refusal | None:
    """Why a person, known or about to be taken in, could not be bound to a subject; None when nothing speaks against it."""
    tenant = tx.tenant
    with across(tx):
        home = store.home_of(tx, person)
        owner = store.person_of(tx, issuer, sub)
    if home not in (None, tenant):
        return BelongsElsewhere()
    return SubjectTaken() if owner not in (None, person) else None


def found(roster: Roster, person: str) -> Member:
    """A member by id. Refuses: Missing."""
    member = roster.member(person)
    if member is None:
        raise Missing()
    return member


def _end_all(change: Change, person: str, end_at: datetime) -> list[Post]:
    """Ends what a person holds; what would only begin afterwards never comes to be. Returns the posts that ended."""
    posts: list[Post] = []
    held: Iterable[Post | Portfolio | Delegation] = (
        *(post for post in change.roster.posts if post.person == person),
        *(portfolio for portfolio in change.roster.portfolios if portfolio.person == person),
        *(d for d in change.roster.delegations if person in (d.delegator, d.delegate)),
    )
    for row in held:
        if row.valid_until is not None and row.valid_until <= end_at:
            continue
        if row.valid_from is not None and row.valid_from > end_at:
            change.remove(row)
        else:
            done = replace(row, valid_until=end_at)
            change.put(done)
            posts += [done] if isinstance(done, Post) else []
    return posts


def _check_home(tx: Tx, person: str, tenant: str) -> None:
    if store.home_of(tx, person) != tenant:
        raise BelongsElsewhere()
