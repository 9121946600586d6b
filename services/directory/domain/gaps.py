"""Who has too few entries, one that has run out, one that lacks something, or none for a period that has passed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.directory.domain import columns
from services.directory.domain.columns import ENTRY, PERSON, Roles
from services.directory.domain.registers import Entry, State
from services.kit.errors import Finding
from services.kit.policy.model import Register
from services.kit.roster.snapshot import Roster
from services.kit.worktime.schedule import Schedule, next_occurrence, occurrences


@dataclass(frozen=True)
class Shortage:
    """A holder that owes something. `since` is empty where there never was enough; `reason` is the pack's code for it."""

    holder: str
    unit: str
    count: int
    since: datetime | None
    reason: str = ""


@dataclass(frozen=True)
class Gap:
    """A shortage as it is reported: what the holder is called, what it means and by which article, until when it may be mended."""

    register: Register
    holder: str
    unit: str
    name: str
    finding: Finding
    count: int
    since: datetime | None
    due_at: datetime | None


def shortages(
    register: Register,
    entries: Iterable[Entry],
    roster: Roster,
    at: datetime,
    among: frozenset[str] | None = None,
    roles: Roles | None = None,
) -> list[Shortage]:
    """Who owes something at `at`; `among` are the holders that owe anything (all, without it)."""
    by_holder: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.register == register.name:
            by_holder.setdefault(entry.holder, []).append(entry)
    owed = periods(register, roster, at)
    found = []
    for holder in sorted(among) if register.per == "entry" and among is not None else holders(register, roster, at, roles or {}):
        if among is None or holder in among:
            shortage = _shortage(register, holder, by_holder.get(holder, []), owed, roster, at)
            if shortage is not None:
                found.append(shortage)
    return found


def holders(register: Register, roster: Roster, at: datetime, roles: Roles) -> Sequence[str]:
    """Who may owe entries of a register."""
    if register.per == "tenant":
        return ("",)
    if register.per == "each":
        return register.each
    if register.per == "person":
        role = roles.get(register.holders)
        members = [member.person for member in roster.members(at) if member.kind == "person"]
        return [f"{PERSON}{person}" for person in members if role is None or roster.holds(role, person, at)]
    kinds = register.unit_kinds
    return [unit.id for unit in roster.units(at) if not kinds or unit.kind in kinds]


def owing(register: Register, where: Register, entries: Iterable[Entry], at: datetime) -> frozenset[str]:
    """The holders that owe an entry because of the entries of another register: its holders, the persons whom it names, or each of them."""
    counting = [entry for entry in entries if entry.counts(at)]
    if register.per == "entry":
        return frozenset(f"{ENTRY}{entry.id}" for entry in counting)
    if register.per == "person":
        return frozenset(f"{PERSON}{person}" for entry in counting for person in entry.persons(where))
    return frozenset(entry.holder for entry in counting)


def unit_of(holder: str, register: Register, roster: Roster) -> str:
    """The unit of a holder; empty when it has none."""
    if register.per == "unit":
        return holder
    member = roster.member(holder.removeprefix(PERSON)) if register.per == "person" else None
    return member.unit if member is not None else ""


def periods(register: Register, roster: Roster, at: datetime) -> list[str]:
    """The periods for which an entry is owed by now."""
    if register.period is None:
        return []
    calendar = roster.calendar()
    begin = calendar.moment(register.period.since, timedelta())
    return [occurrence.period for occurrence in occurrences(Schedule.parse(register.period.times), begin, at, calendar)]


def next_period(register: Register, roster: Roster, at: datetime) -> datetime | None:
    """The next moment at which an entry for a period is owed."""
    if register.period is None:
        return None
    following = next_occurrence(Schedule.parse(register.period.times), at, roster.calendar())
    return following.at if following is not None else None


def _shortage(register: Register, holder: str, own: Sequence[Entry], owed: Sequence[str], roster: Roster, at: datetime) -> Shortage | None:
    counting = [entry for entry in own if entry.counts(at)]
    ended = [e.valid_until for e in own if e.state is State.ENDED and e.valid_from and e.valid_until]
    since, reason = max(ended, default=None), ""
    if len(counting) < register.least:
        reason = (register.expired if ended else "") or register.gap
    elif register.period is not None and _unmet(register, register.period.column, owed, own):
        reason = register.gap
    elif any(columns.open_columns(register, entry.fields) for entry in counting):
        reason = register.incomplete or register.gap
    if not reason:
        return None
    return Shortage(holder, unit_of(holder, register, roster), len(counting), since, reason)


def _unmet(register: Register, name: str, owed: Sequence[str], own: Sequence[Entry]) -> bool:
    """An entry for a period counts for it, whether it has been ended since or not."""
    column = next(column for column in register.fields if column.name == name)
    named = {str(columns.typed(column, e.fields.get(name, ""))) for e in own if e.state in (State.ACTIVE, State.ENDED)}
    return not set(owed) <= named
