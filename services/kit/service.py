"""What a service is, seen from the outside: its tables, servicers, handlers and loops, and the ports that a process gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData

from services.kit.clock import Clock
from services.kit.db.engine import Database
from services.kit.loop import Loop

if TYPE_CHECKING:
    from services.kit.blobs import BlobStore
    from services.kit.bus.dispatch import Registry
    from services.kit.policy.cache import PackCache
    from services.kit.policy.catalogue import FactCatalogue
    from services.kit.roster import RosterCache
    from services.kit.settings import Settings


@dataclass(frozen=True)
class Ports:
    """What a process gives its service: built once, passed on, never fetched from the side."""

    service: str
    installation: str
    db: Database
    clock: Clock
    settings: Settings
    packs: PackCache
    rosters: RosterCache
    blobs: BlobStore


Servicer = tuple[Callable[[Any, Any], None], Any]


def no_loops(ports: Ports) -> Sequence[Loop]:
    """For a service that adds no loop to the kit's own."""
    return ()


@dataclass(frozen=True)
class ServiceSpec:
    """A service: what the composition root, the tests and the worker need to run it."""

    name: str
    metadata: MetaData
    migrations: str
    servicers: Callable[[Ports], Sequence[Servicer]]
    handlers: Registry
    facts: FactCatalogue
    loops: Callable[[Ports], Sequence[Loop]] = no_loops
    protos: Sequence[str] = ()
    """Modules of generated code that hold its messages, for the event catalogue."""


def build(spec: ServiceSpec, settings: Settings, clock: Clock, *, url: str, pool_size: int | None = None) -> Ports:
    """Opens the database and puts the ports together. Refuses a database role that row-level security does not bind (UnsafeRole)."""
    from services.kit.blobs import blob_store
    from services.kit.policy.cache import PackCache
    from services.kit.roster import RosterCache
    from services.kit.worktime.files import CalendarFolder

    db = Database(
        spec.name,
        url,
        clock,
        spec.metadata,
        audit_key=settings.audit_key.get_secret_value().encode(),
        pool_size=pool_size or settings.pool_size,
    )
    db.check_role()
    ports = Ports(
        service=spec.name,
        installation=settings.installation,
        db=db,
        clock=clock,
        settings=settings,
        packs=PackCache(spec.facts),
        rosters=RosterCache(CalendarFolder(settings.calendar_dir).years),
        blobs=blob_store(settings),
    )
    db.ports = ports
    return ports
