"""Notifications as the composition root sees it."""

from __future__ import annotations

from services.kit.service import ServiceSpec
from services.notifications import api, facts, handlers, loops, store

SPEC = ServiceSpec(
    name="notifications",
    metadata=store.metadata,
    migrations="services.notifications.migrations",
    servicers=api.servicers,
    handlers=handlers.REGISTRY,
    loops=loops.loops,
    facts=facts.CATALOGUE,
)
