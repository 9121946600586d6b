"""Units of a tenant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.directory.commands.change import changing
from services.directory.commands.gaps import settle
from services.directory.domain import organisation
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.roster import Roster, Unit


@dataclass(frozen=True)
class CreateUnit(Command):
    """An empty id: one is made."""

    unit: Unit


@dataclass(frozen=True)
class UpdateUnit(Command):
    """`changes` are the fields to change, with their new values."""

    unit_id: str
    changes: tuple[tuple[str, Any], ...]
    etag: str = ""


@dataclass(frozen=True)
class CloseUnit(Command):
    """Without a moment: now."""

    unit_id: str
    end_at: datetime | None = None


@command(audit="directory.unit.create")
def create_unit(tx: Tx, cmd: CreateUnit) -> Unit:
    """Creates a unit. Refuses: UnitExists, UnitUnknown."""
    unit = replace(cmd.unit, id=cmd.unit.id or ids.new())
    with changing(tx) as change:
        organisation.check_new_unit(change.roster, unit, tx.now)
        change.put(unit)
    settle(tx)
    return unit


@command(audit="directory.unit.update")
def update_unit(tx: Tx, cmd: UpdateUnit) -> Unit:
    """Changes a unit. Refuses: Missing, Stale, UnitUnknown, UnitCycle."""
    with changing(tx) as change:
        before = found(change.roster, cmd.unit_id)
        organisation.check_etag(before, cmd.etag)
        unit = replace(before, **dict(cmd.changes))
        organisation.check_changed_unit(change.roster, unit, tx.now)
        change.put(unit)
    settle(tx)
    tx.audit("directory.unit.update", f"units/{unit.id}", details={"fields": [name for name, _ in cmd.changes]})
    return unit


@command(audit="directory.unit.close")
def close_unit(tx: Tx, cmd: CloseUnit) -> Unit:
    """Ends a unit. Refuses: Missing, EndedAlready, UnitInUse."""
    end_at = cmd.end_at or tx.now
    with changing(tx) as change:
        unit = organisation.ended(found(change.roster, cmd.unit_id), end_at)
        organisation.check_closed_unit(change.roster, unit, end_at)
        change.put(unit)
    settle(tx)
    return unit


def found(roster: Roster, unit_id: str) -> Unit:
    """A unit by its id. Refuses: Missing."""
    unit = roster.unit(unit_id)
    if unit is None:
        raise Missing()
    return unit
