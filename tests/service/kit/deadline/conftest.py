"""A service with nothing but limits, on a real database, with a clock that is driven or passes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.kit import deadline
from services.kit.clock import DrivenClock, SystemClock
from services.kit.deadline import Deadline, Start
from services.kit.errors import Citation
from services.kit.loop import drive
from services.kit.policy.model import Limit, Rung
from services.kit.service import Ports
from services.kit.testing.office import Office, a_caller
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as service_ports
from services.kit.worktime import Budget, parse_offset
from tests.service.kit.deadline.toy import SPEC

TENANT = "river"
CITATION = Citation("reg/1.1", "第一条", "限时办结", "某规定", "reg", 1)


def at(text: str) -> datetime:
    """An instant of Shanghai."""
    return datetime.fromisoformat(text + "+08:00")


def a_rung(do: str, where: Any, *to: str) -> Rung:
    side, offset = parse_offset(where)
    return Rung(do, side, offset, to, replace(CITATION, clause="reg/9.1"), "")  # type: ignore[arg-type]


def a_limit(
    value: int | None = 6, unit: str = "clock_hours", ladder: tuple[Rung, ...] = (), time: str | None = None, **changes: Any
) -> Limit:
    limit = Limit(rule="sign-step", citation=CITATION, budget=Budget(value, unit, time), due_at=None, ladder=ladder, label="审签")
    return replace(limit, **changes)


class Desk:
    """One tenant's limits, as a service's commands would use them; every method is a transaction of its own."""

    def __init__(self, ports: Ports, tenant: str = TENANT) -> None:
        self.ports = ports
        self.tenant = tenant
        self.clock = ports.clock
        self.caller = a_caller("chen", tenant)

    def tx(self) -> Any:
        return self.ports.db.tenant(self.tenant, self.caller)

    def start(self, subject: str = "things/1", limit: Limit | None = None, unit: str = "planning", **more: Any) -> Deadline:
        with self.tx() as tx:
            return deadline.start(tx, Start(subject=subject, rule=limit or a_limit(), unit=unit, role="section_chief", **more))

    def do(self, act: Any, *args: Any, **more: Any) -> Any:
        with self.tx() as tx:
            return act(tx, *args, **more)

    def get(self, of: Deadline) -> Deadline:
        return self.do(deadline.get, of.id)

    def watch(self) -> None:
        """Lets the watch fire all that is due."""
        loop = deadline.Watch(self.ports)
        for _ in range(100):
            now = self.clock.now()
            wake = loop.step(now)
            if wake is None or wake > now:
                return
        raise AssertionError("the watch finds no rest")

    def until(self, moment: str) -> None:
        """Drives the clock; everything happens at its true time."""
        drive(self.clock, deadline.loops(self.ports), at(moment))

    def fired(self) -> list[tuple[str, int, datetime]]:
        """What the watch told: act, rung and moment, in the order of the outbox."""
        outbox = self.ports.db.metadata.tables["outbox"]
        with self.tx() as tx:
            rows = tx.all(select(outbox.c.type, outbox.c.data, outbox.c.time).order_by(outbox.c.seq))
        kinds = ("warned", "breached", "escalated")
        return [(row.type.split(".")[2], int(row.data["step"].get("rung", 0)), row.time) for row in rows if row.type.split(".")[2] in kinds]

    def events(self, kind: str) -> list[Any]:
        outbox = self.ports.db.metadata.tables["outbox"]
        with self.tx() as tx:
            return list(tx.all(select(outbox).where(outbox.c.type == f"limits.deadline.{kind}.v1").order_by(outbox.c.seq)))

    def rows(self, name: str) -> list[Any]:
        table = self.ports.db.metadata.tables[name]
        with self.tx() as tx:
            return list(tx.all(select(table)))

    def counts(self, unit: str = "planning") -> tuple[int, int, int, int]:
        found = [count for count in self.do(deadline.counts) if count.unit == unit]
        return tuple(sum(getattr(count, name) for count in found) for name in ("open", "overdue", "breaches", "set_aside"))  # type: ignore[return-value]


def an_office(ports: Ports, tenant: str = TENANT) -> Office:
    return Office(tenant).unit("office", kind="office").unit("planning").unit("rivers").install(ports)


@pytest.fixture
def desk(postgres: PostgresServer) -> Iterator[Desk]:
    """On a driven clock that stands on Monday 2019-04-08 10:00 in Shanghai."""
    with service_ports(postgres.url, SPEC, DrivenClock(at("2019-04-08T10:00"))) as ports:
        an_office(ports)
        yield Desk(ports)


@pytest.fixture
def live(postgres: PostgresServer) -> Iterator[Desk]:
    """On the database's own clock, as in production."""
    with service_ports(postgres.url, SPEC, SystemClock(), pool_size=12) as ports:
        an_office(ports)
        yield Desk(ports)


def soon(seconds: float) -> datetime:
    """A moment of the passing clock."""
    return SystemClock().now() + timedelta(seconds=seconds)
