"""A worker process: handlers, relay, health, a stop that finishes what runs, and deaths that lose and double nothing."""

import json

import pytest

from services.kit.bus import topology
from services.kit.bus.deadletters import RabbitDeadLetters
from services.kit.bus.publish import Outgoing, Publisher
from tests.service.bus.probe import DONE, Pair, emit, heard, pending, types
from tests.service.worker.workers import Workers, counts, until

NAMES = [f"thing {number:03}" for number in range(120)]


def emit_all(both: Pair) -> None:
    for name in NAMES:
        emit(both.probe, name)


def all_heard_once(both: Pair) -> None:
    until("everything is heard", lambda: len(heard(both.reader)) >= len(NAMES) and not pending(both.probe))
    assert heard(both.reader) == NAMES


def test_what_was_emitted_is_handled_in_another_process(workers: Workers, both: Pair) -> None:
    workers.start("probe", "relay")
    workers.start("reader", "handlers")
    emit_all(both)
    all_heard_once(both)


def test_what_was_emitted_before_any_consumer_ever_ran_waits_for_it(workers: Workers, both: Pair) -> None:
    workers.start("probe", "relay").ready()
    emit_all(both)
    until("all are sent", lambda: not pending(both.probe))
    workers.start("reader", "handlers")
    all_heard_once(both)


@pytest.mark.parametrize("moment", ["before publishing", "after publishing"])
def test_a_relay_that_dies_loses_and_doubles_nothing(workers: Workers, both: Pair, moment: str) -> None:
    emit_all(both)
    workers.start("reader", "handlers")
    workers.start("probe", "relay", die_at=moment).killed()
    assert pending(both.probe) == len(NAMES)
    workers.start("probe", "relay")
    all_heard_once(both)


@pytest.mark.parametrize("moment", ["before the handler's commit", "after the handler's commit"])
def test_a_handler_that_dies_loses_and_doubles_nothing(workers: Workers, both: Pair, moment: str) -> None:
    emit_all(both)
    workers.start("probe", "relay")
    workers.start("reader", "handlers", die_at=moment).killed()
    workers.start("reader", "handlers")
    all_heard_once(both)


def test_two_workers_of_a_service_share_the_events(workers: Workers, both: Pair) -> None:
    for _ in range(2):
        workers.start("probe", "relay").ready()
        workers.start("reader", "handlers").ready()
    emit_all(both)
    all_heard_once(both)


def test_what_is_busy_comes_back_through_the_delay_queues(workers: Workers, both: Pair) -> None:
    workers.start("probe", "relay")
    reader = workers.start("reader", "handlers").ready()
    emit(both.probe, "busy")
    tried = f'xiaoneng_events_handled_total{{outcome="retry",service="reader",type="{DONE}"}}'
    until("two attempts have failed", lambda: counts(reader.get("/metrics")).get(tried, 0) >= 2)
    workers.say_ready()
    until("it is done", lambda: heard(both.reader) == ["busy"])


def test_a_body_that_cannot_be_decoded_is_kept_among_the_dead_letters(workers: Workers) -> None:
    workers.start("reader", "handlers").ready()
    publisher = Publisher(workers.url)
    publisher.publish([Outgoing("1", "probe.events", f"river.{DONE}", b"\xff\xfe no event")])
    publisher.close()
    dead = RabbitDeadLetters(workers.url, [topology.Consumption("reader", (types().get(DONE),), topology.steps(workers.retry))])
    until("it is among the dead letters", lambda: [letter.reason for letter in dead.all()] == ["undecodable"])


def test_sigterm_lets_a_handling_finish_and_takes_no_new_one(workers: Workers, both: Pair) -> None:
    workers.start("probe", "relay").ready()
    reader = workers.start("reader", "handlers").ready()
    emit(both.probe, "slow")
    until("its handling has begun", workers.something_slow_runs)
    assert heard(both.reader) == []
    assert reader.terminate() == 0
    assert heard(both.reader) == ["slow"]
    assert "worker_stopped" in reader.log.read_text()
    emit(both.probe, "later")
    until("it is sent", lambda: not pending(both.probe))
    workers.start("reader", "handlers")
    until("both are heard", lambda: sorted(heard(both.reader)) == ["later", "slow"])


def test_a_worker_without_its_broker_is_alive_and_not_ready(both: Pair, workers: Workers) -> None:
    workers.url = "amqp://nobody:nothing@127.0.0.1:1/none"
    worker = workers.start("reader", "handlers")
    until("it answers", lambda: worker.get("/livez").status_code == 200)
    answer = worker.get("/healthz")
    assert answer.status_code == 503
    assert json.loads(answer.text)["broker"] is False
    assert worker.terminate() == 0


def test_the_pages_of_a_worker_show_the_outbox_and_the_hub(workers: Workers, both: Pair) -> None:
    emit_all(both)
    page = counts(workers.start("probe", "watch", "relay").ready().get("/metrics"))
    assert page['xiaoneng_outbox_pending{service="probe"}'] <= len(NAMES)
    assert 'xiaoneng_worker_hub_lag_seconds{process="relay-watch",service="probe"}' in page
