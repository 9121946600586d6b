"""A service that has nothing but limits."""

from services.kit import deadline, roster
from services.kit.bus.dispatch import Registry
from services.kit.db import tables
from services.kit.db.types import new_metadata
from services.kit.policy.catalogue import FactCatalogue
from services.kit.service import ServiceSpec

metadata = new_metadata()
tables.install(metadata)
roster.install(metadata)
deadline.install(metadata)

SPEC = ServiceSpec(
    name="limits",
    metadata=metadata,
    migrations="tests.service.kit.deadline.toy.migrations",
    servicers=lambda ports: [],
    handlers=Registry(),
    facts=FactCatalogue(service="limits"),
)
