"""`office` for the scenarios of documents: the service alone over gRPC, with the interface of `tests.scenario.world`.

The whole platform is not needed to see what a regulation demands of documents. One service is started for all scenarios of the process;
each has a tenant of its own there, whose rows are gone behind it. The packs come from `tests.scenario.packs`, so that a changed one takes
its place here as well.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import grpc
import pytest

from services.documents.service import SPEC
from services.kit.clock import DrivenClock
from services.kit.deadline import Watch
from services.kit.loop import drain, drive
from services.kit.policy.load import load
from services.kit.roster.model import RosterEntry
from services.kit.rpc.status import Answer, read
from services.kit.service import Ports
from services.kit.testing import channel, service
from services.kit.testing.channel import Served
from services.kit.testing.office import LONG_AGO
from services.kit.testing.office import Office as Rows
from services.kit.testing.postgres import PostgresServer
from services.platform.people import Organisation, parse
from tests.scenario import packs
from tests.scenario.documents.scene import moment
from tests.scenario.world import OFFICES, UnexpectedRefusal, described

FAR_AWAY = moment("2099-01-01 00:00")


@dataclass
class Caller:
    """Somebody of the office."""

    served: Served
    person: str
    tenant: str

    def do(self, method: str, **fields: Any) -> Any:
        """Calls a method; a refusal is a failure of the scenario."""
        try:
            return self.served.client(self.person, self.tenant).call(method, _message(self.served, method, fields))
        except grpc.RpcError as error:
            answer = read(error)
            if answer.reason in ("", "INTERNAL"):
                raise
            raise UnexpectedRefusal(f"{method}: {answer.reason} {answer.clause} {answer.text}") from error

    def refused(self, method: str, **fields: Any) -> Answer:
        """Calls a method that is refused."""
        return self.served.client(self.person, self.tenant).refused(method, _message(self.served, method, fields))


@dataclass
class Office:
    """An office of its own for one scenario."""

    ports: dict[str, Ports]
    served: Served
    clock: DrivenClock
    organisation: Organisation

    @property
    def tenant(self) -> str:
        return self.organisation.tenant

    @property
    def world(self) -> Office:
        return self

    @property
    def platform(self) -> Office:
        return self

    @cached_property
    def loops(self) -> list[Any]:
        return [Watch(self.ports["documents"])]

    def as_(self, person: str) -> Caller:
        return Caller(self.served, self.organisation.person(person).person, self.tenant)

    def at(self, text: str) -> Office:
        """Lets time pass; what falls due on the way is seen."""
        drive(self.clock, self.loops, moment(text))
        return self

    def settle(self) -> None:
        drain(self.loops, self.clock.now())


def _message(served: Served, method: str, fields: dict[str, Any]) -> Any:
    from google.protobuf import json_format, message_factory

    found = served.method(method)
    return json_format.ParseDict(fields, message_factory.GetMessageClass(found.input_type)())


def _rows(organisation: Organisation, data: dict[str, Any]) -> Rows:
    rows = Rows(organisation.tenant, organisation.display_name, kind=organisation.kind)
    for unit in organisation.units:
        rows.unit(unit.id, kind=unit.kind, display_name=unit.display_name)
    for person in organisation.people:
        rows.person(person.person, unit=person.unit, post=person.post, display_name=person.name)
        rows.in_charge(person.person, *person.in_charge_of)
    for given in data.get("fields_of_work", ()):
        rows.in_charge(organisation.person(given["leader"]).person, field=given["field"])
    for given in data.get("delegations", ()):
        delegator, delegate = (organisation.person(given[end]).person for end in ("from", "to"))
        since, until = (moment(given[end]) if end in given else always for end, always in (("since", LONG_AGO), ("until", FAR_AWAY)))
        rows.delegate(delegator, delegate, since, until)
    for entry in data.get("roster_entries", ()):
        rows.add(RosterEntry(valid_from=LONG_AGO, **entry))
    for name in data["packs"]:
        source = packs.text(name)
        rows.pack(source)
        for role, permissions in load(source).grants.items():
            rows.grant(role, *permissions)
    return rows


class Desk:
    """The service of documents, started once."""

    def __init__(self, ports: Ports, served: Served, clock: DrivenClock, rows: service.TenantRows) -> None:
        self._ports = ports
        self._served = served
        self._clock = clock
        self._rows = rows
        self._numbers = itertools.count(1)

    @contextmanager
    def office(self, name: str, at: str) -> Iterator[Office]:
        """An office that is there from a moment on, and gone afterwards."""
        data = described(name)
        data["tenant"]["id"] += f"-{next(self._numbers)}-{os.getpid()}"
        organisation = parse(data, OFFICES / f"{name}.yaml")
        self._clock._now = moment(at)  # back, too: nothing is left that could remember a later year
        try:
            _rows(organisation, data).install(self._ports)
            yield Office({"documents": self._ports}, self._served, self._clock, organisation)
        finally:
            self._rows.remove(organisation.tenant)


@pytest.fixture(scope="session")
def desk(postgres: PostgresServer) -> Iterator[Desk]:
    """The service, started once for all scenarios of this process."""
    clock = DrivenClock(moment("2003-01-01 00:00"))
    with service.ports(postgres.url, SPEC, clock) as ports, channel.served(SPEC, ports) as served:
        rows = service.TenantRows(postgres.url, ports)
        yield Desk(ports, served, clock, rows)
        rows.close()


@pytest.fixture
def office(desk: Desk) -> Iterator[Any]:
    """Opens the office of a scenario: `office("bureau", at="2019-04-15 09:00")`."""
    with ExitStack() as stack:
        yield lambda name, at: stack.enter_context(desk.office(name, at))
