"""Checks a pack against everything that the services publish for packs."""

from __future__ import annotations

from functools import cache

from services.directory.published import catalogue
from services.kit.bus.catalogue import import_all
from services.kit.policy import BadPack, Problem, validate
from services.kit.rpc.access import permissions


@cache
def known_permissions() -> frozenset[str]:
    """Every permission that a method asks for or that a service publishes."""
    import_all()
    return permissions() | catalogue().permissions


def problems(source: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a pack, by line."""
    try:
        return tuple(validate(source, catalogue()))
    except BadPack as bad:
        return tuple(bad.problems)
