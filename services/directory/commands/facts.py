"""What directory tells the rules about a caller and an entry."""

from __future__ import annotations

from typing import Any

from services.directory.domain import columns
from services.directory.domain.registers import Entry
from services.kit.db.tx import Tx
from services.kit.policy.entries import PREFIX
from services.kit.policy.model import Register


def of_caller(tx: Tx) -> dict[str, Any]:
    """The caller's roles and kinds of units, now."""
    caller, roster = tx.caller, tx.roster
    if caller is None:
        return {"caller": None, "caller_roles": [], "caller_unit_kinds": []}
    units = [roster.unit(unit) for unit in roster.units_of(caller.person, tx.now)]
    return {
        "caller": caller.person,
        "caller_roles": sorted(roster.roles_of(caller.person, tx.now, tx.rules())),
        "caller_unit_kinds": sorted({unit.kind for unit in units if unit is not None}),
    }


def of_entry(tx: Tx, register: Register, entry: Entry, count: int) -> dict[str, Any]:
    """An entry of a register; `count` are the entries of its holder, this one included."""
    roster, at = tx.roster, tx.now
    unit = roster.unit(entry.unit) if entry.unit else None
    persons = entry.persons(register)
    inside = [bool(entry.unit) and entry.unit in roster.units_of(person, at) for person in persons]
    caller = tx.caller.person if tx.caller else ""
    return {
        "register": register.name,
        "holder": entry.holder,
        "holder_unit": entry.unit or None,
        "holder_unit_kind": unit.kind if unit else None,
        "unit_kind": unit.kind if unit else None,
        "count": count,
        "persons": persons,
        "persons_in_holder_unit": all(inside),
        "caller_in_holder_unit": bool(entry.unit) and entry.unit in roster.units_of(caller, at),
        **{f"{PREFIX}{column.name}": columns.typed(column, entry.fields.get(column.name, "")) for column in register.fields},
    }
