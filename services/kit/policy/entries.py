"""What rules can say of an entry of a register: its columns, as facts `entry.<column>` typed by the pack that declares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kit.policy.catalogue import BOOL, DATE, INT, PERSON, TEXT, UNIT, Fact, Type, enum, list_of

PREFIX = "entry."
POINTS = "directory.registration."  # where entries are spoken of

_TYPES: Mapping[str, Type] = {
    "text": TEXT, "int": INT, "bool": BOOL, "date": DATE, "person": PERSON, "unit": UNIT,
    "persons": list_of(PERSON), "units": list_of(UNIT), "texts": list_of(TEXT),
}  # fmt: skip


def facts(data: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts that the registers of a pack give. Of two columns with one name the first says the type."""
    found: dict[str, Fact] = {}
    for rule in data["rules"]:
        for name, column in rule["fields"].items() if rule["kind"] == "register" else ():
            fact = Fact(f"{PREFIX}{name}", _type(column), column["label"])
            found.setdefault(fact.name, fact)
    return found


def clash(data: Mapping[str, Any]) -> str:
    """A column that two registers type differently; empty where there is none."""
    known: dict[str, Type] = {}
    for rule in data["rules"]:
        for name, column in rule["fields"].items() if rule["kind"] == "register" else ():
            if known.setdefault(name, _type(column)).name != _type(column).name:
                return str(name)
    return ""


def _type(column: Mapping[str, Any]) -> Type:
    written = column.get("type", "text")
    if "values" in column:
        return enum(*column["values"])
    return _TYPES.get(written, TEXT)
