"""What the services of this installation's code publish for packs.

By convention a service publishes one `FactCatalogue` as `CATALOGUE` in `services/<name>/facts.py`, pure data. They are found by that name,
as event types are found in the protos: directory names no other service.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache

import services
from services.kit.policy import Catalogue, FactCatalogue


@cache
def catalogue() -> Catalogue:
    """The catalogues of all services of this installation's code."""
    found: list[FactCatalogue] = []
    for module in pkgutil.iter_modules(services.__path__):
        name = f"services.{module.name}.facts"
        if module.ispkg and importlib.util.find_spec(name) is not None:
            published = getattr(importlib.import_module(name), "CATALOGUE", None)
            if isinstance(published, FactCatalogue):
                found.append(published)
    return Catalogue(tuple(found))
