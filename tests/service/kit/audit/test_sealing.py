"""The audit's chain on a real database: what the sealer makes, what verification finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from services.directory.service import SPEC
from services.kit import audit
from services.kit.clock import DrivenClock
from services.kit.db.engine import driver_url
from services.kit.loop import drain
from services.kit.service import Ports
from services.kit.testing.office import a_caller
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports

OFFICE = "office"


@pytest.fixture
def ports(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, driven_clock) as made:
        yield made


def act(ports: Ports, *subjects: str, tenant: str = OFFICE) -> None:
    """Each subject is an act of its own."""
    for subject in subjects:
        with ports.db.tenant(tenant, a_caller("li", tenant)) as tx:
            tx.audit("toy.thing.move", subject, clause="rule/1.1", details={"from": "甲", "to": ["乙", 2, None]})


def seal(ports: Ports) -> None:
    drain([audit.Sealer(ports)], ports.clock.now())


def forge(ports: Ports, postgres: PostgresServer, statement: str) -> None:
    """What somebody with all rights on the database could do."""
    name = ports.db.engine.url.database
    engine = create_engine(driver_url(postgres.url).set(database=name), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def faults(ports: Ports) -> list[tuple[str, int]]:
    return [(fault.kind, fault.position) for fault in audit.verify(ports.db, OFFICE).faults]


def test_sealed_records_have_consecutive_positions_and_verify(ports: Ports) -> None:
    act(ports, "things/1", "things/2", "things/3")
    seal(ports)
    act(ports, "things/4")
    seal(ports)
    verdict = audit.verify(ports.db, OFFICE)
    assert (verdict.sound, verdict.sealed, verdict.unsealed) == (True, 4, 0)


def test_records_that_wait_for_the_sealer_are_told_and_no_fault(ports: Ports) -> None:
    act(ports, "things/1")
    seal(ports)
    act(ports, "things/2")
    verdict = audit.verify(ports.db, OFFICE)
    assert (verdict.sound, verdict.sealed, verdict.unsealed) == (True, 1, 1)


def test_each_tenant_has_a_chain_of_its_own(ports: Ports) -> None:
    act(ports, "things/1", "things/2")
    act(ports, "things/1", tenant="other")
    seal(ports)
    assert [audit.verify(ports.db, tenant).sealed for tenant in (OFFICE, "other")] == [2, 1]


def test_a_batch_that_is_full_is_followed_by_the_next_at_once(ports: Ports) -> None:
    act(ports, *(f"things/{n}" for n in range(5)))
    drain([audit.Sealer(ports, batch=2)], ports.clock.now())
    assert audit.verify(ports.db, OFFICE).sealed == 5


@pytest.mark.parametrize(
    ("forgery", "expected"),
    [
        ("UPDATE audit SET person = 'wang' WHERE position = 2", [("changed", 2)]),
        ("UPDATE audit SET details = '{}' WHERE position = 3", [("changed", 3)]),
        ("UPDATE audit SET at = at + interval '1 microsecond' WHERE position = 1", [("changed", 1)]),
        ("DELETE FROM audit WHERE position = 2", [("missing", 2)]),
        ("DELETE FROM audit WHERE position = 1", [("missing", 1)]),
        ("DELETE FROM audit WHERE position >= 3", [("cut", 4)]),
        ("DELETE FROM seals", [("cut", 4)]),
    ],
)
def test_a_forgery_is_found_at_its_place(ports: Ports, postgres: PostgresServer, forgery: str, expected: list[tuple[str, int]]) -> None:
    act(ports, "things/1", "things/2", "things/3", "things/4")
    seal(ports)
    forge(ports, postgres, forgery)
    assert faults(ports) == expected


def test_records_that_changed_places_are_found(ports: Ports, postgres: PostgresServer) -> None:
    act(ports, "things/1", "things/2", "things/3", "things/4")
    seal(ports)
    forge(
        ports,
        postgres,
        "UPDATE audit SET position = -1 WHERE position = 2; UPDATE audit SET position = 2 WHERE position = 3;"
        "UPDATE audit SET position = 3 WHERE position = -1",
    )
    assert {kind for kind, _ in faults(ports)} == {"reordered"}
    assert {2, 3} <= {position for _, position in faults(ports)}


def test_an_anchor_finds_an_end_that_was_cut_together_with_its_seal(ports: Ports, postgres: PostgresServer) -> None:
    act(ports, "things/1", "things/2")
    seal(ports)
    anchor = (2, audit.verify(ports.db, OFFICE).head)
    forge(
        ports,
        postgres,
        "DELETE FROM audit WHERE position = 2;UPDATE seals SET position = 1, head = (SELECT chain FROM audit WHERE position = 1)",
    )
    assert audit.verify(ports.db, OFFICE).sound
    assert [fault.kind for fault in audit.verify(ports.db, OFFICE, anchor).faults] == ["cut"]


def test_the_head_is_published_once_a_minute_and_only_when_it_moved(ports: Ports, driven_clock: DrivenClock) -> None:
    sealer = audit.Sealer(ports)

    def published() -> list[int]:
        with ports.db.tenant(OFFICE) as tx:
            outbox = ports.db.metadata.tables["outbox"]
            rows = tx.all(outbox.select().where(outbox.c.type == "directory.audit.sealed.v1").order_by(outbox.c.seq))
            return [int(row.data["position"]) for row in rows]

    act(ports, "things/1")
    sealer.step(driven_clock.now())
    act(ports, "things/2")
    wake = sealer.step(driven_clock.now())
    assert (published(), wake) == ([1], driven_clock.now() + timedelta(minutes=1))
    driven_clock.set(wake)
    sealer.step(driven_clock.now())
    sealer.step(driven_clock.now() + timedelta(minutes=2))
    assert published() == [1, 2]


def test_the_application_can_neither_change_nor_remove_a_record(ports: Ports) -> None:
    act(ports, "things/1")
    table = ports.db.metadata.tables["audit"]
    for statement in (table.update().values(person="wang"), table.delete()):
        with pytest.raises(Exception, match="permission denied"), ports.db.tenant(OFFICE) as tx:
            tx.execute(statement)
