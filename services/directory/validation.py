"""What a tenant's roles may be given."""

from __future__ import annotations

from functools import cache

from services.kit.bus.catalogue import import_all
from services.kit.policy.published import catalogue
from services.kit.rpc.access import permissions


@cache
def known_permissions() -> frozenset[str]:
    """Every permission that a method asks for or that a service publishes."""
    import_all()
    return permissions() | catalogue().permissions
