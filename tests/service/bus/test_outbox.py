"""The relay: everything is handed over, nothing is marked that is not safe, and the tables stay small."""

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import func, select

from services.kit import metrics
from services.kit.bus.envelope import Envelope
from services.kit.bus.publish import Outgoing, Publisher, PublishFailed, RabbitTransport, open_connection
from services.kit.bus.topology import Consumption
from services.kit.clock import DrivenClock, SystemClock
from services.kit.loop import drain
from services.kit.outbox import Cleaner, OutboxCollector, Relay
from services.kit.service import Ports
from services.kit.testing.postgres import PostgresServer
from tests.service.bus import probe
from tests.service.bus.probe import ANNOUNCED, DONE, READING, Pair, emit, pair, pending, types

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Vhost


class Transport:
    """Takes what it is told to take."""

    def __init__(self, takes: Any = lambda event: True) -> None:
        self.takes = takes
        self.seen: list[str] = []
        self.idles = 0

    def publish(self, tx: Any, events: Sequence[tuple[Envelope, Any]]) -> set[str]:
        self.seen += [event.data["name"] for event, _ in events]
        return {event.id for event, _ in events if self.takes(event)}

    def idle(self) -> None:
        self.idles += 1


class Broken(Transport):
    """Is not there."""

    def publish(self, tx: Any, events: Sequence[tuple[Envelope, Any]]) -> set[str]:
        raise PublishFailed("gone")


@pytest.fixture
def in_real_time(postgres: PostgresServer) -> Iterator[Pair]:
    """Both services on the system's clock."""
    with pair(postgres.url, SystemClock()) as made:
        yield made


def count(ports: Ports, table: str) -> int:
    with ports.db.plumbing() as tx:
        return int(tx.scalar(select(func.count()).select_from(probe.metadata.tables[table])))


def test_events_are_relayed_in_the_order_in_which_they_were_written(both: Pair) -> None:
    for number in range(5):
        emit(both.probe, f"thing {number}")
    transport = Transport()
    drain([Relay(both.probe, transport, batch=2)], both.probe.clock.now())
    assert transport.seen == [f"thing {number}" for number in range(5)]
    assert pending(both.probe) == 0


def test_what_the_transport_did_not_take_stays_and_is_offered_again(both: Pair) -> None:
    emit(both.probe, "bridge")
    emit(both.probe, "road")
    transport = Transport(takes=lambda event: event.data["name"] == "road")
    relay = Relay(both.probe, transport)
    relay.step(both.probe.clock.now())
    assert pending(both.probe) == 1
    transport.takes = lambda event: True
    relay.step(both.probe.clock.now())
    assert transport.seen == ["bridge", "road", "bridge"]
    assert pending(both.probe) == 0


def test_while_the_broker_is_away_the_relay_waits_a_second_and_loses_nothing(both: Pair) -> None:
    emit(both.probe, "bridge")
    now = both.probe.clock.now()
    assert Relay(both.probe, Broken()).step(now) == now + timedelta(seconds=1)
    assert pending(both.probe) == 1


def test_the_relay_looks_soon_after_work_and_then_less_and_less_often(in_real_time: Pair) -> None:
    relay, now = Relay(in_real_time.probe, Transport()), in_real_time.probe.clock.now()
    emit(in_real_time.probe, "bridge")
    waits = [(relay.step(now) or now) - now for _ in range(8)]
    assert [wait // timedelta(milliseconds=1) for wait in waits] == [20, 40, 80, 160, 320, 500, 500, 500]


def test_two_relays_at_once_send_each_event_once(in_real_time: Pair) -> None:
    for number in range(60):
        emit(in_real_time.probe, f"thing {number:02}")
    transports = [Transport(), Transport()]
    now = in_real_time.probe.clock.now()

    def run(transport: Transport) -> None:
        relay = Relay(in_real_time.probe, transport, batch=5)
        while pending(in_real_time.probe):
            relay.step(now)

    threads = [threading.Thread(target=run, args=(transport,)) for transport in transports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(transports[0].seen + transports[1].seen) == [f"thing {number:02}" for number in range(60)]


def test_what_was_sent_longer_ago_than_the_setting_says_is_removed_and_nothing_else(both: Pair, driven_clock: DrivenClock) -> None:
    emit(both.probe, "old")
    drain([Relay(both.probe, Transport())], driven_clock.now())
    driven_clock.set(driven_clock.now() + timedelta(days=29))
    emit(both.probe, "young")
    drain([Relay(both.probe, Transport())], driven_clock.now())
    emit(both.probe, "waiting")
    cleaner = Cleaner(both.probe)
    drain([cleaner], driven_clock.now())
    assert count(both.probe, "outbox") == 3
    driven_clock.set(driven_clock.now() + timedelta(days=2))
    drain([cleaner], driven_clock.now())
    assert count(both.probe, "outbox") == 2


def test_the_numbers_of_the_outbox_come_from_its_table(both: Pair) -> None:
    emit(both.probe, "bridge")
    emit(both.probe, "road")
    registry = CollectorRegistry()
    registry.register(metrics.Sheltered(OutboxCollector([both.probe])))
    page = generate_latest(registry).decode()
    assert 'xiaoneng_outbox_pending{service="probe"} 2.0' in page
    assert 'xiaoneng_outbox_oldest_age_seconds{service="probe"}' in page


def test_a_page_of_metrics_survives_the_loss_of_the_database(lost_database: Ports) -> None:
    registry = CollectorRegistry()
    registry.register(metrics.Sheltered(OutboxCollector([lost_database])))
    assert "xiaoneng_outbox_pending{" not in generate_latest(registry).decode()


def test_an_event_that_nobody_handles_counts_as_sent_where_that_is_known(both: Pair, vhost: "Vhost") -> None:
    emit(both.probe, "bridge")
    transport = RabbitTransport(vhost.url, "probe", [])
    Relay(both.probe, transport).step(both.probe.clock.now())
    transport.close()
    assert pending(both.probe) == 0


def test_an_event_stays_where_nobody_can_say_who_handles_it(both: Pair, vhost: "Vhost") -> None:
    emit(both.probe, "bridge")
    transport = RabbitTransport(vhost.url, "probe")
    Relay(both.probe, transport).step(both.probe.clock.now())
    transport.close()
    assert pending(both.probe) == 1


def test_a_queue_that_somebody_deleted_is_declared_again_and_the_event_sent_then(both: Pair, vhost: "Vhost") -> None:
    readers = [Consumption("reader", tuple(READING.types(types())))]
    transport = RabbitTransport(vhost.url, "probe", readers)
    relay, now = Relay(both.probe, transport), both.probe.clock.now()
    emit(both.probe, "first")
    relay.step(now)
    connection = open_connection(vhost.url)
    connection.channel().queue_delete("reader.from.probe")
    emit(both.probe, "second")
    emit(both.probe, "public", type_=ANNOUNCED)
    relay.step(now)
    assert pending(both.probe) == 2
    relay.step(now)
    assert pending(both.probe) == 0
    assert connection.channel().queue_declare("reader.from.probe", passive=True).message_count == 2
    transport.close()
    connection.release()


def test_a_message_that_the_broker_refuses_is_neither_taken_nor_returned(vhost: "Vhost") -> None:
    connection = open_connection(vhost.url)
    full = {"x-queue-type": "quorum", "x-max-length": 1, "x-overflow": "reject-publish"}
    connection.channel().queue_declare("full", durable=True, auto_delete=False, arguments=full)
    publisher = Publisher(vhost.url)
    batches = [publisher.publish([Outgoing("1", "", "full", b"{}"), Outgoing("2", "", "nowhere", b"{}")]) for _ in range(6)]
    publisher.close()
    connection.release()
    assert batches[0].taken == {"1"}
    assert all(batch.returned == {"2"} for batch in batches)
    assert batches[-1].taken == frozenset()


def test_a_broker_that_is_not_there_is_said(vhost: "Vhost") -> None:
    publisher = Publisher("amqp://nobody:nothing@127.0.0.1:1/none")
    with pytest.raises(PublishFailed):
        publisher.publish([Outgoing("1", "", "x", f"{DONE}".encode())])
    assert not publisher.connected


def test_an_event_whose_type_is_not_that_of_its_message_is_refused(both: Pair) -> None:
    with (
        pytest.raises(ValueError, match=r"probe\.thing\.announced\.v1 is not the type of xiaoneng\.probe\.v1\.ThingDone"),
        both.probe.db.tenant("river") as tx,
    ):
        tx.emit(probe.Event(type=ANNOUNCED, subject="things/1", data=probe.message(DONE, "bridge")))
