"""Two services for tests of the bus: `probe` says what has happened, `reader` writes down what it hears.

Their events are declared in a proto that is built here, so that no contract of the platform knows them.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from sqlalchemy import Column, Integer, func, select

from services.kit import ids
from services.kit.bus import catalogue as catalogues
from services.kit.bus.catalogue import Catalogue
from services.kit.bus.dispatch import Registry
from services.kit.bus.envelope import Envelope
from services.kit.clock import Clock
from services.kit.db import tables
from services.kit.db.engine import Database
from services.kit.db.tx import Tx
from services.kit.db.types import new_metadata, text
from services.kit.errors import Busy, Refused, Stale
from services.kit.outbox import Event
from services.kit.service import Ports
from services.kit.settings import Settings
from services.kit.testing.service import AUDIT_KEY, database

PACKAGE = "tests.service.bus.probe_migrations"
DONE, HIDDEN, ANNOUNCED = "probe.thing.done.v1", "probe.thing.hidden.v1", "probe.thing.announced.v1"

metadata = new_metadata()
tables.install(metadata)
effects = tables.tenant_table(
    "effects", metadata, text("id", key=True), text("handler"), text("event"), text("name"), Column("version", Integer, nullable=False)
)


@cache
def types() -> Catalogue:
    """The event types of the probe."""
    options: Any = importlib.import_module("xiaoneng.kit.v1.options_pb2")
    file = descriptor_pb2.FileDescriptorProto(
        name="xiaoneng/probe/v1/events.proto", package="xiaoneng.probe.v1", syntax="proto3", dependency=["xiaoneng/kit/v1/options.proto"]
    )
    for name, type_, visibility in (("ThingDone", DONE, 2), ("ThingHidden", HIDDEN, 1), ("ThingAnnounced", ANNOUNCED, 3)):
        message = file.message_type.add(name=name)
        message.field.add(name="name", number=1, type=9, label=1, json_name="name")
        message.field.add(name="readable_count", number=2, type=5, label=1, json_name="readableCount")
        message.options.Extensions[options.event].CopyFrom(options.EventOptions(type=type_, visibility=visibility))
    pool = descriptor_pool.Default()
    pool.Add(file)
    return catalogues.build([pool.FindFileByName(file.name)])


def message(type_: str, name: str, count: int = 0) -> Any:
    """The data of an event."""
    entry = types().get(type_)
    return message_factory.GetMessageClass(entry.message.DESCRIPTOR)(name=name, readable_count=count)


FAILING = {"poison", "busy"}

REGISTRY = Registry()
READING = Registry()


@READING.on(DONE, ANNOUNCED)
def write_down(tx: Tx, event: Envelope, data: Any) -> None:
    """Writes down what it hears; the name of the thing decides how it fails."""
    write(tx, event, "write_down", data.name)
    if data.name.startswith("poison") and "poison" in FAILING:
        tx.flush()
        raise Refused()
    if data.name.startswith("busy") and "busy" in FAILING:
        raise Busy(dependency="probe")
    if data.name.startswith("stale"):
        raise Stale()
    if data.name.startswith("refused by the database"):
        tx.insert(effects, {"id": "1", "handler": None, "event": event.id, "name": data.name, "version": 1})


@READING.on(HIDDEN)
def write_down_hidden(tx: Tx, event: Envelope, data: Any) -> None:
    """Writes down what stays inside."""
    write(tx, event, "write_down_hidden", data.name)


@READING.on(DONE)
def count_it(tx: Tx, event: Envelope, data: Any) -> None:
    """A second handler of the same type."""
    write(tx, event, "count_it", data.name)


def write(tx: Tx, event: Envelope, handler: str, name: str) -> None:
    """Writes down that a handler has heard an event; nothing but the inbox keeps it from doing so twice."""
    tx.insert(effects, {"id": ids.new(), "handler": handler, "event": event.id, "name": name, "version": event.subject_version})


def emit(ports: Ports, name: str, *, tenant: str = "river", type_: str = DONE, subject: str = "things/1", **more: Any) -> str:
    """Emits one event in a transaction of its own; returns its id."""
    with ports.db.tenant(tenant) as tx:
        return tx.emit(Event(type=type_, subject=subject, data=message(type_, name), **more))


def heard(ports: Ports, tenant: str = "river", handler: str = "write_down") -> list[str]:
    """The names that a handler has written down, in order of the events."""
    with ports.db.tenant(tenant) as tx:
        return [row.name for row in tx.all(select(effects.c.name).where(effects.c.handler == handler).order_by(effects.c.event))]


def pending(ports: Ports) -> int:
    """How many events wait in the outbox."""
    outbox = metadata.tables["outbox"]
    with ports.db.plumbing() as tx:
        return int(tx.scalar(select(func.count()).where(outbox.c.state == "pending")))


@dataclass(frozen=True)
class Pair:
    """The producer and the consumer."""

    probe: Ports
    reader: Ports

    @property
    def services(self) -> list[tuple[Ports, Registry]]:
        """As the inline bus takes them."""
        return [(self.probe, REGISTRY), (self.reader, READING)]


@contextmanager
def pair(server_url: str, clock: Clock) -> Iterator[Pair]:
    """Both services on fresh databases."""
    types()
    with opened(server_url, "probe", clock) as probe, opened(server_url, "reader", clock) as reader:
        yield Pair(probe, reader)


@contextmanager
def opened(server_url: str, service: str, clock: Clock) -> Iterator[Ports]:
    """The ports of one of them."""
    with database(server_url, service, metadata, PACKAGE) as urls:
        ports = ports_of(service, urls.app, clock)
        yield ports
        ports.db.dispose()


def ports_of(service: str, url: str, clock: Clock, installation: str = "testing") -> Ports:
    """Ports with what the bus needs: no packs, no roster, no attachments."""
    db = Database(service, url, clock, metadata, audit_key=AUDIT_KEY.encode(), pool_size=8)
    nothing: Any = None
    settings = Settings(audit_key=AUDIT_KEY, installation=installation)  # type: ignore[arg-type]
    db.ports = Ports(
        service=service, installation=installation, db=db, clock=clock, settings=settings, packs=nothing, rosters=nothing, blobs=nothing
    )
    return db.ports
