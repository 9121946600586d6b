"""Columns of registers: what may stand in them, who may be named, and what follows from the posts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.kit.errors import FieldViolation
from services.kit.policy.model import Register, RegisterField, RoleDefinition
from services.kit.roster.model import in_force
from services.kit.roster.snapshot import Roster
from services.kit.worktime.calendar import parse_time

LISTS = ("persons", "units", "texts")
SEPARATOR = "\n"
_END_OF_DAY = "24:00"
PERSON, ENTRY = "persons/", "registrations/"  # how holders are named that are neither units nor of a list

Roles = Mapping[str, RoleDefinition]
Listed = Callable[[str], Iterable[str]]
"""The persons whom the entries of a register name."""


@dataclass(frozen=True)
class Misfit:
    """A column with somebody whom the register does not allow there, and the reason of the pack."""

    column: RegisterField
    reason: str


def elements(column: RegisterField, value: str) -> list[str]:
    """What stands in a column: one value, or those of a list."""
    if column.type in LISTS:
        return [line.strip() for line in value.split(SEPARATOR) if line.strip()]
    return [value.strip()] if value.strip() else []


def typed(column: RegisterField, value: str) -> object:
    """The value as rules see it; None where nothing stands in it."""
    found = elements(column, value)
    if column.type in LISTS:
        return found
    if not found:
        return None
    if column.type == "int":
        return int(found[0])
    if column.type == "bool":
        return found[0] == "true"
    return date.fromisoformat(found[0]) if column.type == "date" else found[0]


def persons(register: Register, values: Mapping[str, str]) -> list[str]:
    """Everybody whom an entry names itself."""
    columns = [column for column in register.fields if column.type in ("person", "persons") and column.derived is None]
    return [person for column in columns for person in elements(column, values.get(column.name, ""))]


def problems(register: Register, values: Mapping[str, str], roster: Roster, at: datetime) -> list[FieldViolation]:
    """What keeps these values from being an entry of the register."""
    columns = {column.name: column for column in register.fields}
    found = [wrong(name, f"名册没有“{name}”一栏", "FIELD_UNKNOWN") for name in values if name not in columns]
    for name, column in columns.items():
        value = values.get(name, "").strip()
        if not value and column.required:
            found.append(wrong(name, f"“{column.label}”必须填写", "FIELD_REQUIRED"))
        elif not all(_valid(column, element, roster, at) for element in elements(column, value)):
            found.append(wrong(name, f"“{column.label}”的内容“{value}”无效", "FIELD_INVALID"))
    return found or _term_problems(register, values, roster, at)


def misfits(
    register: Register, values: Mapping[str, str], unit: str, roster: Roster, roles: Roles, listed: Listed, at: datetime
) -> list[Misfit]:
    """Who is named and may not be: without the role that the column asks for, without the entry elsewhere, not the holder of the post."""
    found: list[Misfit] = []
    for column in register.fields:
        named = elements(column, values.get(column.name, ""))
        if column.holds and not set(named) <= set(_holders(roster, roles, column.holds, unit, at)):
            found.append(Misfit(column, column.not_holding))
        if column.listed and not set(named) <= set(listed(column.listed)):
            found.append(Misfit(column, column.not_listed))
        if column.derived is not None and not set(named) <= set(derived(column, values, unit, roster, roles, at)):
            found.append(Misfit(column, column.not_holding))
    return found


def derived(column: RegisterField, values: Mapping[str, str], unit: str, roster: Roster, roles: Roles, at: datetime) -> list[str]:
    """Whom a derived column names at `at`."""
    assert column.derived is not None
    place = values.get(column.derived.of, "") if column.derived.of else unit
    if column.derived.role:
        return _holders(roster, roles, column.derived.role, place, at)
    kind = values.get(column.derived.post, "")
    return list(dict.fromkeys(p.person for p in roster.posts if p.kind == kind and p.unit == place and in_force(p, at)))


def following(register: Register, values: Mapping[str, str], unit: str, roster: Roster, roles: Roles, at: datetime) -> dict[str, str]:
    """The values with those of the derived columns as they are at `at`."""
    posts = {
        column.name: SEPARATOR.join(derived(column, values, unit, roster, roles, at))
        for column in register.fields
        if column.derived is not None
    }
    return {**values, **{name: value for name, value in posts.items() if value}}


def term(register: Register, values: Mapping[str, str], roster: Roster) -> tuple[datetime | None, datetime | None]:
    """From when until when an entry says that it counts: its first day, and the midnight after its last."""
    if register.term is None:
        return None, None
    calendar = roster.calendar()
    since, until = (values.get(name, "").strip() if name else "" for name in (register.term.since, register.term.until))
    return (
        calendar.moment(date.fromisoformat(since), timedelta()) if since else None,
        calendar.moment(date.fromisoformat(until), parse_time(_END_OF_DAY)) if until else None,
    )


def open_columns(register: Register, values: Mapping[str, str]) -> list[str]:
    """The labels of the columns that are expected and not filled."""
    return [column.label for column in register.fields if column.expected and not values.get(column.name, "").strip()]


def wrong(name: str, text: str, reason: str) -> FieldViolation:
    """Something wrong with a column."""
    return FieldViolation(f"registration.fields.{name}", text, reason)


def _term_problems(register: Register, values: Mapping[str, str], roster: Roster, at: datetime) -> list[FieldViolation]:
    since, until = term(register, values, roster)
    if until is not None and (until <= at or (since is not None and until <= since)):
        assert register.term is not None
        return [wrong(register.term.until, "有效期已届满，或早于开始日期", "PERIOD_EMPTY")]
    return []


def _holders(roster: Roster, roles: Roles, role: str, unit: str, at: datetime) -> list[str]:
    definition = roles.get(role)
    return [] if definition is None else [holder.person for holder in roster.holders(definition, at, unit or None)]


def _valid(column: RegisterField, value: str, roster: Roster, at: datetime) -> bool:
    if column.values:
        return value in column.values
    match column.type:
        case "person" | "persons":
            return roster.member(value, at) is not None
        case "unit" | "units":
            unit = roster.unit(value)
            return unit is not None and in_force(unit, at) and (not column.unit_kinds or unit.kind in column.unit_kinds)
        case "date":
            return _reads(date.fromisoformat, value)
        case "int":
            return _reads(int, value)
        case "bool":
            return value in ("true", "false")
    return True


def _reads(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True
