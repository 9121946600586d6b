"""What a tenant knows of those below it: counts per unit and rule, as rows of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.documents.service import SPEC as DOCUMENTS
from services.kit import clockwork, deadline
from services.kit.bus.inline import InlineBus
from services.kit.clock import DrivenClock
from services.kit.deadline import Start
from services.kit.errors import Citation
from services.kit.loop import drive
from services.kit.policy.model import Limit
from services.kit.policy.source import write
from services.kit.service import Ports
from services.kit.testing.channel import Served, served
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports
from services.kit.worktime import Budget
from services.notifications.service import SPEC

CITATION = Citation("invented/1.1", "第一条", "限时办结", "某规定", "invented", 1)
START = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
SEE = "notifications:report:list"


@dataclass
class City:
    """A city with a bureau below it, and a bureau that is nobody's."""

    documents: Ports
    served: Served
    clock: DrivenClock
    loops: list[Any]

    def start(self, tenant: str, subject: str, unit: str = "rivers", rule: str = "sign") -> None:
        limit = Limit(rule=rule, citation=CITATION, budget=Budget(1, "clock_hours"), due_at=None, ladder=(), label="审签")
        with self.documents.db.tenant(tenant) as tx:
            deadline.start(tx, Start(subject=subject, rule=limit, unit=unit))

    def finish(self, tenant: str, subject: str) -> None:
        with self.documents.db.tenant(tenant) as tx:
            deadline.finish(tx, subject)

    def pass_time(self, **span: float) -> None:
        drive(self.clock, self.loops, self.clock.now() + timedelta(**span))

    def seen(self, person: str = "mayor", tenant: str = "city", **fields: Any) -> list[tuple[Any, ...]]:
        found = self.served.client(person, tenant).ListChildCounts(**fields).counts
        return [(c.child, c.service, c.count.unit, c.count.rule, c.count.open, c.count.overdue, c.count.breaches) for c in found]

    def told(self) -> list[Any]:
        outbox = self.documents.db.metadata.tables["outbox"]
        with self.documents.db.plumbing() as tx:
            return list(tx.all(select(outbox).where(outbox.c.type == "documents.deadline.counted.v1")))


@pytest.fixture
def city(postgres: PostgresServer) -> Iterator[City]:
    clock = DrivenClock(START)
    offices = [
        Office("city", "某市").person("mayor", permissions=[SEE]).person("porter"),
        Office("bureau", "某市水利局", parent="city")
        .unit("rivers", display_name="河长科")
        .unit("office")
        .person("chief", permissions=[SEE]),
        Office("alone", "某院").unit("rivers").person("head", permissions=[SEE]),
    ]
    with (
        made_ports(postgres.url, DOCUMENTS, clock) as documents,
        made_ports(postgres.url, SPEC, clock) as notifications,
        served(SPEC, notifications) as running,
    ):
        for office in offices:
            office.install(documents).install(notifications)
        bus = InlineBus([(documents, DOCUMENTS.handlers), (notifications, SPEC.handlers)]).loops()
        watches = [loop for loop in clockwork.watches(DOCUMENTS, documents) if "deadline" in loop.name]
        yield City(documents, running, clock, [*bus, *watches])


def test_the_tenant_above_sees_the_counts_of_the_one_below(city: City) -> None:
    city.start("bureau", "things/1")
    city.start("bureau", "things/2", unit="office", rule="answer")
    city.pass_time(minutes=1)
    assert city.seen() == [
        ("bureau", "documents", "office", "answer", 1, 0, 0),
        ("bureau", "documents", "rivers", "sign", 1, 0, 0),
    ]
    (first, _) = city.served.client("mayor", "city").ListChildCounts(child="bureau").counts
    assert (first.child_name, first.count.unit_name, first.count.label) == ("某市水利局", "office", "审签")


def test_a_limit_is_called_as_the_regulation_calls_it_now(city: City) -> None:
    limit = {"kind": "limit", "label": "限时审签", "on": "documents.incoming.registered", "clause": "now/1"}
    pack = {
        "schema": 1, "pack": "now", "version": 1, "title": "现行规定", "issuer": "某局", "effective_from": START.date(),
        "clauses": [{"id": "now/1", "article": "第一条", "quote": "限时审签"}],
        "rules": [{"id": "sign", "budget": {"value": 1, "unit": "clock_hours"}, **limit}],
    }  # fmt: skip
    Office("bureau", "某市水利局", parent="city").pack(write(pack)).install(city.documents)
    city.start("bureau", "things/1")
    city.start("bureau", "things/2", rule="answer")
    city.pass_time(minutes=1)
    found = city.served.client("mayor", "city").ListChildCounts().counts
    assert [(each.count.rule, each.count.label) for each in found] == [("answer", "审签"), ("sign", "限时审签")]


def test_it_follows_a_breach_and_the_work(city: City) -> None:
    city.start("bureau", "things/1")
    city.pass_time(minutes=61)
    assert city.seen() == [("bureau", "documents", "rivers", "sign", 1, 1, 1)]
    city.finish("bureau", "things/1")
    city.pass_time(minutes=1)
    assert city.seen() == [("bureau", "documents", "rivers", "sign", 0, 0, 1)]


def test_it_is_told_once_a_minute_and_only_when_something_has_changed(city: City) -> None:
    for number in range(5):
        city.start("bureau", f"things/{number}")
        city.pass_time(seconds=20)
    city.pass_time(minutes=30)
    told = city.told()
    assert [row.time for row in told] == [START, START + timedelta(minutes=1), START + timedelta(minutes=2)]
    assert {(row.tenant, row.visibility, tuple(row.receivers)) for row in told} == {("bureau", "internal", ("city",))}


def test_nobody_else_sees_them(city: City) -> None:
    city.start("bureau", "things/1")
    city.start("alone", "things/1")
    city.pass_time(minutes=2)
    assert (city.seen("chief", "bureau"), city.seen("head", "alone")) == ([], [])
    assert city.served.client("porter", "city").refused("ListChildCounts").code == "PERMISSION_DENIED"
    assert [row.tenant for row in city.told()] == ["bureau"]


def test_an_older_count_that_comes_late_changes_nothing(city: City) -> None:
    city.start("bureau", "things/1")
    city.pass_time(minutes=1)
    city.start("bureau", "things/2")
    city.pass_time(minutes=1)
    deliveries = city.documents.db.metadata.tables["deliveries"]
    inbox = city.served.ports.db.metadata.tables["inbox"]
    with city.documents.db.plumbing() as tx:
        first = min(tx.all(select(deliveries).where(deliveries.c.type == "documents.deadline.counted.v1")), key=lambda row: row.seq)
        tx.execute(deliveries.update().where(deliveries.c.id == first.id).values(state="pending", next_at=city.clock.now()))
    with city.served.ports.db.plumbing() as tx:
        assert tx.execute(inbox.delete().where(inbox.c.event == first.event)) == 1
    city.pass_time(seconds=5)
    assert city.seen() == [("bureau", "documents", "rivers", "sign", 2, 0, 0)]


def test_pages_follow_each_other(city: City) -> None:
    for number in range(3):
        city.start("bureau", f"things/{number}", rule=f"rule-{number}")
    city.pass_time(minutes=1)
    mayor = city.served.client("mayor", "city")
    first = mayor.ListChildCounts(page_size=2)
    second = mayor.ListChildCounts(page_size=2, page_token=first.next_page_token)
    assert [c.count.rule for page in (first, second) for c in page.counts] == ["rule-0", "rule-1", "rule-2"]
    assert second.next_page_token == ""
