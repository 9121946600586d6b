"""A service's copy of the directory: every change once, in the order of its numbers, whatever order it arrives in."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from services.directory.service import SPEC as DIRECTORY
from services.kit.clock import DrivenClock
from services.kit.db.tx import Tx
from services.kit.roster import Delegation, Member, Post, Roster, Unit, copy
from services.kit.roster.rows import keys_to_proto, to_proto
from services.kit.roster.sync import DirectoryRestless, sync, sync_tenant
from services.kit.rpc.channel import metadata
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Served, served
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports
from services.notifications.service import SPEC
from xiaoneng.directory.v1 import roster_service_pb2
from xiaoneng.kit.v1 import roster_pb2


@pytest.fixture
def ports(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, driven_clock) as made:
        yield made


def a_change(number: int, *rows: object, removed: tuple[object, ...] = ()) -> roster_pb2.RosterChanged:
    return roster_pb2.RosterChanged(number=number, rows=to_proto(rows), removed=keys_to_proto(removed))  # type: ignore[arg-type]


def receive(ports: Ports, *changes: roster_pb2.RosterChanged, after: tuple[copy.After, ...] = ()) -> None:
    for change in changes:
        with ports.db.tenant(TENANT) as tx:
            copy.receive(tx, change, after)


def roster(ports: Ports) -> Roster:
    with ports.db.tenant(TENANT) as tx:
        return tx.roster


def gap_since(ports: Ports) -> object:
    state = ports.db.metadata.tables["roster_state"]
    with ports.db.tenant(TENANT) as tx:
        return tx.scalar(select(state.c.gap_since))


def test_rows_are_put_replaced_and_removed(ports: Ports) -> None:
    receive(
        ports,
        a_change(1, Unit("a", "甲科"), Unit("b", "乙科"), Member("li", "李")),
        a_change(2, Unit("a", "甲科（新）"), removed=(Unit("b", ""),)),
    )
    assert [unit.display_name for unit in roster(ports).units()] == ["甲科（新）"]
    assert roster(ports).number == 2


def test_a_change_that_arrives_twice_is_applied_once(ports: Ports) -> None:
    receive(ports, a_change(1, Unit("a", "甲科")), a_change(2, Unit("a", "乙科")), a_change(1, Unit("a", "甲科")))
    assert [unit.display_name for unit in roster(ports).units()] == ["乙科"]


def test_a_change_before_which_one_is_missing_waits(ports: Ports, driven_clock: DrivenClock) -> None:
    receive(ports, a_change(1, Unit("a", "1")), a_change(3, Unit("a", "3")))
    assert ([unit.display_name for unit in roster(ports).units()], gap_since(ports)) == (["1"], driven_clock.now())
    receive(ports, a_change(2, Unit("a", "2")))
    assert ([unit.display_name for unit in roster(ports).units()], gap_since(ports)) == (["3"], None)


def test_any_order_with_repetitions_comes_to_the_same(ports: Ports, rng: random.Random) -> None:
    changes = [a_change(n, Unit("a", str(n)), Unit(f"u{n}", str(n))) for n in range(1, 9)] * 2
    rng.shuffle(changes)
    receive(ports, *changes)
    found = {unit.id: unit.display_name for unit in roster(ports).units()}
    assert found == {"a": "8", **{f"u{n}": str(n) for n in range(1, 9)}}
    assert roster(ports).number == 8


def test_what_follows_a_change_is_called_once_per_change_in_order_and_sees_it(ports: Ports) -> None:
    seen: list[tuple[int, list[str]]] = []

    def follow(tx: Tx, applied: copy.Applied) -> None:
        seen.append((applied.number, [unit.display_name for unit in tx.roster.units()]))

    receive(ports, a_change(2, Unit("a", "2")), a_change(2, Unit("a", "2")), a_change(1, Unit("a", "1")), after=(follow,))
    assert seen == [(1, ["1"]), (2, ["2"])]


def test_what_a_failed_handling_wrote_is_not_remembered(ports: Ports) -> None:
    def fail(tx: Tx, applied: copy.Applied) -> None:
        assert tx.roster.unit("a") is not None
        raise RuntimeError("dies after the effect")

    with pytest.raises(RuntimeError):
        receive(ports, a_change(1, Unit("a", "lost")), after=(fail,))
    assert roster(ports).units() == []
    receive(ports, a_change(1, Unit("b", "kept")))
    assert [unit.id for unit in roster(ports).units()] == ["b"]


def test_each_tenant_counts_for_itself(ports: Ports) -> None:
    receive(ports, a_change(1, Unit("a", "1")))
    with ports.db.tenant("other") as tx:
        copy.receive(tx, a_change(1, Unit("b", "1")))
    assert [unit.id for unit in roster(ports).units()] == ["a"]


class Pages:
    """A directory that answers with these pages."""

    def __init__(self, *answers: roster_service_pb2.GetRosterResponse) -> None:
        self.answers = list(answers)

    def __call__(self, tenant: str, token: str) -> roster_service_pb2.GetRosterResponse:
        return self.answers.pop(0)


def a_page(number: int, *rows: object, following: str = "") -> roster_service_pb2.GetRosterResponse:
    return roster_service_pb2.GetRosterResponse(number=number, rows=to_proto(rows), next_page_token=following)  # type: ignore[arg-type]


def test_a_sync_replaces_the_copy_and_goes_on_with_what_waited(ports: Ports) -> None:
    receive(ports, a_change(1, Unit("old", "1")), a_change(4, Unit("a", "4")), a_change(6, Unit("a", "6")))
    pages = Pages(a_page(3, Unit("a", "3"), following="1"), a_page(3, Post("p", "li", "a", "staff")))
    assert sync_tenant(ports, TENANT, pages) == 3
    found = roster(ports)
    assert ([(u.id, u.display_name) for u in found.units()], [p.id for p in found.posts], found.number) == ([("a", "4")], ["p"], 4)


def test_a_sync_leaves_a_copy_alone_that_is_as_far(ports: Ports) -> None:
    receive(ports, a_change(1, Unit("a", "1")), a_change(2, Unit("a", "2")))
    assert sync_tenant(ports, TENANT, Pages(a_page(1, Unit("a", "1")))) == 2
    assert roster(ports).units()[0].display_name == "2"


def test_a_sync_begins_again_when_the_directory_changes_between_two_pages(ports: Ports) -> None:
    pages = Pages(a_page(1, Unit("a", "1"), following="1"), a_page(2), a_page(2, Unit("a", "2")))
    assert sync_tenant(ports, TENANT, pages) == 2
    assert [unit.display_name for unit in roster(ports).units()] == ["2"]


def test_a_sync_gives_up_on_a_directory_that_never_rests(ports: Ports) -> None:
    restless = [a_page(n, following="1") for n in range(1, 11)]
    with pytest.raises(DirectoryRestless):
        sync_tenant(ports, TENANT, Pages(*restless))


@pytest.fixture
def directory(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Served]:
    with made_ports(postgres.url, DIRECTORY, driven_clock) as own, served(DIRECTORY, own) as running:
        yield running


def test_a_sync_over_the_wire_brings_every_tenant(ports: Ports, directory: Served) -> None:
    for tenant in (TENANT, "other"):
        administrator = {"person_id": f"{tenant}-admin", "display_name": "管理员"}
        directory.internal().CreateTenant(tenant_id=tenant, tenant={"display_name": tenant}, administrator=administrator)
    admin = directory.client(f"{TENANT}-admin")
    for n in range(5):
        admin.CreateUnit(unit_id=f"u{n}", unit={"display_name": str(n), "kind": "section"})
    token = directory.token("service:notifications", kind="service")
    assert sync(ports, directory.channel, metadata(token)) == {TENANT: 6, "other": 1}
    with directory.ports.db.tenant(TENANT) as masters:
        assert roster(ports).units() == masters.roster.units()
        assert roster(ports).members() == masters.roster.members()


def test_a_removed_delegation_leaves_the_copy(ports: Ports, driven_clock: DrivenClock) -> None:
    row = Delegation("d", "li", "wu", (), driven_clock.now(), None)
    receive(ports, a_change(1, row), a_change(2, removed=(row,)))
    assert roster(ports).delegations == ()
