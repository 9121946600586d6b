"""The running platform as scenarios see it: one start for all of them, an office of its own for each.

    def test_a_proposal_for_two_sections_names_the_lead(office):
        bureau = office("ganzhou", at="2019-04-15 09:00")
        chen = bureau.as_("chen")
        document = chen.do("RegisterDocument", document={"title": "关于防汛的通知", ...})
        refused = chen.refused("SubmitProposal", ...)
        assert (refused.reason, refused.clause) == ("MISSING_LEAD_UNIT", "ganzhou/2.1")

Calls are named by their method; the request is its fields. Times are those of China, written `2019-04-15 09:00`. Between scenarios the
clock goes back and the tenant before is removed: nothing of one scenario can be seen in another.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import grpc
import yaml
from google.protobuf import json_format, message_factory
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from openpyxl import Workbook

from services.kit import ids
from services.kit.clock import DrivenClock
from services.kit.policy import load
from services.kit.rpc import status
from services.kit.rpc.access import all_services
from services.kit.rpc.channel import connect, metadata, service_metadata
from services.kit.rpc.interceptors.identity import ACTING_FOR_KEY
from services.kit.testing.service import TenantRows
from services.platform.people import Organisation, parse
from tests.scenario import packs
from xiaoneng.directory.v1 import organisation_service_pb2

if TYPE_CHECKING:
    from google.protobuf.descriptor import MethodDescriptor

    from services.platform.embedded import Platform

ZONE = ZoneInfo("Asia/Shanghai")
OFFICES = Path(__file__).parent / "offices"
_CALL_SECONDS = 30.0


@cache
def _described(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((OFFICES / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def described(name: str) -> dict[str, Any]:
    """An office of `tests/scenario/offices` as its file says."""
    return deepcopy(_described(name))


class UnexpectedRefusal(AssertionError):
    """The platform refused an act of which the scenario says that it is done."""


def moment(text: str) -> datetime:
    """A time in China as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def local(at: Timestamp | datetime) -> str:
    """An instant as people in China write it: `2019-04-15 09:00`; seconds where there are any."""
    instant = at.ToDatetime(tzinfo=UTC) if isinstance(at, Timestamp) else at
    here = instant.astimezone(ZONE)
    return f"{here:%Y-%m-%d %H:%M}" + (f":{here:%S}" if here.second else "")


class World:
    """The platform, started once."""

    def __init__(self, platform: Platform, admin_url: str) -> None:
        self.platform = platform
        self._admin_url = admin_url
        self._channels: dict[str, grpc.Channel] = {}
        self._numbers = itertools.count(1)
        assert isinstance(platform.clock, DrivenClock)
        self.clock = platform.clock

    @contextmanager
    def office(self, name: str, at: str, under: Office | None = None) -> Iterator[Office]:
        """An office of `tests/scenario/offices` that opens at a moment, under its packs, and is gone afterwards; `under` is above it."""
        data = described(name)
        with self.founded(data, at, {pack: packs.text(pack) for pack in data["packs"]}, under) as office:
            yield office

    @contextmanager
    def founded(self, data: Mapping[str, Any], at: str, sources: Mapping[str, str], under: Office | None = None) -> Iterator[Office]:
        """An office of any kind, under packs whose texts are given, perhaps below another office."""
        own = {**data, "tenant": {**data["tenant"], "id": f"{data['tenant']['id']}-{next(self._numbers)}-{os.getpid()}"}}
        office = Office(self, parse(own, OFFICES / "given"))
        if under is None:  # A new scenario begins in its own year. Nothing else is left that could remember a later one.
            self.clock._now = moment(at)
        try:
            office.open(sources, under.tenant if under is not None else "")
            yield office
        finally:
            self.remove(office.tenant)

    def call(self, method: str, request: Message | Mapping[str, Any], said: Sequence[tuple[str, str]]) -> Message:
        """Calls a method by its name (`SubmitProposal`, or `documents.StepService.SubmitProposal`). Raises grpc.RpcError."""
        found = _method(method)
        full = found.containing_service.full_name
        if isinstance(request, Mapping):
            message = message_factory.GetMessageClass(found.input_type)()
            if "request_id" in found.input_type.fields_by_name and "request_id" not in request:
                request = {**request, "request_id": ids.new()}
            json_format.ParseDict(_plain(request), message)
        else:
            message = request
        reply = message_factory.GetMessageClass(found.output_type)
        unary = self._channel(full.split(".")[1]).unary_unary(
            f"/{full}/{found.name}", request_serializer=type(message).SerializeToString, response_deserializer=reply.FromString
        )
        answer: Message = unary(message, metadata=said, timeout=_CALL_SECONDS)
        return answer

    def settle(self) -> None:
        """Does everything that is due now."""
        self.platform.settle()

    def remove(self, tenant: str) -> None:
        """Takes every row of a tenant out of every database: what a test's office leaves behind must not run on."""
        for rows in self._rows:
            rows.remove(tenant)

    @cached_property
    def _rows(self) -> list[TenantRows]:
        return [TenantRows(self._admin_url, ports) for ports in self.platform.ports.values()]

    def close(self) -> None:
        """Closes what was opened to remove tenants."""
        for rows in self._rows:
            rows.close()

    def _channel(self, service: str) -> grpc.Channel:
        if service not in self._channels:
            self._channels[service] = connect(self.platform.addresses[service], timeout=_CALL_SECONDS)
        return self._channels[service]


@dataclass
class Office:
    """A tenant of its own, made for one scenario."""

    world: World
    organisation: Organisation
    packs: dict[str, str] = field(default_factory=dict)

    @property
    def tenant(self) -> str:
        """Id of the tenant."""
        return self.organisation.tenant

    @property
    def now(self) -> str:
        """The time on the office's clock."""
        return local(self.world.clock.now())

    def at(self, text: str) -> Office:
        """Lets time pass until a moment; everything that falls due on the way happens."""
        self.world.platform.advance_to(moment(text))
        return self

    def as_(self, person: str, acting_for: str = "") -> Caller:
        """Somebody of the office, by short id; perhaps acting for somebody else."""
        return Caller(self, self.organisation.person(person).person, self.organisation.person(acting_for).person if acting_for else "")

    def person(self, person: str) -> str:
        """Resource name of a person."""
        return f"persons/{self.organisation.person(person).person}"

    def unit(self, unit: str) -> str:
        """Resource name of a unit."""
        self.organisation.unit_name(unit)
        return f"units/{unit}"

    def put_in_force(self, admin: Caller, name: str, kept: Sequence[str]) -> None:
        """Puts a version in force; what is issued together goes together, and is in force already when its turn comes."""
        head = load(self.packs[name.split("/")[1]]).head
        together = [other for other in kept if other != name and other.split("/")[1] in head.set]
        begun = head.effective_from is not None and moment(f"{head.effective_from} 00:00") < self.world.clock.now()
        since = {"active_from_time": moment(f"{head.effective_from} 00:00")} if begun else {}
        try:
            admin.call("ActivatePack", name=name, together=together, **since)
        except grpc.RpcError as error:
            if _answer(error).reason != "ACTIVE_ALREADY":
                raise

    def open(self, sources: Mapping[str, str], parent: str = "") -> None:
        """Sets the office up: tenant, regulation, units, persons, posts, portfolios."""
        self.packs = dict(sources)
        about, administrator = self.organisation, self.organisation.administrator
        tenant = {"display_name": about.display_name, "kind": about.kind, "parent": f"tenants/{parent}" if parent else ""}
        first = {"person_id": administrator.person, "display_name": administrator.name}
        said = service_metadata(self.world.platform.signer, "platform", datetime.now(UTC))
        self.world.call("CreateTenant", {"tenant_id": self.tenant, "tenant": tenant, "administrator": first}, said)
        self.world.settle()
        admin = self.as_(administrator.id)
        kept = [admin.call("CreatePack", source=source).name for source in sources.values()]
        for name in kept:
            self.put_in_force(admin, name, kept)
        imported = admin.call("ImportOrganisation", organisation_service_pb2.ImportOrganisationRequest(workbook=_workbook(about)))
        assert not imported.errors, imported.errors
        self.world.settle()


def _workbook(organisation: Organisation) -> bytes:
    """The organisation as the spreadsheet that the directory imports."""
    people, book = organisation.people, Workbook()
    book.remove(book.active)
    sheets: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        "科室": (("代码", "名称", "类别"), [(unit.id, unit.display_name, unit.kind) for unit in organisation.units]),
        "人员": (("代码", "姓名", "科室代码"), [(p.person, p.name, p.unit) for p in people]),
        "职务": (("人员代码", "科室代码", "职务类别", "职务名称"), [(p.person, p.unit, p.post, p.title) for p in people]),
        "分工": (("人员代码", "分管科室代码"), [(p.person, unit) for p in people for unit in p.in_charge_of]),
    }
    for title, (heads, rows) in sheets.items():
        sheet = book.create_sheet(title)
        for row in (heads, *rows):
            sheet.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


@dataclass(frozen=True)
class Caller:
    """Somebody of an office who does something."""

    office: Office
    person: str
    acting_for: str = ""

    def do(self, method: str, request: Message | None = None, /, **fields: Any) -> Any:
        """Calls a method and lets what follows happen. Raises UnexpectedRefusal when it is refused."""
        try:
            return self._call(method, request, fields)
        except grpc.RpcError as error:
            answer = _answer(error)
            raise UnexpectedRefusal(f"{method}: {answer.reason} {answer.clause} {answer.text} {list(answer.fields)}") from error

    def refused(self, method: str, request: Message | None = None, /, **fields: Any) -> status.Answer:
        """Calls a method of which the scenario says that it is refused; gives the refusal as its receiver reads it."""
        try:
            reply = self._call(method, request, fields)
        except grpc.RpcError as error:
            return _answer(error)
        raise AssertionError(f"{method} was not refused, but answered {reply}")

    def call(self, method: str, request: Message | None = None, /, **fields: Any) -> Any:
        """Calls a method and leaves what follows for later. Raises grpc.RpcError."""
        token = self.office.world.platform.signer.sign(self.person, now=datetime.now(UTC))
        said = [*metadata(token, self.office.tenant), *([(ACTING_FOR_KEY, self.acting_for)] if self.acting_for else [])]
        return self.office.world.call(method, request if request is not None else fields, said)

    def _call(self, method: str, request: Message | None, fields: Mapping[str, Any]) -> Message:
        answer: Message = self.call(method, request, **fields)
        self.office.world.settle()
        return answer


def _answer(error: grpc.RpcError) -> status.Answer:
    """A refusal as its receiver reads it. Raises what is none: the scenario must not take a failure for a refusal."""
    answer = status.read(error)
    if answer.reason in ("", "INTERNAL"):
        raise error
    return answer


@cache
def _methods() -> dict[str, list[MethodDescriptor]]:
    found: dict[str, list[MethodDescriptor]] = {}
    from services.kit.bus.catalogue import import_all

    import_all()
    for service in all_services():
        for method in service.methods:
            found.setdefault(method.name, []).append(method)
    return found


def _method(name: str) -> MethodDescriptor:
    *service, last = name.split(".")
    candidates = [m for m in _methods().get(last, ()) if all(part in m.containing_service.full_name.split(".") for part in service)]
    assert len(candidates) == 1, f"{name} names {len(candidates)} methods"
    return candidates[0]


def _plain(value: Any) -> Any:
    """Instants and messages inside a request as JSON has them."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Message):
        return json_format.MessageToDict(value, preserving_proto_field_name=True)
    return value
