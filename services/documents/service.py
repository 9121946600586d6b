"""Documents as the composition root sees it."""

from __future__ import annotations

from collections.abc import Sequence

from services.documents import facts, handlers, loops, store
from services.kit.service import Ports, Servicer, ServiceSpec


def servicers(ports: Ports) -> Sequence[Servicer]:
    """The servicers; imported when a server asks for them, because a worker must not import grpc."""
    from services.documents import api

    return api.servicers(ports)


SPEC = ServiceSpec(
    name="documents",
    metadata=store.metadata,
    migrations="services.documents.migrations",
    servicers=servicers,
    handlers=handlers.REGISTRY,
    loops=loops.loops,
    facts=facts.CATALOGUE,
)
