"""Tenants, units, persons, posts, portfolios, delegations, days, and the spreadsheet of all of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from google.api import httpbody_pb2
from grpc import ServicerContext as Context

from services.directory import queries, workbook
from services.directory.api.reading import Reading, lasting, listed, one, page_for
from services.directory.commands import calendar, delegations, persons, posts, tenants, units
from services.directory.commands.organisation import ImportOrganisation, import_organisation
from services.directory.convert import organisation as convert
from services.directory.convert.common import day, tail
from services.directory.domain.errors import DayInvalid
from services.directory.domain.organisation import check_unit
from services.directory.validation import known_permissions
from services.kit.db.command import run
from services.kit.errors import FieldViolation, Missing
from services.kit.rpc import caller
from xiaoneng.directory.v1 import (
    calendar_service_pb2,
    calendar_service_pb2_grpc,
    delegation_service_pb2,
    delegation_service_pb2_grpc,
    organisation_service_pb2,
    organisation_service_pb2_grpc,
    person_service_pb2,
    person_service_pb2_grpc,
    portfolio_service_pb2,
    portfolio_service_pb2_grpc,
    post_service_pb2,
    post_service_pb2_grpc,
    tenant_service_pb2,
    tenant_service_pb2_grpc,
    unit_service_pb2,
    unit_service_pb2_grpc,
)
from xiaoneng.kit.v1 import file_pb2

_MOST_DAYS = timedelta(days=400)  # a year and a month: what a calendar page shows
_FILE_NAME = "组织机构.xlsx"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TenantService(Reading, tenant_service_pb2_grpc.TenantServiceServicer):
    """Tenants."""

    def GetTenant(self, request: Any, context: Context) -> tenant_service_pb2.Tenant:
        with self._reading(context) as (tx, who):
            if tail(request.name) != who.tenant:
                raise Missing()
            return convert.to_tenant(tx.roster.tenant)

    def ListTenants(self, request: Any, context: Context) -> tenant_service_pb2.ListTenantsResponse:
        with self._ports.db.plumbing() as tx:
            page = page_for(tx, caller(context), request)
            rows, token = page.cut(queries.tenants(tx, page), key=lambda row: (row.id,))
        found = [tenant_service_pb2.Tenant(name=f"tenants/{row.id}", display_name=row.display_name) for row in rows]
        return tenant_service_pb2.ListTenantsResponse(tenants=found, next_page_token=token)

    def CreateTenant(self, request: Any, context: Context) -> tenant_service_pb2.Tenant:
        command = convert.create_tenant(request, caller(context), known_permissions())
        return run(self._ports, tenants.create_tenant, command, convert.to_tenant)

    def UpdateTenant(self, request: Any, context: Context) -> tenant_service_pb2.Tenant:
        who = caller(context)
        if tail(request.tenant.name) != who.tenant:
            raise Missing()
        return run(self._ports, tenants.update_tenant, convert.update_tenant(request, who), convert.to_tenant)


class UnitService(Reading, unit_service_pb2_grpc.UnitServiceServicer):
    """Units."""

    def GetUnit(self, request: Any, context: Context) -> unit_service_pb2.Unit:
        with self._reading(context) as (tx, _):
            return convert.to_unit(units.found(tx.roster, tail(request.name)))

    def ListUnits(self, request: Any, context: Context) -> unit_service_pb2.ListUnitsResponse:
        with self._reading(context) as (tx, who):
            rows = [
                unit
                for unit in tx.roster.units()
                if request.kind in ("", unit.kind) and lasting(unit.valid_until, tx.now, request.show_closed)
            ]
            shown, token = listed(tx, who, request, rows, lambda unit: (unit.position, unit.id))
        return unit_service_pb2.ListUnitsResponse(units=[convert.to_unit(unit) for unit in shown], next_page_token=token)

    def CreateUnit(self, request: Any, context: Context) -> unit_service_pb2.Unit:
        return run(self._ports, units.create_unit, convert.create_unit(request, caller(context)), convert.to_unit)

    def UpdateUnit(self, request: Any, context: Context) -> unit_service_pb2.Unit:
        return run(self._ports, units.update_unit, convert.update_unit(request, caller(context)), convert.to_unit)

    def CloseUnit(self, request: Any, context: Context) -> unit_service_pb2.Unit:
        return run(self._ports, units.close_unit, convert.close_unit(request, caller(context)), convert.to_unit)


class PersonService(Reading, person_service_pb2_grpc.PersonServiceServicer):
    """Persons and how they sign in."""

    def GetPerson(self, request: Any, context: Context) -> person_service_pb2.Person:
        with self._reading(context) as (tx, who):
            return convert.to_person(persons.found(tx.roster, tail(request.name)), who)

    def ListPersons(self, request: Any, context: Context) -> person_service_pb2.ListPersonsResponse:
        with self._reading(context) as (tx, who):
            found = tx.roster.members(unit=tail(request.unit) or None)
            rows = [member for member in found if lasting(member.valid_until, tx.now, request.show_ended)]
            shown, token = listed(tx, who, request, rows, lambda member: (member.person,))
        people = [convert.to_person(member, who) for member in shown]
        return person_service_pb2.ListPersonsResponse(persons=people, next_page_token=token)

    def CreatePerson(self, request: Any, context: Context) -> person_service_pb2.Person:
        who = caller(context)
        command = convert.create_person(request, who)
        return run(self._ports, persons.create_person, command, lambda member: convert.to_person(member, who))

    def UpdatePerson(self, request: Any, context: Context) -> person_service_pb2.Person:
        who = caller(context)
        command = convert.update_person(request, who)
        return run(self._ports, persons.update_person, command, lambda member: convert.to_person(member, who))

    def EndMembership(self, request: Any, context: Context) -> person_service_pb2.Person:
        who = caller(context)
        command = convert.end_membership(request, who)
        return run(self._ports, persons.end_membership, command, lambda member: convert.to_person(member, who))

    def SetPermissions(self, request: Any, context: Context) -> person_service_pb2.Person:
        who = caller(context)
        command = convert.set_permissions(request, who, known_permissions())
        return run(self._ports, persons.set_permissions, command, lambda member: convert.to_person(member, who))

    def BindSubject(self, request: Any, context: Context) -> person_service_pb2.Binding:
        return run(self._ports, persons.bind_subject, convert.bind_subject(request, caller(context)), convert.to_binding)

    def UnbindSubject(self, request: Any, context: Context) -> person_service_pb2.Binding:
        command = convert.unbind_subject(request, caller(context))
        return run(self._ports, persons.unbind_subject, command, convert.to_binding)


class PostService(Reading, post_service_pb2_grpc.PostServiceServicer):
    """Posts."""

    def GetPost(self, request: Any, context: Context) -> post_service_pb2.Post:
        with self._reading(context) as (tx, _):
            return convert.to_post(one(tx.roster.posts, lambda post: post.id == tail(request.name)))

    def ListPosts(self, request: Any, context: Context) -> post_service_pb2.ListPostsResponse:
        unit, person = tail(request.unit), tail(request.person)
        with self._reading(context) as (tx, who):
            rows = [
                post
                for post in tx.roster.posts
                if unit in ("", post.unit)
                and person in ("", post.person)
                and request.kind in ("", post.kind)
                and lasting(post.valid_until, tx.now, request.show_ended)
            ]
            shown, token = listed(tx, who, request, rows, lambda post: (post.id,))
        return post_service_pb2.ListPostsResponse(posts=[convert.to_post(post) for post in shown], next_page_token=token)

    def CreatePost(self, request: Any, context: Context) -> post_service_pb2.Post:
        return run(self._ports, posts.create_post, convert.create_post(request, caller(context)), convert.to_post)

    def EndPost(self, request: Any, context: Context) -> post_service_pb2.Post:
        return run(self._ports, posts.end_post, convert.end_post(request, caller(context)), convert.to_post)

    def TransferPost(self, request: Any, context: Context) -> post_service_pb2.Post:
        return run(self._ports, posts.transfer_post, convert.transfer_post(request, caller(context)), convert.to_post)


class PortfolioService(Reading, portfolio_service_pb2_grpc.PortfolioServiceServicer):
    """Portfolios of leaders."""

    def GetPortfolio(self, request: Any, context: Context) -> portfolio_service_pb2.Portfolio:
        with self._reading(context) as (tx, _):
            return convert.to_portfolio(one(tx.roster.portfolios, lambda row: row.id == tail(request.name)))

    def ListPortfolios(self, request: Any, context: Context) -> portfolio_service_pb2.ListPortfoliosResponse:
        unit, person = tail(request.unit), tail(request.person)
        with self._reading(context) as (tx, who):
            rows = [
                row
                for row in tx.roster.portfolios
                if unit in ("", row.unit) and person in ("", row.person) and lasting(row.valid_until, tx.now, request.show_ended)
            ]
            shown, token = listed(tx, who, request, rows, lambda row: (row.id,))
        found = [convert.to_portfolio(row) for row in shown]
        return portfolio_service_pb2.ListPortfoliosResponse(portfolios=found, next_page_token=token)

    def CreatePortfolio(self, request: Any, context: Context) -> portfolio_service_pb2.Portfolio:
        command = convert.create_portfolio(request, caller(context))
        return run(self._ports, posts.create_portfolio, command, convert.to_portfolio)

    def EndPortfolio(self, request: Any, context: Context) -> portfolio_service_pb2.Portfolio:
        command = convert.end_portfolio(request, caller(context))
        return run(self._ports, posts.end_portfolio, command, convert.to_portfolio)


class DelegationService(Reading, delegation_service_pb2_grpc.DelegationServiceServicer):
    """Delegations."""

    def GetDelegation(self, request: Any, context: Context) -> delegation_service_pb2.Delegation:
        with self._reading(context) as (tx, who):
            return convert.to_delegation(delegations.found(tx.roster, who, tail(request.name)))

    def ListDelegations(self, request: Any, context: Context) -> delegation_service_pb2.ListDelegationsResponse:
        with self._reading(context) as (tx, who):
            rows = [
                row
                for row in tx.roster.delegations
                if delegations.may_see(who, row) and lasting(row.valid_until, tx.now, request.show_ended)
            ]
            shown, token = listed(tx, who, request, rows, lambda row: (row.id,))
        found = [convert.to_delegation(row) for row in shown]
        return delegation_service_pb2.ListDelegationsResponse(delegations=found, next_page_token=token)

    def CreateDelegation(self, request: Any, context: Context) -> delegation_service_pb2.Delegation:
        command = convert.create_delegation(request, caller(context))
        return run(self._ports, delegations.create_delegation, command, convert.to_delegation)

    def RevokeDelegation(self, request: Any, context: Context) -> delegation_service_pb2.Delegation:
        command = convert.revoke_delegation(request, caller(context))
        return run(self._ports, delegations.revoke_delegation, command, convert.to_delegation)


class CalendarService(Reading, calendar_service_pb2_grpc.CalendarServiceServicer):
    """The working calendar."""

    def ListDays(self, request: Any, context: Context) -> calendar_service_pb2.ListDaysResponse:
        first, last, unit = day(request.first_date, "first_date"), day(request.last_date, "last_date"), tail(request.unit)
        if not timedelta() <= last - first <= _MOST_DAYS:
            raise DayInvalid([FieldViolation("last_date", "起止日期有误，或跨度超过400天", "DAY_INVALID")])
        with self._reading(context) as (tx, _):
            if unit:
                check_unit(tx.roster, unit, tx.now)
            places = {"", *tx.roster.ancestors(unit)}
            local = {arranged.day for arranged in tx.roster.calendar_days if arranged.unit in places}
            dates = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
            calendar_ = tx.roster.calendar(unit)
            days = [convert.to_calendar_day(calendar_.day(date_), unit, date_ in local) for date_ in dates]
        return calendar_service_pb2.ListDaysResponse(days=days)

    def SetDay(self, request: Any, context: Context) -> calendar_service_pb2.CalendarDay:
        return run(self._ports, calendar.set_day, convert.set_day(request, caller(context)), convert.to_arranged)

    def ClearDay(self, request: Any, context: Context) -> calendar_service_pb2.CalendarDay:
        return run(self._ports, calendar.clear_day, convert.clear_day(request, caller(context)), convert.to_arranged)


class OrganisationService(Reading, organisation_service_pb2_grpc.OrganisationServiceServicer):
    """The organisation as a spreadsheet."""

    def ImportOrganisation(self, request: Any, context: Context) -> organisation_service_pb2.ImportOrganisationResponse:
        command = ImportOrganisation(request.workbook, request.dry_run, caller=caller(context), request_id=request.request_id)
        return run(self._ports, import_organisation, command, workbook.to_response)

    def ExportOrganisation(self, request: Any, context: Context) -> httpbody_pb2.HttpBody:
        with self._reading(context) as (tx, _):
            data = workbook.write(tx.roster, tx.now)
        about = file_pb2.FileInfo(file_name=_FILE_NAME, size=len(data), sha256=hashlib.sha256(data).hexdigest(), length=len(data))
        answer = httpbody_pb2.HttpBody(content_type=_XLSX, data=data)
        answer.extensions.add().Pack(about)
        return answer
