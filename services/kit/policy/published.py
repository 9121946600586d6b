"""What the services of this installation's code publish for packs, and what is wrong with a pack that is taken in.

By convention a service publishes one `FactCatalogue` as `CATALOGUE` in `services/<name>/facts.py`, pure data. They are found by that name,
as event types are found in the protos: the kit names no service.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache

import services
from services.kit.errors import FieldViolation, Invalid
from services.kit.policy import BadPack, Catalogue, FactCatalogue, Problem, validate


class PackInvalid(Invalid):
    """The pack cannot be taken; every problem is a field violation."""

    reason = "PACK_INVALID"
    text = "制度包有误：{summary}"


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


def problems(source: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a pack, by line."""
    try:
        return tuple(validate(source, catalogue()))
    except BadPack as bad:
        return tuple(bad.problems)


def ensure_sound(found: tuple[Problem, ...]) -> None:
    """Refuses PackInvalid where something is wrong with the `source` of a request."""
    if found:
        raise PackInvalid([FieldViolation("source", _said(problem), "PACK_PROBLEM") for problem in found])


def _said(problem: Problem) -> str:
    """A problem of a pack: its line, what is wrong, how to mend it."""
    return f"第{problem.line}行：{problem.what}" + (f" – {problem.mend}" if problem.mend else "")
