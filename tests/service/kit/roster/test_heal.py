"""A change of the directory is lost on its way: the copy notices the gap, asks, and has it, without anybody doing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from services.directory.loops import LastChange
from services.directory.service import SPEC as DIRECTORY
from services.kit import clockwork
from services.kit.bus.dispatch import Registry
from services.kit.bus.inline import InlineBus
from services.kit.clock import DrivenClock
from services.kit.loop import drive
from services.kit.outbox import republish
from services.kit.roster import copy
from services.kit.roster.heal import ASKED
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Served, served
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports
from services.notifications.service import SPEC
from xiaoneng.kit.v1 import roster_pb2


@dataclass
class Pair:
    """The directory and a service with a copy, on the inline bus."""

    directory: Served
    copy: Ports
    clock: DrivenClock
    loops: list[Any]

    def pass_time(self, **span: float) -> None:
        drive(self.clock, self.loops, self.clock.now() + timedelta(**span))

    def unit(self, name: str) -> None:
        self.directory.client("admin").CreateUnit(unit_id=name, unit={"display_name": name, "kind": "section"})

    def units(self, ports: Ports | None = None) -> list[str]:
        with (ports or self.copy).db.tenant(TENANT) as tx:
            return [unit.id for unit in tx.roster.units()]

    def state(self) -> Any:
        state = self.copy.db.metadata.tables["roster_state"]
        with self.copy.db.tenant(TENANT) as tx:
            return tx.one(select(state))

    def lose(self, name: str) -> None:
        """Makes a change whose event is handed over and never arrives."""
        self.unit(name)
        assert self.mark("pending", "sent") == 1

    def mark(self, before: str, after: str) -> int:
        outbox = self.directory.ports.db.metadata.tables["outbox"]
        sent_at = self.clock.now() if after == "sent" else None
        mine = (outbox.c.type == copy.CHANGED, outbox.c.state == before, outbox.c.time == self.clock.now())
        with self.directory.ports.db.plumbing() as tx:
            return tx.execute(update(outbox).where(*mine).values(state=after, sent_at=sent_at))

    def resent(self) -> int:
        """How many changes have been sent in the last five minutes that are older."""
        outbox, since = self.directory.ports.db.metadata.tables["outbox"], self.clock.now() - timedelta(minutes=5)
        again = (outbox.c.type == copy.CHANGED, outbox.c.sent_at > since, outbox.c.time < since + timedelta(minutes=1))
        with self.directory.ports.db.plumbing() as tx:
            return int(tx.scalar(select(func.count()).where(*again)))

    def forget(self) -> None:
        """The directory no longer holds what it has sent."""
        outbox = self.directory.ports.db.metadata.tables["outbox"]
        with self.directory.ports.db.plumbing() as tx:
            tx.execute(delete(outbox))

    def asked(self) -> int:
        outbox = self.copy.db.metadata.tables["outbox"]
        with self.copy.db.tenant(TENANT) as tx:
            return int(tx.scalar(select(func.count()).where(outbox.c.type == "notifications.roster.missed.v1")))


@pytest.fixture
def pair(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Pair]:
    yield from made(postgres, driven_clock, copy.registry())


def made(postgres: PostgresServer, clock: DrivenClock, registry: Registry) -> Iterator[Pair]:
    with (
        made_ports(postgres.url, DIRECTORY, clock) as masters,
        made_ports(postgres.url, SPEC, clock) as ports,
        served(DIRECTORY, masters) as running,
    ):
        bus = InlineBus([(masters, DIRECTORY.handlers), (ports, registry)]).loops()
        healer = next(loop for loop in clockwork.watches(SPEC, ports) if loop.name == "notifications-roster-gaps")
        found = Pair(running, ports, clock, [*bus, healer])
        admin = {"person_id": "admin", "display_name": "管理员"}
        running.internal().CreateTenant(tenant_id=TENANT, tenant={"display_name": "某局"}, administrator=admin)
        found.unit("first")
        found.pass_time(seconds=1)
        yield found


def test_a_lost_change_is_sent_again_and_what_waited_for_it_follows(pair: Pair) -> None:
    before = ASKED.labels("notifications")._value.get()
    pair.lose("lost")
    pair.unit("last")
    pair.pass_time(seconds=5)
    assert (pair.units(), pair.state().gap_since is not None, pair.asked()) == (["first"], True, 0)
    pair.pass_time(seconds=6)
    assert (pair.units(), pair.asked(), ASKED.labels("notifications")._value.get() - before) == (["first", "last", "lost"], 1, 1)
    state = pair.state()
    assert (state.gap_since, state.asks, state.asked_at) == (None, 0, None)


def test_the_very_last_change_is_sent_once_more_when_it_is_quiet(pair: Pair) -> None:
    pair.loops.append(LastChange(pair.directory.ports))
    pair.pass_time(minutes=10)
    pair.lose("last")
    pair.pass_time(minutes=4)
    assert (pair.units(), pair.state().gap_since, pair.asked()) == (["first"], None, 0)
    pair.pass_time(minutes=2)
    assert (pair.units(), pair.state().gap_since, pair.asked()) == (["first", "last"], None, 0)


def test_several_last_ones_are_asked_for_when_the_last_of_them_comes_again(pair: Pair) -> None:
    pair.loops.append(LastChange(pair.directory.ports))
    pair.lose("a")
    pair.lose("b")
    pair.pass_time(minutes=5, seconds=12)
    assert (pair.units(), pair.state().gap_since, pair.asked()) == (["a", "b", "first"], None, 1)


def test_a_change_that_has_arrived_is_sent_once_more_and_once_only(pair: Pair) -> None:
    pair.loops.append(LastChange(pair.directory.ports))
    sent = 0
    for _ in range(4):
        pair.pass_time(minutes=5)
        sent += pair.resent()
    assert (sent, pair.units()) == (1, ["first"])


def test_what_the_directory_no_longer_holds_comes_as_a_whole(pair: Pair) -> None:
    pair.lose("lost")
    pair.forget()
    pair.unit("last")
    pair.pass_time(seconds=12)
    assert (pair.units(), pair.asked(), pair.state().gap_since) == (["first", "last", "lost"], 1, None)
    assert pair.units(pair.directory.ports) == pair.units()


def test_several_lost_ones_are_one_question(pair: Pair) -> None:
    for name in ("a", "b", "c"):
        pair.lose(name)
    pair.unit("z")
    pair.pass_time(seconds=12)
    assert (pair.units(), pair.asked()) == (["a", "b", "c", "first", "z"], 1)


def test_a_late_one_is_waited_for_and_not_asked_for(pair: Pair) -> None:
    pair.lose("late")
    lost_at = pair.clock.now()
    pair.pass_time(seconds=1)
    pair.unit("last")
    pair.pass_time(seconds=5)
    assert pair.state().gap_since is not None
    outbox = pair.directory.ports.db.metadata.tables["outbox"]
    with pair.directory.ports.db.plumbing() as tx:
        republish(tx, outbox, lost_at, until=lost_at + timedelta(seconds=1))
    pair.pass_time(minutes=1)
    assert (pair.units(), pair.asked()) == (["first", "last", "late"], 0)


def test_while_the_directory_does_not_answer_the_questions_come_at_growing_distances(pair: Pair) -> None:
    pair.lose("lost")
    pair.unit("last")
    healer = pair.loops.pop()
    pair.pass_time(seconds=1)
    pair.loops = [healer]
    asked = []
    for minutes in (1, 2, 5, 30, 60):
        pair.pass_time(minutes=minutes)
        asked.append(pair.asked())
    assert asked == [2, 3, 3, 4, 5]


def test_a_change_that_the_copy_cannot_take_is_passed_by_with_all_rows(postgres: PostgresServer, driven_clock: DrivenClock) -> None:
    registry = Registry()

    @registry.on(copy.CHANGED)
    def poisoned(tx: Any, event: Any, data: roster_pb2.RosterChanged) -> None:
        if not data.whole and any(unit.id == "odd" for unit in data.rows.units):
            raise ValueError("odd")
        copy.receive(tx, data)

    for pair in made(postgres, driven_clock, registry):
        pair.unit("odd")
        pair.unit("last")
        pair.pass_time(minutes=1)
        assert (pair.units(), pair.asked()) == (["first"], 2)
        pair.pass_time(minutes=2)
        assert (pair.units(), pair.asked(), pair.state().gap_since) == (["first", "last", "odd"], 3, None)
