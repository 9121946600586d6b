"""What a tenant's administrator sees of the dead letters and brings back, in embedded mode and on RabbitMQ alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from services.kit import pages, upkeep
from services.kit.bus.deadletters import DeadLetter, everything
from services.kit.service import Ports
from services.kit.testing.office import a_caller
from services.kit.upkeep import DeadLetterMirror, ReplayDeadLetters
from tests.contract.bus.harness import Bus
from tests.service.bus import probe
from tests.service.bus.probe import Pair, emit, heard

NOTHING = frozenset[tuple[str, str, str]]()


def shown(ports: Ports, tenant: str = "river") -> Sequence[Any]:
    """What the administrator of a tenant is shown."""
    with ports.db.snapshot(tenant, a_caller("admin", tenant)) as tx:
        return upkeep.dead_letters(tx, pages.read(0, "", scope=(), now=tx.now))


def ask(ports: Ports, *events: str, tenant: str = "river") -> int:
    """The administrator of a tenant asks for events to be handled again; how many that are."""
    caller = a_caller("admin", tenant)
    with ports.db.tenant(tenant, caller) as tx:
        return upkeep.replay("reader")(tx, ReplayDeadLetters(caller=caller, events=events))


def test_a_tenant_sees_its_own_and_brings_back_what_it_chooses(bus: Bus, both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, wanted = emit(both.probe, "poison a"), emit(both.probe, "poison b")
    bus.settle()
    mirror = DeadLetterMirror(both.reader, bus.dead)
    mirror.step(both.reader.clock.now())
    assert [(row.event, row.consumer, row.reason) for row in shown(both.reader)] == [
        (wanted, "reader", "refused REFUSED"),
        (kept, "reader", "refused REFUSED"),
    ]
    assert (shown(both.reader, "lake"), ask(both.reader, tenant="lake")) == ([], 0)
    assert [ask(both.reader, wanted), ask(both.reader, wanted)] == [1, 0]
    monkeypatch.setattr(probe, "FAILING", set())
    DeadLetterMirror(both.reader, bus.dead).step(both.reader.clock.now())
    bus.settle()
    assert heard(both.reader) == ["poison b"]
    assert [(row.event, row.wanted_at) for row in shown(both.reader)] == [(kept, None)]


def test_what_dies_again_is_shown_again(bus: Bus, both: Pair) -> None:
    event = emit(both.probe, "poison")
    bus.settle()
    mirror = DeadLetterMirror(both.reader, bus.dead)
    mirror.look(NOTHING)
    assert ask(both.reader) == 1
    assert shown(both.reader)[0].wanted_at is not None
    mirror.look(frozenset({("river", event, "reader")}))
    bus.settle()
    mirror.look(NOTHING)
    assert [(row.event, row.wanted_at) for row in shown(both.reader)] == [(event, None)]


def test_what_was_dropped_elsewhere_is_gone(bus: Bus, both: Pair) -> None:
    emit(both.probe, "poison")
    bus.settle()
    mirror = DeadLetterMirror(both.reader, bus.dead)
    mirror.look(NOTHING)
    bus.dead.drop(everything)
    mirror.look(NOTHING)
    assert shown(both.reader) == []


def test_two_workers_do_not_take_for_gone_what_the_other_one_holds(bus: Bus, both: Pair) -> None:
    event = emit(both.probe, "poison")
    bus.settle()
    DeadLetterMirror(both.reader, bus.dead).look(NOTHING)
    assert ask(both.reader, event) == 1

    class Looking:
        """What the first worker sees, while a second one begins to look."""

        def all(self) -> list[DeadLetter]:
            DeadLetterMirror(both.reader, Held()).look(NOTHING)
            return bus.dead.all()

        replay = drop = bus.dead.replay

    class Held(Looking):
        """What the second worker sees: the first one holds the messages."""

        def all(self) -> list[DeadLetter]:
            return []

    DeadLetterMirror(both.reader, Looking()).look(NOTHING)
    assert shown(both.reader)[0].wanted_at is not None
