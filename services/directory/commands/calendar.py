"""Days on which an office works or rests otherwise than the country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.directory.commands.change import changing
from services.directory.domain import organisation
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.roster import CalendarDay


@dataclass(frozen=True)
class SetDay(Command):
    """An arrangement of the tenant, or of one unit."""

    day: CalendarDay


@dataclass(frozen=True)
class ClearDay(Command):
    """Takes an arrangement back."""

    day: date
    unit: str = ""


@command(audit="directory.calendar.set")
def set_day(tx: Tx, cmd: SetDay) -> CalendarDay:
    """Arranges a day. Refuses: UnitUnknown."""
    with changing(tx) as change:
        if cmd.day.unit:
            organisation.check_unit(change.roster, cmd.day.unit, tx.now)
        change.put(cmd.day)
    details = {"day": cmd.day.day.isoformat(), "unit": cmd.day.unit, "working": cmd.day.working}
    tx.audit("directory.calendar.set", f"calendarDays/{cmd.day.day.isoformat()}", details=details)
    return cmd.day


@command(audit="directory.calendar.clear")
def clear_day(tx: Tx, cmd: ClearDay) -> CalendarDay:
    """Takes an arrangement back; returns what the calendar says of the day from now on."""
    with changing(tx) as change:
        arranged = next((d for d in change.roster.calendar_days if (d.day, d.unit) == (cmd.day, cmd.unit)), None)
        if arranged is not None:
            change.remove(arranged)
    found = tx.roster.calendar(cmd.unit).day(cmd.day)
    tx.audit("directory.calendar.clear", f"calendarDays/{cmd.day.isoformat()}", details={"unit": cmd.unit})
    return CalendarDay(cmd.day, found.working, found.name or "", cmd.unit)
