"""Packs, registers, roles; who signs in, and the copies of other services."""

from __future__ import annotations

from typing import Any

from grpc import ServicerContext as Context

from services.directory import queries
from services.directory.api.reading import Reading, page_for
from services.directory.commands import entry_sheet, packs, registers
from services.directory.convert import rules as convert
from services.directory.convert.common import moment, tail
from services.directory.domain.errors import RoleUnknown
from services.directory.domain.organisation import check_unit
from services.directory.queries import registers as reading
from services.kit.db.command import run
from services.kit.errors import Missing
from services.kit.pages import PageTokenInvalid
from services.kit.policy.published import problems
from services.kit.roster.rows import to_proto
from services.kit.rpc import caller
from xiaoneng.directory.v1 import (
    identity_service_pb2,
    identity_service_pb2_grpc,
    pack_service_pb2,
    pack_service_pb2_grpc,
    register_service_pb2,
    register_service_pb2_grpc,
    role_service_pb2,
    role_service_pb2_grpc,
    roster_service_pb2,
    roster_service_pb2_grpc,
)


class PackService(Reading, pack_service_pb2_grpc.PackServiceServicer):
    """Policy packs."""

    def CheckPack(self, request: Any, context: Context) -> pack_service_pb2.CheckPackResponse:
        return convert.to_problems(problems(request.source))

    def CreatePack(self, request: Any, context: Context) -> pack_service_pb2.Pack:
        command = convert.create_pack(request, caller(context), problems(request.source))
        return run(self._ports, packs.create_pack, command, self._shown)

    def GetPack(self, request: Any, context: Context) -> pack_service_pb2.Pack:
        with self._reading(context) as (tx, _):
            return convert.to_pack(packs.kept(tx, *convert.pack_version(request.name)), tx.now)

    def ListPacks(self, request: Any, context: Context) -> pack_service_pb2.ListPacksResponse:
        with self._reading(context) as (tx, who):
            page = page_for(tx, who, request)
            rows = queries.packs(tx, page, tx.now if request.active_only else None)
            shown, token = page.cut(rows, key=lambda kept: (kept.pack, kept.version))
            found = [convert.to_pack(kept, tx.now, source=False) for kept in shown]
        return pack_service_pb2.ListPacksResponse(packs=found, next_page_token=token)

    def ActivatePack(self, request: Any, context: Context) -> pack_service_pb2.Pack:
        return run(self._ports, packs.activate_pack, convert.activate_pack(request, caller(context)), self._shown)

    def RepealPack(self, request: Any, context: Context) -> pack_service_pb2.Pack:
        return run(self._ports, packs.repeal_pack, convert.repeal_pack(request, caller(context)), self._shown)

    def _shown(self, kept: packs.Kept) -> pack_service_pb2.Pack:
        return convert.to_pack(kept, self._ports.clock.now())


class RegisterService(Reading, register_service_pb2_grpc.RegisterServiceServicer):
    """Registers, their entries and gaps."""

    def ListRegisters(self, request: Any, context: Context) -> register_service_pb2.ListRegistersResponse:
        with self._reading(context) as (tx, _):
            found = sorted(tx.rules().registers(), key=lambda register: register.name)
        return register_service_pb2.ListRegistersResponse(registers=[convert.to_register(r) for r in found])

    def CreateRegistration(self, request: Any, context: Context) -> register_service_pb2.Registration:
        command = convert.create_registration(request, caller(context))
        return run(self._ports, registers.create_registration, command, convert.to_registration)

    def ApproveRegistration(self, request: Any, context: Context) -> register_service_pb2.Registration:
        command = convert.approve_registration(request, caller(context))
        return run(self._ports, registers.approve_registration, command, convert.to_registration)

    def RejectRegistration(self, request: Any, context: Context) -> register_service_pb2.Registration:
        command = convert.reject_registration(request, caller(context))
        return run(self._ports, registers.reject_registration, command, convert.to_registration)

    def UpdateRegistration(self, request: Any, context: Context) -> register_service_pb2.Registration:
        command = convert.update_registration(request, caller(context))
        return run(self._ports, registers.update_registration, command, convert.to_registration)

    def ImportRegistrations(self, request: Any, context: Context) -> register_service_pb2.ImportRegistrationsResponse:
        command = convert.import_registrations(request, caller(context))
        return run(self._ports, entry_sheet.import_registrations, command, convert.to_imported)

    def EndRegistration(self, request: Any, context: Context) -> register_service_pb2.Registration:
        command = convert.end_registration(request, caller(context))
        return run(self._ports, registers.end_registration, command, convert.to_registration)

    def GetRegistration(self, request: Any, context: Context) -> register_service_pb2.Registration:
        with self._reading(context) as (tx, _):
            entry = reading.registration(tx, tail(request.name))
        return convert.to_registration(entry)

    def ListRegistrations(self, request: Any, context: Context) -> register_service_pb2.ListRegistrationsResponse:
        holder = request.holder.removeprefix("units/")
        with self._reading(context) as (tx, who):
            page = page_for(tx, who, request)
            rows = reading.registrations(tx, page, tail(request.register), holder, request.show_ended)
            shown, token = page.cut(rows, key=lambda entry: (entry.id,))
        found = [convert.to_registration(entry) for entry in shown]
        return register_service_pb2.ListRegistrationsResponse(registrations=found, next_page_token=token)

    def ListGaps(self, request: Any, context: Context) -> register_service_pb2.ListGapsResponse:
        with self._reading(context) as (tx, _):
            found = [convert.to_gap(gap, tx.now) for gap in reading.gaps(tx, tail(request.register))]
        return register_service_pb2.ListGapsResponse(gaps=found)


class RoleService(Reading, role_service_pb2_grpc.RoleServiceServicer):
    """Roles of the packs in force."""

    def ListRoles(self, request: Any, context: Context) -> role_service_pb2.ListRolesResponse:
        with self._reading(context) as (tx, _):
            rules = tx.rules()
            found = [
                role_service_pb2.Role(name=f"roles/{name}", display_name=role.label, permissions=rules.grants.get(name, ()))
                for name, role in sorted(rules.roles.items())
            ]
        return role_service_pb2.ListRolesResponse(roles=found)

    def ListHolders(self, request: Any, context: Context) -> role_service_pb2.ListHoldersResponse:
        name, unit, initiator = tail(request.name), tail(request.unit), tail(request.initiator)
        with self._reading(context) as (tx, _):
            at = moment(request, "at_time") or tx.now
            role = tx.rules(at=at).roles.get(name)
            if role is None:
                raise RoleUnknown(role=name)
            if unit:
                check_unit(tx.roster, unit, at)
            found = tx.roster.holders(role, at, unit or None, initiator or None)
            shown = [convert.to_role_holder(holder, tx.roster) for holder in found]
        return role_service_pb2.ListHoldersResponse(holders=shown)

    def ListVocabularies(self, request: Any, context: Context) -> role_service_pb2.ListVocabulariesResponse:
        with self._reading(context) as (tx, _):
            rules = tx.rules()
            words = {name: rules.vocabulary(name) for name in rules.vocabularies}
            # What the organisation itself is described with stands beside the vocabularies of a pack.
            words |= {"post": rules.posts, "unit_kind": rules.unit_kinds}
        found = [convert.to_vocabulary(name, words[name]) for name in sorted(words)]
        return role_service_pb2.ListVocabulariesResponse(vocabularies=found)


class IdentityService(Reading, identity_service_pb2_grpc.IdentityServiceServicer):
    """Who signs in, and what that person is."""

    def ResolveSubject(self, request: Any, context: Context) -> identity_service_pb2.ResolveSubjectResponse:
        found = queries.subject(self._ports.db, request.issuer, request.sub)
        return identity_service_pb2.ResolveSubjectResponse(
            person=found.person,
            display_name=found.display_name,
            kind=found.kind,
            memberships=[_membership(belonging) for belonging in found.memberships],
        )

    def ListMemberships(self, request: Any, context: Context) -> identity_service_pb2.ListMembershipsResponse:
        found = queries.belongings(self._ports.db, caller(context).person)
        return identity_service_pb2.ListMembershipsResponse(memberships=[_membership(belonging) for belonging in found])

    def GetMe(self, request: Any, context: Context) -> identity_service_pb2.Me:
        with self._reading(context) as (tx, who):
            roster, rules = tx.roster, tx.rules()
            member = roster.member(who.person, tx.now)
            if member is None:
                raise Missing()
            unit = roster.unit(member.unit)
            acting_for = [
                identity_service_pb2.ActingFor(person=d.delegator, display_name=roster.name_of(d.delegator), kinds=d.kinds)
                for d in roster.acts_for(who.person, tx.now)
            ]
            return identity_service_pb2.Me(
                person=who.person,
                display_name=member.display_name,
                tenant=who.tenant,
                tenant_display_name=roster.tenant.display_name,
                unit=member.unit,
                unit_display_name=unit.display_name if unit else "",
                roles=sorted(roster.roles_of(who.person, tx.now, rules)),
                permissions=sorted(who.permissions),
                acting_for=acting_for,
                regulated=sorted(rules.regulated),
            )


class RosterService(Reading, roster_service_pb2_grpc.RosterServiceServicer):
    """The directory as other services copy it."""

    def GetRoster(self, request: Any, context: Context) -> roster_service_pb2.GetRosterResponse:
        start = _start(request.page_token)
        with self._ports.db.snapshot(request.tenant, caller(context)) as tx:
            rows, following = queries.roster_page(tx, request.page_size, start)
            number = tx.prelude.roster_number
        token = str(following) if following else ""
        return roster_service_pb2.GetRosterResponse(number=number, rows=to_proto(rows), next_page_token=token)


def _start(token: str) -> int:
    if token and not token.isdecimal():
        raise PageTokenInvalid()
    return int(token or 0)


def _membership(belonging: queries.Belonging) -> identity_service_pb2.TenantMembership:
    return identity_service_pb2.TenantMembership(tenant=belonging.tenant, display_name=belonging.display_name, unit=belonging.unit)
