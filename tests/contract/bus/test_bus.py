"""What the bus promises, in embedded mode and on RabbitMQ alike."""

from datetime import timedelta

import pytest

from services.kit.bus.deadletters import everything
from services.kit.outbox import republish
from tests.contract.bus.harness import Bus
from tests.service.bus import probe
from tests.service.bus.probe import ANNOUNCED, HIDDEN, Pair, emit, heard, pending


def test_an_event_reaches_its_handlers_and_counts_as_sent(bus: Bus, both: Pair) -> None:
    emit(both.probe, "bridge")
    bus.settle()
    assert heard(both.reader) == ["bridge"]
    assert pending(both.probe) == 0


def test_an_event_of_a_transaction_that_was_rolled_back_is_never_heard(bus: Bus, both: Pair) -> None:
    with pytest.raises(ZeroDivisionError), both.probe.db.tenant("river") as tx:
        tx.emit(probe.Event(type=probe.DONE, subject="things/1", data=probe.message(probe.DONE, "bridge")))
        tx.flush()
        1 / 0  # noqa: B018
    bus.settle()
    assert heard(both.reader) == []


def test_hidden_and_public_events_reach_the_services_too(bus: Bus, both: Pair) -> None:
    emit(both.probe, "inside", type_=HIDDEN)
    emit(both.probe, "for all", type_=ANNOUNCED)
    bus.settle()
    assert heard(both.reader, handler="write_down_hidden") == ["inside"]
    assert heard(both.reader) == ["for all"]


def test_an_event_that_is_relayed_twice_takes_effect_once(bus: Bus, both: Pair) -> None:
    emit(both.probe, "bridge")
    bus.relay_dies_after_publishing()
    bus.settle()
    assert heard(both.reader) == ["bridge"]
    assert pending(both.probe) == 0


def test_a_handler_that_dies_before_its_commit_is_run_again(bus: Bus, both: Pair) -> None:
    emit(both.probe, "bridge")
    bus.handler_dies(after_commit=False)
    assert heard(both.reader) == []
    bus.settle()
    assert heard(both.reader) == ["bridge"]


def test_a_handler_that_dies_after_its_commit_takes_effect_once(bus: Bus, both: Pair) -> None:
    emit(both.probe, "bridge")
    bus.handler_dies(after_commit=True)
    bus.settle()
    assert heard(both.reader) == ["bridge"]


def test_the_versions_of_a_subject_tell_the_order_without_gaps(bus: Bus, both: Pair) -> None:
    for name in ("first", "second", "third"):
        emit(both.probe, name, subject="things/7")
    emit(both.probe, "other", subject="things/8")
    bus.settle()
    with both.reader.db.tenant("river") as tx:
        rows = tx.all(probe.effects.select().where(probe.effects.c.handler == "write_down"))
    assert {row.name: row.version for row in rows} == {"first": 1, "second": 2, "third": 3, "other": 1}


def test_a_poison_event_becomes_a_dead_letter_at_once_with_reason_and_trace(bus: Bus, both: Pair) -> None:
    event = emit(both.probe, "poison")
    emit(both.probe, "road")
    bus.settle()
    (letter,) = bus.dead.all()
    assert (letter.event, letter.consumer, letter.source, letter.tenant) == (event, "reader", "probe", "river")
    assert (letter.reason, letter.attempt) == ("refused REFUSED", 0)
    assert "write_down" in letter.trace
    assert heard(both.reader) == ["road"]


def test_what_is_busy_is_tried_four_times_more_and_is_then_dead(bus: Bus, both: Pair) -> None:
    emit(both.probe, "busy")
    bus.settle()
    assert bus.dead.all() == []
    bus.later()
    (letter,) = bus.dead.all()
    assert (letter.reason, letter.attempt) == ("busy probe", 4)


def test_what_was_busy_for_a_moment_is_done_later(bus: Bus, both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    emit(both.probe, "busy")
    bus.settle()
    monkeypatch.setattr(probe, "FAILING", set())
    bus.later()
    assert heard(both.reader) == ["busy"]
    assert bus.dead.all() == []


def test_looking_at_dead_letters_changes_nothing(bus: Bus, both: Pair) -> None:
    emit(both.probe, "poison")
    bus.settle()
    assert bus.dead.all() == bus.dead.all() != []


def test_replay_brings_a_dead_letter_back_to_its_handlers(bus: Bus, both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, wanted = emit(both.probe, "poison a"), emit(both.probe, "poison b")
    bus.settle()
    monkeypatch.setattr(probe, "FAILING", set())
    assert bus.dead.replay(lambda letter: letter.event == wanted) == 1
    bus.settle()
    assert heard(both.reader) == ["poison b"]
    assert [letter.event for letter in bus.dead.all()] == [kept]


def test_a_replayed_letter_runs_only_the_handlers_that_have_not_run(bus: Bus, both: Pair) -> None:
    emit(both.probe, "poison")
    bus.settle()
    bus.dead.replay(everything)
    bus.settle()
    assert heard(both.reader, handler="count_it") == ["poison"]
    assert len(bus.dead.all()) == 1


def test_a_dropped_letter_is_gone(bus: Bus, both: Pair) -> None:
    emit(both.probe, "poison")
    bus.settle()
    assert bus.dead.drop(everything) == 1
    assert bus.dead.all() == []


def test_republishing_repairs_what_a_restored_consumer_has_forgotten_and_doubles_nothing(bus: Bus, both: Pair) -> None:
    forgotten = emit(both.probe, "bridge")
    emit(both.probe, "road")
    bus.settle()
    with both.reader.db.tenant("river") as tx:
        tx.delete(probe.effects, {"event": forgotten})
        tx.delete(probe.metadata.tables["inbox"], {"event": forgotten})
    with both.probe.db.plumbing() as tx:
        since = both.probe.clock.now() - timedelta(days=1)
        assert republish(tx, probe.metadata.tables["outbox"], since) == 2
    bus.settle()
    assert heard(both.reader) == ["bridge", "road"]
