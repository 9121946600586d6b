"""Documents as the composition root sees it."""

from __future__ import annotations

from services.documents import api, facts, handlers, loops, store
from services.kit.service import ServiceSpec

SPEC = ServiceSpec(
    name="documents",
    metadata=store.metadata,
    migrations="services.documents.migrations",
    servicers=api.servicers,
    handlers=handlers.REGISTRY,
    loops=loops.loops,
    facts=facts.CATALOGUE,
)
