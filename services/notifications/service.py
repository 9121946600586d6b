"""Notifications as the composition root sees it."""

from __future__ import annotations

from collections.abc import Sequence

from services.kit.service import Ports, Servicer, ServiceSpec
from services.notifications import facts, handlers, loops, store


def servicers(ports: Ports) -> Sequence[Servicer]:
    """The servicers; imported when a server asks for them, because a worker must not import grpc."""
    from services.notifications import api

    return api.servicers(ports)


SPEC = ServiceSpec(
    name="notifications",
    metadata=store.metadata,
    migrations="services.notifications.migrations",
    servicers=servicers,
    handlers=handlers.REGISTRY,
    loops=loops.loops,
    facts=facts.CATALOGUE,
)
