"""Tenants, units, persons, posts, portfolios, delegations and days."""

from __future__ import annotations

from typing import Any

from services.directory.commands import calendar, delegations, persons, posts, tenants, units
from services.directory.convert.common import (
    changes,
    day,
    moment,
    named,
    required,
    stamp,
    tail,
    to_day,
)
from services.directory.domain.errors import DayInvalid
from services.directory.domain.organisation import etag
from services.directory.permissions import of_administrators
from services.kit.errors import FieldViolation
from services.kit.identity import Caller
from services.kit.roster import CalendarDay, Delegation, Member, Portfolio, Post, Tenant, Unit
from services.kit.worktime import Day
from xiaoneng.directory.v1 import (
    calendar_service_pb2,
    delegation_service_pb2,
    person_service_pb2,
    portfolio_service_pb2,
    post_service_pb2,
    tenant_service_pb2,
    unit_service_pb2,
)

MANAGE_PERSONS = "directory:person:update"
_WORKS, _RESTS = calendar_service_pb2.WORKING_WORKS, calendar_service_pb2.WORKING_RESTS
_MAYBE_WORKS, _MAYBE_RESTS = calendar_service_pb2.WORKING_PRESUMABLY_WORKS, calendar_service_pb2.WORKING_PRESUMABLY_RESTS

# -- tenants -----------------------------------------------------------------------------------------------------------


def create_tenant(request: tenant_service_pb2.CreateTenantRequest, caller: Caller, known: frozenset[str]) -> tenants.CreateTenant:
    """The command of a request; `known` are all permissions of the platform."""
    said, admin = request.tenant, request.administrator
    required({"tenant.display_name": said.display_name})
    given = {name: getattr(said, name) for name in ("kind", "time_zone", "office_hours") if getattr(said, name)}
    tenant = Tenant(request.tenant_id, said.display_name, parent=tail(said.parent), **given)
    member = Member(admin.person_id, admin.display_name)
    own = caller.in_tenant(request.tenant_id)
    return tenants.CreateTenant(
        tenant, member, of_administrators(known), admin.issuer, admin.sub, caller=own, request_id=request.request_id
    )  # fmt: skip


def update_tenant(request: tenant_service_pb2.UpdateTenantRequest, caller: Caller) -> tenants.UpdateTenant:
    """The command of a request."""
    said = request.tenant
    values = {name: getattr(said, name) for name in ("display_name", "kind", "time_zone", "office_hours")}
    return tenants.UpdateTenant(changes(values, request.update_mask), said.etag, caller=caller, request_id=request.request_id)


def to_tenant(tenant: Tenant) -> tenant_service_pb2.Tenant:
    """A tenant as it travels."""
    return tenant_service_pb2.Tenant(
        name=f"tenants/{tenant.id}", display_name=tenant.display_name, kind=tenant.kind, parent=named("tenants", tenant.parent),
        time_zone=tenant.time_zone, office_hours=tenant.office_hours, etag=etag(tenant),
    )  # fmt: skip


# -- units -------------------------------------------------------------------------------------------------------------


def create_unit(request: unit_service_pb2.CreateUnitRequest, caller: Caller) -> units.CreateUnit:
    """The command of a request."""
    said = request.unit
    required({"unit.display_name": said.display_name, "unit.kind": said.kind})
    since = moment(said, "valid_from_time")
    unit = Unit(request.unit_id, **_unit_values(said), valid_from=since)
    return units.CreateUnit(unit, caller=caller, request_id=request.request_id)


def update_unit(request: unit_service_pb2.UpdateUnitRequest, caller: Caller) -> units.UpdateUnit:
    """The command of a request."""
    said = request.unit
    wanted = changes(_unit_values(said), request.update_mask)
    return units.UpdateUnit(tail(said.name), wanted, said.etag, caller=caller, request_id=request.request_id)


def close_unit(request: unit_service_pb2.CloseUnitRequest, caller: Caller) -> units.CloseUnit:
    """The command of a request."""
    return units.CloseUnit(tail(request.name), moment(request, "end_time"), caller=caller, request_id=request.request_id)


def to_unit(unit: Unit) -> unit_service_pb2.Unit:
    """A unit as it travels."""
    return unit_service_pb2.Unit(
        name=f"units/{unit.id}", display_name=unit.display_name, parent=named("units", unit.parent), kind=unit.kind,
        aliases=unit.aliases, position=unit.position, valid_from_time=stamp(unit.valid_from),
        valid_until_time=stamp(unit.valid_until), etag=etag(unit),
    )  # fmt: skip


def _unit_values(said: unit_service_pb2.Unit) -> dict[str, Any]:
    return {
        "display_name": said.display_name,
        "parent": tail(said.parent),
        "kind": said.kind,
        "aliases": tuple(said.aliases),
        "position": said.position,
    }


# -- persons -----------------------------------------------------------------------------------------------------------


def create_person(request: person_service_pb2.CreatePersonRequest, caller: Caller) -> persons.CreatePerson:
    """The command of a request."""
    said = request.person
    required({"person.display_name": said.display_name})
    since = moment(said, "valid_from_time")
    member = Member(request.person_id, kind=said.kind or "person", valid_from=since, **_person_values(said))
    return persons.CreatePerson(member, caller=caller, request_id=request.request_id)


def update_person(request: person_service_pb2.UpdatePersonRequest, caller: Caller) -> persons.UpdatePerson:
    """The command of a request."""
    said = request.person
    wanted = changes(_person_values(said), request.update_mask)
    return persons.UpdatePerson(tail(said.name), wanted, said.etag, caller=caller, request_id=request.request_id)


def end_membership(request: person_service_pb2.EndMembershipRequest, caller: Caller) -> persons.EndMembership:
    """The command of a request."""
    end_at = moment(request, "end_time")
    return persons.EndMembership(tail(request.name), end_at, caller=caller, request_id=request.request_id)


def set_permissions(request: person_service_pb2.SetPermissionsRequest, caller: Caller, known: frozenset[str]) -> persons.SetPermissions:
    """The command of a request."""
    wanted = tuple(request.permissions)
    return persons.SetPermissions(tail(request.name), wanted, known, caller=caller, request_id=request.request_id)


def bind_subject(request: person_service_pb2.BindSubjectRequest, caller: Caller) -> persons.BindSubject:
    """The command of a request."""
    binding = persons.Binding(tail(request.name), request.issuer, request.sub)
    return persons.BindSubject(binding, caller=caller, request_id=request.request_id)


def unbind_subject(request: person_service_pb2.UnbindSubjectRequest, caller: Caller) -> persons.UnbindSubject:
    """The command of a request."""
    binding = persons.Binding(tail(request.name), request.issuer, request.sub)
    return persons.UnbindSubject(binding, caller=caller, request_id=request.request_id)


def to_person(member: Member, caller: Caller) -> person_service_pb2.Person:
    """A person as it travels; how to reach the person is for administrators and the person only."""
    private = MANAGE_PERSONS in caller.permissions or caller.person == member.person
    return person_service_pb2.Person(
        name=f"persons/{member.person}", display_name=member.display_name, kind=member.kind, unit=named("units", member.unit),
        rank=member.rank, email=member.email if private else "", mobile=member.mobile if private else "",
        permissions=member.permissions if private else (), valid_from_time=stamp(member.valid_from),
        valid_until_time=stamp(member.valid_until), etag=etag(member),
    )  # fmt: skip


def to_binding(binding: persons.Binding) -> person_service_pb2.Binding:
    """A binding as it travels."""
    return person_service_pb2.Binding(person=f"persons/{binding.person}", issuer=binding.issuer, sub=binding.sub)


def _person_values(said: person_service_pb2.Person) -> dict[str, Any]:
    plain = {name: getattr(said, name) for name in ("display_name", "rank", "email", "mobile")}
    return plain | {"unit": tail(said.unit)}


# -- posts, portfolios, delegations ------------------------------------------------------------------------------------


def create_post(request: post_service_pb2.CreatePostRequest, caller: Caller) -> posts.CreatePost:
    """The command of a request."""
    said = request.post
    post = Post(
        "", tail(said.person), tail(said.unit), said.kind, said.title, said.rank, said.position,
        moment(said, "valid_from_time"), moment(said, "valid_until_time"),
    )  # fmt: skip
    return posts.CreatePost(post, caller=caller, request_id=request.request_id)


def end_post(request: post_service_pb2.EndPostRequest, caller: Caller) -> posts.EndPost:
    """The command of a request."""
    return posts.EndPost(tail(request.name), moment(request, "end_time"), caller=caller, request_id=request.request_id)


def transfer_post(request: post_service_pb2.TransferPostRequest, caller: Caller) -> posts.TransferPost:
    """The command of a request."""
    end_at = moment(request, "end_time")
    return posts.TransferPost(tail(request.name), tail(request.to), end_at, caller=caller, request_id=request.request_id)


def to_post(post: Post) -> post_service_pb2.Post:
    """A holding as it travels."""
    return post_service_pb2.Post(
        name=f"posts/{post.id}", person=f"persons/{post.person}", unit=f"units/{post.unit}", kind=post.kind, title=post.title,
        rank=post.rank, position=post.position, valid_from_time=stamp(post.valid_from), valid_until_time=stamp(post.valid_until),
    )  # fmt: skip


def create_portfolio(request: portfolio_service_pb2.CreatePortfolioRequest, caller: Caller) -> posts.CreatePortfolio:
    """The command of a request."""
    said = request.portfolio
    portfolio = Portfolio(
        "", tail(said.person), tail(said.unit), said.field, moment(said, "valid_from_time"), moment(said, "valid_until_time")
    )
    return posts.CreatePortfolio(portfolio, caller=caller, request_id=request.request_id)


def end_portfolio(request: portfolio_service_pb2.EndPortfolioRequest, caller: Caller) -> posts.EndPortfolio:
    """The command of a request."""
    return posts.EndPortfolio(tail(request.name), moment(request, "end_time"), caller=caller, request_id=request.request_id)


def to_portfolio(portfolio: Portfolio) -> portfolio_service_pb2.Portfolio:
    """An assignment as it travels."""
    what = {"unit": f"units/{portfolio.unit}"} if portfolio.unit else {"field": portfolio.field}
    return portfolio_service_pb2.Portfolio(
        name=f"portfolios/{portfolio.id}", person=f"persons/{portfolio.person}", valid_from_time=stamp(portfolio.valid_from),
        valid_until_time=stamp(portfolio.valid_until), **what,
    )  # fmt: skip


def create_delegation(request: delegation_service_pb2.CreateDelegationRequest, caller: Caller) -> delegations.CreateDelegation:
    """The command of a request."""
    said = request.delegation
    delegation = Delegation(
        "", tail(said.delegator), tail(said.delegate), tuple(said.kinds), moment(said, "valid_from_time"),
        moment(said, "valid_until_time"),
    )  # fmt: skip
    return delegations.CreateDelegation(delegation, caller=caller, request_id=request.request_id)


def revoke_delegation(request: delegation_service_pb2.RevokeDelegationRequest, caller: Caller) -> delegations.RevokeDelegation:
    """The command of a request."""
    return delegations.RevokeDelegation(tail(request.name), caller=caller, request_id=request.request_id)


def to_delegation(delegation: Delegation) -> delegation_service_pb2.Delegation:
    """A delegation as it travels."""
    return delegation_service_pb2.Delegation(
        name=f"delegations/{delegation.id}", delegator=f"persons/{delegation.delegator}",
        delegate=f"persons/{delegation.delegate}", kinds=delegation.kinds, valid_from_time=stamp(delegation.valid_from),
        valid_until_time=stamp(delegation.valid_until),
    )  # fmt: skip


# -- days --------------------------------------------------------------------------------------------------------------


def set_day(request: calendar_service_pb2.SetDayRequest, caller: Caller) -> calendar.SetDay:
    """The command of a request."""
    said = request.day
    if said.working not in (_WORKS, _RESTS):
        raise DayInvalid([FieldViolation("day.working", "请选择上班或休息", "DAY_INVALID")])
    arranged = CalendarDay(day(said.day, "day.day"), said.working == _WORKS, said.reason, tail(said.unit))
    return calendar.SetDay(arranged, caller=caller, request_id=request.request_id)


def clear_day(request: calendar_service_pb2.ClearDayRequest, caller: Caller) -> calendar.ClearDay:
    """The command of a request."""
    return calendar.ClearDay(day(request.day, "day"), tail(request.unit), caller=caller, request_id=request.request_id)


def to_arranged(arranged: CalendarDay) -> calendar_service_pb2.CalendarDay:
    """An arrangement as it travels."""
    return calendar_service_pb2.CalendarDay(
        day=to_day(arranged.day), working=_WORKS if arranged.working else _RESTS, reason=arranged.reason,
        unit=named("units", arranged.unit), local=True,
    )  # fmt: skip


def to_calendar_day(found: Day, unit: str, local: bool) -> calendar_service_pb2.CalendarDay:
    """What the calendar says of a day, as it travels."""
    known, presumed = (_WORKS, _RESTS), (_MAYBE_WORKS, _MAYBE_RESTS)
    works, rests = known if found.known else presumed
    return calendar_service_pb2.CalendarDay(
        day=to_day(found.date), working=works if found.working else rests, reason=found.name or "", unit=named("units", unit),
        local=local,
    )  # fmt: skip
