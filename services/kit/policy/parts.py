"""Small parts of a pack as they are written, and how to mend what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from services.kit.policy.conditions import Condition, compile_condition
from services.kit.policy.declare import CODES, DeclaredField
from services.kit.policy.model import Binds, Derived, Head, RegisterField
from services.kit.policy.source import Wrong, inside
from services.kit.worktime import Budget, Unit

Data = Mapping[str, Any]

LOOK = "look at the examples in docs/policy-packs.md"
WHEN = "one line for each fact: `kind: regular`, `days: {min: 3}`, `reason: {absent: true}`, `any: [{…}, {…}]`"
BUDGET = "for example `{value: 3, unit: working_days}`, or `{from: <fact>}` for a stated moment"
RUNG = 'for example `{at: due, do: breach}`, or `{at: {working_days_after: 1, time: "09:00"}, do: escalate, to: <role>}`'
TIMES = 'for example `{every: month, on: last_working_day, at: "18:00"}`'


def guess(name: str, known: Iterable[str], otherwise: str) -> str:
    """How to mend a name that nobody declared: by the one that it looks like, or as said."""
    near = get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else otherwise


def budget(written: Data) -> Budget:
    """A budget of time. Raises Wrong."""
    if written["unit"] not in set(Unit):
        raise Wrong(f"{written['unit']} is no unit of time", guess(written["unit"], Unit, f"known are {', '.join(sorted(Unit))}"))
    with inside(mend=BUDGET):
        return Budget.parse(written)


def provisional(name: str, written: Data) -> DeclaredField:
    """A declared field of which nothing is known yet but that it is there."""
    return DeclaredField(name, written["label"], "text" if written["type"] in CODES else written["type"])


def condition(written: Any, *at: str | int) -> Condition:
    """A `when`; `at` says inside what."""
    with inside(*at, "when", mend=WHEN):
        return compile_condition(written)


def binds(written: Data) -> Binds:
    """Whom a pack binds."""
    return Binds(written["clause"], names(written.get("unit_kinds")), names(written.get("units")))


def column(name: str, entry: Data) -> RegisterField:
    """A column of a register."""
    derived = entry.get("from")
    words = {key: entry[key] for key in ("holds", "not_holding", "listed", "not_listed", "expected") if key in entry}
    return RegisterField(
        name,
        entry["label"],
        entry.get("type", "text"),
        entry.get("required", not entry.get("expected", False) and derived is None),
        tuple(entry.get("values", ())),
        unit_kinds=tuple(entry.get("unit_kinds", ())),
        derived=Derived(**derived) if derived is not None else None,
        **words,
    )


def ends_on(until: Any) -> str:
    """The event that ends a limit: written as its name, or with what must be said of it."""
    name: str = until["event"] if isinstance(until, Mapping) else until or ""
    return name


def names(written: Any) -> tuple[str, ...]:
    """One name, a list of names or none, as a tuple."""
    if written is None:
        return ()
    return tuple(written) if isinstance(written, list) else (written,)


def head(data: Data) -> Head:
    """What the pack says about itself."""
    return Head(
        pack=data["pack"],
        version=data["version"],
        title=data["title"],
        issuer=data["issuer"],
        document_number=data.get("document_number") or "",
        effective_from=data["effective_from"],
        effective_to=data.get("effective_to"),
        supersedes=tuple(data.get("supersedes", ())),
        layer=data.get("layer", "regulation"),
        owner=data.get("owner", {}),
        tightens=data.get("tightens", ""),
        binds_children=data.get("binds_children", False),
        binds=binds(data["binds"]) if "binds" in data else None,
        set=tuple(data.get("set", ())),
    )
