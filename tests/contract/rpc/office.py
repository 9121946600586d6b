"""Two offices and an empty one on the running platform, and calls as any of their people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.api import httpbody_pb2
from google.protobuf import json_format
from google.rpc import status_pb2
from sqlalchemy import func, select

from services.kit import ids
from services.kit.rpc import status
from services.kit.rpc.channel import metadata, service_metadata
from services.kit.rpc.status import domain_of
from services.kit.testing.builders import Act, Cast
from services.kit.testing.builders.desk import INSTALLATION
from tests.contract.rpc.contract import WITHOUT_DATABASE, Method, methods
from tests.scenario.world import Office, World

CAST = Cast(
    admin="admin",
    registrar="chen",
    clerk="zhu",
    registry_head="sun",
    section="a",
    section_head="luo",
    section_staff="wu",
    other_section="b",
    other_head="he",
    leader="li",
    principal="huang",
    handled_class="action",
    read_class="reading",
    register="information_liaison",
    series="赣市水利字",
    plain_register="column_accounts",
    plain_column="account",
)
_SECONDS = 60.0
_HOST_OF_CLOCK = "directory"
_REASON = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")
_CHINESE = re.compile("[\u4e00-\u9fff]")
Said = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Refusal:
    """A refusal: as its receiver reads it, and the bytes of its body."""

    answer: status.Answer
    body: bytes

    @property
    def code(self) -> str:
        """Name of the status code."""
        return self.answer.code

    @property
    def reason(self) -> str:
        """Reason code."""
        return self.answer.reason


class NotRefused(AssertionError):
    """The call was done although the contract says that it is refused."""


class Line:
    """Calls methods of the running platform."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._channels: dict[str, grpc.Channel] = {}
        self._by_name = {method.name: method for method in methods()}

    def method(self, name: str) -> Method:
        """A method by its name, or by its last word where only one has it."""
        found = [method for full, method in self._by_name.items() if full == name or full.endswith(f".{name}")]
        assert len(found) == 1, f"{name}: {len(found)} methods"
        return found[0]

    def said(self, person: str, tenant: str) -> Said:
        """The metadata of somebody in a tenant; nobody without a person."""
        signer, now = self.world.platform.signer, datetime.now(UTC)
        if person == INSTALLATION:
            return service_metadata(signer, "platform", now)
        return metadata(signer.sign(person, now=now), tenant) if person else ()

    def call(self, method: Method, request: Any, said: Said, pieces: Sequence[bytes] = ()) -> Any:
        """Calls a method; a stream of answers comes as a list. Raises grpc.RpcError."""
        sent = _stream(request, pieces) if method.descriptor.client_streaming else request
        answer = method.stub(self._channel(method.service))(sent, metadata=said, timeout=_SECONDS)
        return list(answer) if method.descriptor.server_streaming else answer

    def refused(self, method: Method, request: Any, said: Said, pieces: Sequence[bytes] = ()) -> Refusal:
        """Calls a method that must be refused, and sees to it that the refusal says everything that each must say."""
        try:
            done = self.call(method, request, said, pieces)
        except grpc.RpcError as error:
            return refusal(method, error)
        raise NotRefused(f"{method.name} was done: {done}")

    def _channel(self, service: str) -> grpc.Channel:
        host = _HOST_OF_CLOCK if service == WITHOUT_DATABASE else service
        if host not in self._channels:
            self._channels[host] = grpc.insecure_channel(self.world.platform.addresses[host])
        return self._channels[host]


def refusal(method: Method, error: grpc.RpcError) -> Refusal:
    """Reads a refusal. Fails for a failure, and for a refusal that does not say what each must."""
    answer = status.read(error)
    body = next((value for key, value in error.trailing_metadata() or () if key == "grpc-status-details-bin"), b"")
    assert answer.code != "INTERNAL", f"{method.name} failed: {error.details()}"
    assert _REASON.match(answer.reason), f"{method.name}: {answer}"
    served = _HOST_OF_CLOCK if method.service == WITHOUT_DATABASE else method.service
    assert answer.domain == domain_of(served), answer
    assert _CHINESE.search(answer.text), answer
    assert not re.search(r"{[a-z_]*}", answer.text), f"a placeholder is left: {answer.text}"
    assert (answer.code == "INVALID_ARGUMENT") <= (status_pb2.Status.FromString(body).message != ""), answer
    if "rule" in answer.metadata:
        assert all(answer.metadata.get(key) for key in ("rule", "clause", "article", "pack", "version")), answer
        assert answer.findings, answer
    return Refusal(answer, body)


def _stream(first: Any, pieces: Sequence[bytes]) -> Iterator[Any]:
    """The messages of a request that comes as a stream: all fields in the first one."""
    for number, piece in enumerate(pieces or (b"",)):
        message = type(first)()
        if number == 0:
            message.CopyFrom(first)
        message.body.CopyFrom(httpbody_pb2.HttpBody(data=piece))
        yield message


class OfficeDesk:
    """An office as builders see it."""

    def __init__(self, line: Line, office: Office, cast: Cast = CAST) -> None:
        self.line = line
        self.office = office
        self.cast = cast
        self.beside: OfficeDesk | None = None

    @property
    def tenant(self) -> str:
        """Id of the tenant."""
        return self.office.tenant

    @property
    def neighbour(self) -> OfficeDesk:
        """The office next door."""
        assert self.beside is not None
        return self.beside

    @property
    def now(self) -> datetime:
        """The moment on the clock."""
        return self.line.world.clock.now()

    def person(self, part: str) -> str:
        """Id of whoever plays a part."""
        return self.office.organisation.person(getattr(self.cast, part)).person

    def unit(self, part: str) -> str:
        """Id of a unit."""
        return str(getattr(self.cast, part))

    def said(self, part: str) -> Said:
        """The metadata of whoever plays a part."""
        return self.line.said(INSTALLATION if part == INSTALLATION else self.person(part), self.tenant)

    def said_of(self, person: str) -> Said:
        """The metadata of somebody by the organisation's short id."""
        return self.line.said(self.office.organisation.person(person).person, self.tenant)

    def do(self, part: str, method: str, **fields: Any) -> Any:
        """Calls a method as whoever plays a part."""
        found = self.line.method(method)
        pieces = fields.pop("pieces", ())
        return self.line.call(found, filled(found, fields), self.said(part), pieces)

    def settle(self) -> None:
        """Does everything that is due."""
        self.line.world.settle()

    def pass_time(self, span: timedelta) -> None:
        """Lets time pass."""
        self.line.world.platform.advance_to(self.now + span)

    def count(self) -> dict[str, int]:
        """How many events and audit records each service has of this office."""
        found: dict[str, int] = {}
        for service, ports in self.line.world.platform.ports.items():
            tables = ports.db.metadata.tables
            counts = (select(func.count()).select_from(tables[name]).scalar_subquery().label(name) for name in ("outbox", "audit"))
            with ports.db.tenant(self.tenant) as tx:
                (row,) = tx.all(select(*counts))
            found |= {f"{service}.{name}": number for name, number in row._mapping.items()}
        return found


def filled(method: Method, fields: Any, request_id: str = "") -> Any:
    """A request with these fields, and with a request id where it can have one."""
    request = json_format.ParseDict(dict(fields), method.request())
    if method.changes:
        request.request_id = request_id or ids.new()
    return request


def request_of(method: Method, act: Act, request_id: str = "") -> Any:
    """The request of an act."""
    return filled(method, act.request, request_id)
