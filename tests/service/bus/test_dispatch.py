"""An event takes effect once, whatever happens to it."""

import dataclasses

import pytest
from sqlalchemy import select

from services.kit.bus.dispatch import BadRegistry, Dispatcher, Registry, Result, classify
from services.kit.bus.envelope import Envelope
from services.kit.errors import Missing
from services.kit.outbox import envelope_of
from services.kit.service import Ports
from tests.service.bus import probe
from tests.service.bus.probe import DONE, READING, Pair, emit, heard, types


def events(both: Pair) -> list[Envelope]:
    """What the producer has emitted."""
    outbox = probe.metadata.tables["outbox"]
    with both.probe.db.plumbing() as tx:
        return [envelope_of(row, "testing") for row in tx.all(select(outbox).order_by(outbox.c.seq))]


def handle(both: Pair, given: list[Envelope]) -> list[Result]:
    return [outcome.result for outcome in Dispatcher(both.reader, READING, types()).handle(given)]


def test_an_event_that_arrives_twice_takes_effect_once(both: Pair) -> None:
    emit(both.probe, "bridge")
    twice = events(both) * 2
    assert handle(both, twice[:1]) == [Result.DONE]
    assert handle(both, twice[1:]) == [Result.REPEATED]
    assert heard(both.reader) == ["bridge"]


def test_the_same_event_twice_in_one_batch_takes_effect_once(both: Pair) -> None:
    emit(both.probe, "bridge")
    assert Result.DEAD not in handle(both, events(both) * 2)
    assert heard(both.reader) == ["bridge"]


def test_every_handler_of_a_type_runs(both: Pair) -> None:
    emit(both.probe, "bridge")
    handle(both, events(both))
    assert heard(both.reader, handler="count_it") == heard(both.reader) == ["bridge"]


def test_a_poison_event_falls_out_of_its_batch_alone_and_leaves_nothing(both: Pair) -> None:
    for name in ("bridge", "poison", "road"):
        emit(both.probe, name)
    assert handle(both, events(both)) == [Result.DONE, Result.DEAD, Result.DONE]
    assert heard(both.reader) == ["bridge", "road"]


def test_the_other_handlers_of_a_poison_event_keep_their_effect(both: Pair) -> None:
    emit(both.probe, "poison")
    handle(both, events(both))
    assert heard(both.reader, handler="count_it") == ["poison"]


def test_a_write_that_the_database_refuses_falls_out_alone(both: Pair) -> None:
    emit(both.probe, "refused by the database")
    emit(both.probe, "road")
    assert handle(both, events(both)) == [Result.DEAD, Result.DONE]
    assert heard(both.reader) == ["road"]


def test_what_is_busy_or_stale_is_worth_another_attempt_with_its_reason(both: Pair) -> None:
    emit(both.probe, "busy")
    emit(both.probe, "stale")
    outcomes = Dispatcher(both.reader, READING, types()).handle(events(both))
    assert [(each.result, each.reason) for each in outcomes] == [(Result.RETRY, "busy probe"), (Result.RETRY, "stale")]
    assert "Busy" in outcomes[0].trace
    assert heard(both.reader) == []


def test_a_refusal_is_dead_with_its_code_and_trace(both: Pair) -> None:
    emit(both.probe, "poison")
    outcome = Dispatcher(both.reader, READING, types()).handle(events(both))[0]
    assert outcome.reason == "refused REFUSED"
    assert "write_down" in outcome.trace


def test_a_delivery_is_handled_once_for_every_tenant_that_receives_it(both: Pair) -> None:
    emit(both.probe, "letter", tenant="river", receivers=("hill", "lake"))
    handle(both, events(both) * 2)
    assert [heard(both.reader, tenant) for tenant in ("river", "hill", "lake")] == [[], ["letter"], ["letter"]]


def test_an_event_that_nobody_here_handles_is_ignored(both: Pair) -> None:
    emit(both.probe, "bridge")
    assert [each.result for each in Dispatcher(both.reader, Registry(), types()).handle(events(both))] == [Result.IGNORED]


def test_data_that_do_not_fit_their_message_are_dead(both: Pair) -> None:
    emit(both.probe, "bridge")
    wrong = dataclasses.replace(events(both)[0], data={"name": 5})
    assert handle(both, [wrong]) == [Result.DEAD]


def test_a_field_that_is_not_known_yet_is_ignored(both: Pair) -> None:
    emit(both.probe, "bridge")
    newer = dataclasses.replace(events(both)[0], data={"name": "bridge", "addedNextYear": True})
    assert handle(both, [newer]) == [Result.DONE]


def test_without_its_database_everything_waits(both: Pair, lost_database: Ports) -> None:
    emit(both.probe, "bridge")
    outcomes = Dispatcher(lost_database, READING, types()).handle(events(both))
    assert [(each.result, each.reason) for each in outcomes] == [(Result.RETRY, "busy database")]


def test_two_handlers_of_one_name_are_refused() -> None:
    registry = Registry()
    registry.on(DONE, name="same")(lambda tx, event, data: None)
    with pytest.raises(BadRegistry):
        registry.on(DONE, name="same")(lambda tx, event, data: None)


def test_a_type_that_no_proto_declares_is_refused() -> None:
    registry = Registry()
    registry.on("probe.thing.undeclared.v1", name="x")(lambda tx, event, data: None)
    with pytest.raises(BadRegistry, match="undeclared"):
        registry.types(types())


def test_a_handler_for_a_type_of_every_service_hears_all_of_them() -> None:
    registry = Registry()
    registry.on("*.thing.done.v1", name="x")(lambda tx, event, data: None)
    assert [entry.type for entry in registry.types(types())] == [DONE]
    assert len(registry.for_type("other.thing.done.v1")) == 1


def test_missing_is_dead_and_names_its_code() -> None:
    assert classify(Missing()).reason == "refused NOT_FOUND"
