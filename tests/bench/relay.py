"""The outbox relay with batched confirms, against the same relay that waits for each confirm, and against bare kombu."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import psycopg2
from kombu import Connection, Exchange, Producer, Queue

from services.kit.bus.publish import RabbitTransport
from services.kit.clock import SystemClock
from services.kit.db.event import Event
from services.kit.outbox import Relay
from services.kit.service import Ports
from services.kit.testing.office import Office, a_caller
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.rabbit import Broker
from services.kit.testing.service import ports as service_ports
from tests.bench.report import Figure, against
from tests.service.kit.deadline.toy import SPEC

TENANT = "river"
EVENTS = 10_000
ONE_BY_ONE = 1_000


def figures(server: PostgresServer, broker: Broker) -> list[Figure]:
    """Measures the relay in both ways and a bare publisher."""
    with service_ports(server.url, SPEC, SystemClock()) as ports, broker.vhost() as vhost:
        Office(TENANT).person("chen").install(ports)
        # A subscriber's queue, so that every event has somewhere to go.
        with Connection(vhost.url) as connection:
            exchange = Exchange("limits.internal", "topic", durable=True)
            Queue("subscriber", exchange, "#", durable=True, queue_arguments={"x-queue-type": "quorum"})(connection).declare()
        one = _relayed(server, ports, vhost.url, ONE_BY_ONE, batch=1)
        many = _relayed(server, ports, vhost.url, EVENTS, batch=500)
        bare = _bare(vhost.url, ONE_BY_ONE)
    return [
        against("relay_vs_one_by_one", many, "events/s", one, "outbox in batches of 500 / one claim, publish, confirm, mark at a time"),
        against("relay_vs_bare_kombu", many, "events/s", bare, "outbox in batches of 500 / bare kombu, one confirm at a time, no outbox"),
    ]


def _relayed(server: PostgresServer, ports: Ports, url: str, count: int, batch: int) -> float:
    _fill(server, ports, count)
    transport = RabbitTransport(url, ports.service)
    relay = Relay(ports, transport, batch)
    started, left = time.perf_counter(), count
    outbox = ports.db.metadata.tables["outbox"]
    while left > 0:
        relay.step(datetime.now(UTC))
        left -= batch
    rate = count / (time.perf_counter() - started)
    transport.close()
    with ports.db.plumbing() as tx:
        pending = tx.execute(outbox.delete().where(outbox.c.state == "pending"))
    if pending:
        raise RuntimeError(f"{pending} events were not relayed")
    return rate


def _fill(server: PostgresServer, ports: Ports, count: int) -> None:
    """Copies one event, written as services write them."""
    from xiaoneng.kit.v1 import work_pb2

    with ports.db.tenant(TENANT, a_caller("chen", TENANT)) as tx:
        tx.emit(Event("limits.work.opened.v1", "things/1", work_pb2.WorkOpened(item=work_pb2.WorkItem(item="things/1", title="供水" * 60))))
    names = [c.name for c in ports.db.metadata.tables["outbox"].c if c.name != "seq"]
    values = ", ".join({"id": "id || n", "subject_version": "subject_version + n"}.get(name, f'"{name}"') for name in names)
    connection = psycopg2.connect(server.url, dbname=ports.db.engine.url.database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        listed = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO outbox ({listed}) SELECT {values} FROM (SELECT * FROM outbox WHERE state = 'pending' LIMIT 1) o,"
            f" generate_series(1, {count - 1}) n; ANALYZE outbox"
        )
    connection.close()


def _bare(url: str, count: int) -> float:
    with Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = Producer(connection.channel(), Exchange("limits.internal", "topic", durable=True))
        body = b"x" * 900
        started = time.perf_counter()
        for _ in range(count):
            producer.publish(body, routing_key="river.limits.work.opened.v1", delivery_mode=2, declare=[])
        return count / (time.perf_counter() - started)
