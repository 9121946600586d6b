"""The first run: the demo organisations come in through the platform's own doors.

The tenant and its administrator are made by the installation itself (the one call that has no HTTP door); everything else the
administrator does through the gateway, as in a real office: units, persons, posts, portfolios, the regulation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from services.kit import ids
from services.kit.clock import SystemClock
from services.kit.policy import load
from services.kit.rpc.channel import connect, metadata, service_metadata
from services.platform.client import Client, Gateway, Refused
from services.platform.people import Organisation, Person
from xiaoneng.directory.v1 import person_service_pb2, person_service_pb2_grpc, tenant_service_pb2, tenant_service_pb2_grpc

if TYPE_CHECKING:
    from services.platform.embedded import Platform

log = structlog.get_logger(__name__)
_THERE = (
    "TENANT_EXISTS",
    "UNIT_EXISTS",
    "PERSON_EXISTS",
    "POST_EXISTS",
    "PORTFOLIO_EXISTS",
    "VERSION_EXISTS",
    "ACTIVE_ALREADY",
    "SUBJECT_TAKEN",
)


def seed(platform: Platform, gateway: Gateway, organisation: Organisation, settle: Callable[[], None]) -> None:
    """Sets up one tenant. An attempt that broke off goes on where it stopped: what is there already is left as it is."""
    create_tenant(platform, organisation)
    bind_administrator(platform, organisation)
    settle()
    admin = gateway.as_(organisation.administrator.subject)
    load_packs(admin, organisation.sources(), since_effective=True)
    for position, unit in enumerate(organisation.units):
        about = {"displayName": unit.display_name, "kind": unit.kind, "position": position}
        _once(admin, "/v1/units", {"unitId": unit.id, "unit": about})
    for position, person in enumerate(organisation.people):
        settle_person(admin, person, position, platform.issuer)
    settle()
    for entry in organisation.entries:
        fields = [{"name": name, "value" if isinstance(value, str) else "values": value} for name, value in entry.columns.items()]
        about = {"register": f"registers/{entry.register}", "holder": entry.holder, "fields": fields}
        _once(gateway.as_(organisation.person(entry.by).subject), "/v1/registrations", {"registration": about})
    if organisation.entries:
        settle()
    log.info("tenant_seeded", tenant=organisation.tenant, people=len(organisation.people), units=len(organisation.units))


def create_tenant(platform: Platform, organisation: Organisation) -> None:
    """Creates the tenant with its administrator, as the installation itself."""
    request = tenant_service_pb2.CreateTenantRequest(tenant_id=organisation.tenant)
    request.tenant.display_name, request.tenant.kind = organisation.display_name, organisation.kind
    request.tenant.parent = f"tenants/{organisation.parent}" if organisation.parent else ""
    administrator = organisation.administrator
    request.administrator.person_id, request.administrator.display_name = administrator.person, administrator.name
    request.administrator.issuer, request.administrator.sub = platform.issuer, administrator.subject
    with connect(platform.addresses["directory"]) as channel:
        stub = tenant_service_pb2_grpc.TenantServiceStub(channel)
        _tolerating(lambda: stub.CreateTenant(request, metadata=service_metadata(platform.signer, "platform", SystemClock().now())))


def bind_administrator(platform: Platform, organisation: Organisation) -> None:
    """Lets the administrator sign in at the issuer of today: its address changes with the port. Done before, it changes nothing."""
    person, tenant = organisation.administrator, organisation.tenant
    token = platform.signer.sign(person.person, now=SystemClock().now())
    request = person_service_pb2.BindSubjectRequest(name=f"persons/{person.person}", issuer=platform.issuer, sub=person.subject)
    with connect(platform.addresses["directory"]) as channel:
        stub = person_service_pb2_grpc.PersonServiceStub(channel)
        _tolerating(lambda: stub.BindSubject(request, metadata=metadata(token, tenant)))


def load_packs(admin: Client, sources: Sequence[str], *, since_effective: bool = False) -> None:
    """Brings policy packs in and puts them in force, those of one set together: from now, or from the regulation's own first day."""
    heads = [(pack.head, f"packs/{pack.id}/versions/{pack.version}") for pack in map(load, sources)]
    for source in sources:
        _once(admin, "/v1/packs", {"source": source})
    for head, name in heads:
        together = [other for beside, other in heads if other != name and beside.pack in head.set]
        since = {"activeFromTime": f"{head.effective_from}T00:00:00+08:00"} if since_effective and head.effective_from else {}
        _once(admin, f"/v1/{name}:activate", {**since, **({"together": together} if together else {})})


def settle_person(admin: Client, person: Person, position: int, issuer: str) -> None:
    """Takes a person in: member, post, portfolios, and the way to sign in."""
    name, unit = f"persons/{person.person}", f"units/{person.unit}"
    about = {"displayName": person.name, "kind": "person", "unit": unit}
    _once(admin, "/v1/persons", {"personId": person.person, "person": about})
    post = {"person": name, "unit": unit, "kind": person.post, "title": person.title, "position": position}
    _once(admin, "/v1/posts", {"post": post})
    for charge in person.in_charge_of:
        _once(admin, "/v1/portfolios", {"portfolio": {"person": name, "unit": f"units/{charge}"}})
    _once(admin, f"/v1/{name}:bindSubject", {"issuer": issuer, "sub": person.subject})


def _once(admin: Client, path: str, body: dict[str, Any]) -> bool:
    """Does it unless it was done before: the same request has the same id. Says whether it could be done."""
    name = json.dumps([admin.tenant, path, body], ensure_ascii=False, sort_keys=True)
    try:
        admin.post(path, body, request_id=ids.named(name))
    except Refused as refused:
        if refused.reason not in _THERE:
            raise
        return False
    return True


def _tolerating(call: Callable[[], Any]) -> None:
    import grpc

    try:
        call()
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.ALREADY_EXISTS:
            raise
