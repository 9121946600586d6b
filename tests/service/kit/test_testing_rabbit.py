"""The RabbitMQ of the tests is a real one; it can be killed, and what is durable survives."""

import pika
import pytest
from pika.exceptions import ProbableAccessDeniedError

QUORUM = {"x-queue-type": "quorum"}


def publish(url, queue, body):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare(queue, durable=True, arguments=QUORUM)
    channel.confirm_delivery()
    channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2), mandatory=True)
    connection.close()


def fetch(url, queue):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        return connection.channel().basic_get(queue, auto_ack=True)[2]
    finally:
        connection.close()


def test_each_test_has_a_virtual_host_of_its_own(broker, vhost):
    with broker.vhost() as other:
        publish(vhost.url, "letters", b"one")
        publish(other.url, "letters", b"two")
        assert (fetch(vhost.url, "letters"), fetch(other.url, "letters")) == (b"one", b"two")


def test_a_virtual_host_is_gone_with_its_users_after_the_test(broker):
    with broker.vhost() as made:
        made.add_user("subscriber", read="^letters$")
    assert made.name not in {found["name"] for found in broker.call("GET", "vhosts")}
    assert not [user for user in broker.call("GET", "users") if user["name"].startswith(made.name)]


def test_a_user_may_read_only_what_it_was_given(vhost):
    publish(vhost.url, "letters", b"one")
    publish(vhost.url, "secrets", b"two")
    subscriber = vhost.add_user("subscriber", read="^letters$")
    assert fetch(subscriber, "letters") == b"one"
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
        fetch(subscriber, "secrets")


def test_a_virtual_host_is_closed_to_the_users_of_another(broker, vhost):
    with broker.vhost() as other:
        elsewhere = vhost.url.rsplit("/", 1)[0] + "/" + other.name
        with pytest.raises((ProbableAccessDeniedError, pika.exceptions.ConnectionClosedByBroker)):
            pika.BlockingConnection(pika.URLParameters(elsewhere))


def test_confirmed_messages_survive_the_death_of_the_broker(own_broker):
    publish(own_broker.url, "letters", b"one")
    own_broker.settle()
    publish(own_broker.url, "letters", b"two")
    own_broker.kill9()
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.URLParameters(own_broker.url))
    own_broker.start()
    assert [fetch(own_broker.url, "letters") for _ in range(2)] == [b"one", b"two"]


def test_a_broker_that_was_stopped_starts_again(own_broker):
    publish(own_broker.url, "letters", b"one")
    own_broker.stop()
    own_broker.start()
    assert fetch(own_broker.url, "letters") == b"one"
