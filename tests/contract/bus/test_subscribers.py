"""Another system reads its tenant's events with clients that are not ours, and nothing else."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pika
import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_structured_event
from jsonschema import Draft202012Validator
from pika.exceptions import ChannelClosedByBroker

from services.kit.bus import asyncapi, subscribers
from services.kit.bus.subscribers import Control, Management, Rabbitmqctl, Subscriber
from tests.contract.bus.harness import Rabbit
from tests.service.bus.probe import ANNOUNCED, DONE, HIDDEN, Pair, emit, types

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker, Vhost

OFFICE = Subscriber("office-archive", "river", ("probe.events",))
QUEUE = "sub.office-archive.inbox"


def api_of(broker: "Broker") -> str:
    """The management API with its administrator, as the setting has it."""
    parts = urlsplit(broker.api_url)
    return f"{parts.scheme}://{quote(broker.user)}:{quote(broker.password, safe='')}@{parts.netloc}"


@pytest.fixture
def control(broker: "Broker", vhost: "Vhost") -> Control:
    """The broker's users over its management API."""
    return Management(api_of(broker), vhost.name)


@pytest.fixture
def channel(rabbit: Rabbit, control: Control, broker: "Broker", vhost: "Vhost") -> Iterator[Any]:
    """The subscriber's channel, by pika."""
    rabbit.settle()
    password = subscribers.add(control, OFFICE)
    assert password is not None
    parameters = pika.ConnectionParameters(
        broker.host, broker.port, vhost.name, pika.PlainCredentials(OFFICE.user, password), blocked_connection_timeout=30
    )
    connection = pika.BlockingConnection(parameters)
    yield connection.channel()
    connection.close()
    subscribers.remove(control, OFFICE.name)


def inbox(channel: Any, *keys: str) -> None:
    channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    for key in keys:
        channel.queue_bind(QUEUE, "probe.events", key)


def received(channel: Any) -> list[Any]:
    """The events in the inbox, as the CloudEvents SDK reads them."""
    events = []
    while (found := channel.basic_get(QUEUE, auto_ack=True))[0] is not None:
        _, properties, body = found
        events.append(from_structured_event(RabbitMQMessage({}, properties.content_type, body)))
    return events


def refused(act: Any) -> str:
    with pytest.raises(ChannelClosedByBroker) as closed:
        act()
    return str(closed.value)


def test_it_reads_the_events_of_its_tenant_and_the_public_ones(rabbit: Rabbit, both: Pair, channel: Any) -> None:
    inbox(channel, "river.#", "public.#")
    wanted = emit(both.probe, "bridge", tenant="river", subject="things/7", clause="shore/3.1", unit="unit-1")
    emit(both.probe, "theirs", tenant="hill")
    emit(both.probe, "inside", tenant="river", type_=HIDDEN)
    public = emit(both.probe, "for all", tenant="hill", type_=ANNOUNCED)
    rabbit.settle()
    events = received(channel)
    assert [event.get_id() for event in events] == [wanted, public]
    first = events[0]
    assert (first.get_type(), first.get_source(), first.get_subject()) == (f"cn.xiaoneng.{DONE}", "//testing/probe", "things/7")
    assert first.get_data() == {"name": "bridge"}
    assert first.get_extension("tenant") == "river"
    assert first.get_extension("subjectversion") == 1
    assert first.get_extension("clause") == "shore/3.1"
    assert first.get_dataschema() == "urn:xiaoneng:proto:xiaoneng.probe.v1.ThingDone"


def test_what_it_reads_is_what_the_published_catalogue_says(rabbit: Rabbit, both: Pair, channel: Any) -> None:
    inbox(channel, "river.#")
    emit(both.probe, "bridge", clause="shore/3.1")
    rabbit.settle()
    document = asyncapi.document(types(), "1")
    schema = {**document["components"]["messages"][DONE]["payload"], "components": document["components"]}
    _, _, body = channel.basic_get(QUEUE, auto_ack=True)
    assert list(Draft202012Validator(schema).iter_errors(json.loads(body))) == []
    assert list(Draft202012Validator(schema).iter_errors({**json.loads(body), "subjectversion": 0})) != []
    assert HIDDEN not in document["channels"]


@pytest.mark.parametrize("key", ["#", "hill.#", "*.probe.#", "*", "riverside.#", f"*.{DONE}"])
def test_it_may_not_bind_keys_that_reach_beyond_its_tenant(channel: Any, key: str) -> None:
    inbox(channel)
    assert "ACCESS_REFUSED" in refused(lambda: channel.queue_bind(QUEUE, "probe.events", key))


def test_it_may_not_bind_what_stays_inside(channel: Any) -> None:
    inbox(channel)
    assert "ACCESS_REFUSED" in refused(lambda: channel.queue_bind(QUEUE, "probe.internal", "river.#"))


def test_it_may_not_reach_further_through_an_exchange_of_its_own(channel: Any) -> None:
    channel.exchange_declare("sub.office-archive.mine", "topic")
    assert "ACCESS_REFUSED" in refused(lambda: channel.exchange_bind("sub.office-archive.mine", "probe.events", "#"))


@pytest.mark.parametrize("exchange", ["probe.events", "reader.retry", ""])
def test_it_may_publish_nowhere(channel: Any, exchange: str) -> None:
    channel.confirm_delivery()
    assert "ACCESS_REFUSED" in refused(lambda: channel.basic_publish(exchange, f"river.{DONE}", b"{}"))


@pytest.mark.parametrize("queue", ["reader.from.probe", "sub.other.inbox", "inbox"])
def test_it_may_declare_and_read_its_own_queues_only(channel: Any, queue: str) -> None:
    assert "ACCESS_REFUSED" in refused(lambda: channel.queue_declare(queue, durable=True))


def test_it_may_not_read_the_queues_of_the_services(channel: Any) -> None:
    assert "ACCESS_REFUSED" in refused(lambda: channel.basic_get("reader.from.probe"))


def test_a_queue_that_nobody_empties_loses_its_oldest_and_holds_nothing_up(
    rabbit: Rabbit, both: Pair, channel: Any, control: Control
) -> None:
    subscribers.add(control, OFFICE, most_bytes=2000)
    inbox(channel, "river.#")
    events = [emit(both.probe, f"thing {number}") for number in range(20)]
    rabbit.settle()
    kept = [event.get_id() for event in received(channel)]
    assert kept == events[-len(kept) :]
    assert 0 < len(kept) < len(events)


def test_adding_it_again_keeps_its_password(channel: Any, control: Control) -> None:
    assert subscribers.add(control, OFFICE) is None
    assert subscribers.everyone(control) == [OFFICE]


def test_a_removed_subscriber_is_gone(control: Control) -> None:
    subscribers.add(control, OFFICE)
    assert subscribers.remove(control, OFFICE.name)
    assert not subscribers.remove(control, OFFICE.name)
    assert subscribers.everyone(control) == []


@pytest.mark.slow
def test_rabbitmqctl_sets_the_same_permissions_as_the_management_api(own_broker: "Broker") -> None:
    assert own_broker.node is not None
    seen = []
    for control in (Management(api_of(own_broker), "/"), Rabbitmqctl(own_broker.node.control(), "/")):
        password = subscribers.add(control, OFFICE)
        assert subscribers.add(control, OFFICE) is None
        assert subscribers.everyone(control) == [OFFICE]
        pika.BlockingConnection(
            pika.ConnectionParameters(own_broker.host, own_broker.port, "/", pika.PlainCredentials(OFFICE.user, str(password)))
        ).close()
        user = f"users/{OFFICE.user}"
        seen.append([own_broker.call("GET", f"{user}/{what}") for what in ("permissions", "topic-permissions")])
        assert subscribers.remove(control, OFFICE.name)
    assert seen[0] == seen[1]
