"""A bureau and a district government with their real packs, the service over gRPC, a driven clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from services.documents.service import SPEC
from services.kit.clock import DrivenClock
from services.kit.deadline import Watch
from services.kit.loop import drain, drive
from services.kit.policy.load import load
from services.kit.service import Ports
from services.kit.testing import channel, service
from services.kit.testing.channel import Client, Served
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from tests.scenario import packs
from xiaoneng.documents.v1 import types_pb2

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> datetime:
    """`2019-04-08 10:20`, as people in the office read it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(stamp: Any) -> str:
    """An instant of a reply as people in the office read it."""
    return stamp.ToDatetime(UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@dataclass
class Scene:
    """An office at work: who calls, what time it is, what the watch has seen."""

    ports: Ports
    clock: DrivenClock
    served: Served
    tenant: str
    loops: list[Any]

    def __getattr__(self, person: str) -> Client:
        return self.served.client(person, self.tenant)

    def at(self, text: str) -> Scene:
        """Lets time pass until then."""
        drive(self.clock, self.loops, moment(text))
        return self

    def settle(self) -> None:
        drain(self.loops, self.clock.now())

    def route(self, document: Any, person: str = "sun") -> list[types_pb2.Step]:
        return list(getattr(self, person).GetRoute(name=document.name).steps)

    def opened(self, document: Any, person: str = "sun") -> list[types_pb2.Step]:
        return [step for step in self.route(document, person) if step.state == types_pb2.STEP_STATE_OPEN]

    def step(self, document: Any, step: str, unit: str = "") -> types_pb2.Step:
        """The open step of this name (of this unit)."""
        found = [s for s in self.opened(document) if s.step == step and unit in ("", s.unit)]
        assert len(found) == 1, [(s.step, s.unit) for s in self.opened(document)]
        return found[0]

    def sees(self, person: str, document: Any) -> list[str]:
        """The steps of a document in a person's work list."""
        items = getattr(self, person).ListMySteps().items
        return [item.step.step for item in items if item.document == document.name]

    def events(self, kind: str) -> list[Any]:
        """Events of a type as they lie in the outbox, oldest first."""
        outbox = self.ports.db.metadata.tables["outbox"]
        with self.ports.db.plumbing() as tx:
            rows = tx.all(select(outbox).where(outbox.c.tenant == self.tenant, outbox.c.type == kind).order_by(outbox.c.seq))
        return list(rows)

    def breaches(self, document: Any) -> list[tuple[str, str, str]]:
        """Clause, moment and role of each breach of a document."""
        found = []
        for row in self.events("documents.deadline.breached.v1"):
            data = row.data if isinstance(row.data, dict) else json.loads(row.data)
            about = data["deadline"]
            if document.name in (about.get("parent"), about["subject"]):
                at = datetime.fromisoformat(data["step"]["time"]).astimezone(SHANGHAI)
                found.append((about["citation"]["clause"], at.strftime("%Y-%m-%d %H:%M"), about.get("role", "")))
        return found


def a_bureau(tenant: str = "ganzhou") -> Office:
    """A municipal bureau: leaders, office, sections."""
    office = Office(tenant, "市水利局")
    for unit, kind, name in (
        ("leadership", "leadership", "局领导"), ("office", "office", "办公室"), ("river", "section", "河长科"),
        ("construction", "section", "建设科"), ("planning", "section", "计划科"),
    ):  # fmt: skip
        office.unit(unit, kind=kind, display_name=name)
    office.person("huang", unit="leadership", post="principal_leader").person("li", unit="leadership", post="deputy_leader")
    office.person("xie", unit="leadership", post="deputy_leader").person("sun", unit="office", post="unit_head")
    office.person("chen", unit="office", post="staff").person("zhou", unit="office", post="registrar")
    office.person("ma", unit="river", post="unit_head").person("luo", unit="construction", post="unit_head")
    office.person("he", unit="planning", post="unit_head").person("wu", unit="construction", post="staff")
    office.in_charge("li", "river", "construction").in_charge("xie", "planning")
    return under(office, "ganzhou-water-2019")


def under(office: Office, *names: str) -> Office:
    """Puts packs in force and grants what they grant."""
    for name in names:
        source = packs.text(name)
        office.pack(source)
        for role, permissions in load(source).grants.items():
            office.grant(role, *permissions)
    return office


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(moment("2018-01-02 08:00"))


@pytest.fixture
def ports(postgres: PostgresServer, clock: DrivenClock) -> Iterator[Ports]:
    with service.ports(postgres.url, SPEC, clock) as made:
        yield made


@pytest.fixture
def served(ports: Ports) -> Iterator[Served]:
    with channel.served(SPEC, ports) as made:
        yield made


@pytest.fixture
def bureau(ports: Ports, served: Served, clock: DrivenClock) -> Scene:
    a_bureau().install(ports)
    return Scene(ports, clock, served, "ganzhou", [Watch(ports)])
