"""A whole organisation that comes in at once: compared with what is there, every row that cannot be taken named. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from services.directory.domain import organisation
from services.directory.domain.errors import UnitCycle
from services.kit.errors import Refusal
from services.kit.roster.model import CalendarDay, Member, Portfolio, Post, Row, Unit
from services.kit.roster.snapshot import Roster

T = TypeVar("T", Post, Portfolio)
NewId = Callable[[], str]


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row of a sheet; row 0 is the whole sheet."""

    sheet: str
    row: int
    column: str
    reason: str
    text: str


@dataclass(frozen=True)
class Line:
    """A row of a sheet, read: what it says, and where it stands."""

    sheet: str
    row: int
    value: Row


@dataclass(frozen=True)
class Login:
    """How a person of the spreadsheet signs in."""

    row: int
    person: str
    issuer: str
    sub: str


@dataclass(frozen=True)
class Sheets:
    """A spreadsheet, read."""

    lines: tuple[Line, ...]
    logins: tuple[Login, ...] = ()
    errors: tuple[RowError, ...] = ()


@dataclass
class Plan:
    """What an import will do."""

    rows: list[Row] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def plan(roster: Roster, lines: Sequence[Line], at: datetime, new_id: NewId) -> Plan:
    """Compares a spreadsheet with the organisation. What the spreadsheet leaves out stays as it is."""
    made = Plan()
    merged = _merge(roster, lines, at, made, new_id)
    after = Roster(roster.tenant.id, roster.number, [*_kept(roster, merged), *(row for _, row in merged)])
    for line, row in merged:
        refused = _refused(after, row, at) if row in made.rows else None
        if refused is not None:
            made.errors.append(RowError(line.sheet, line.row, "", refused.code, refused.message))
    made.errors.sort(key=lambda error: (error.sheet, error.row))
    return made


def _merge(roster: Roster, lines: Sequence[Line], at: datetime, made: Plan, new_id: NewId) -> list[tuple[Line, Row]]:
    merged: list[tuple[Line, Row]] = []
    seen: set[tuple[object, ...]] = set()
    for line in lines:
        key = _key(line.value)
        if key in seen:
            made.errors.append(RowError(line.sheet, line.row, "", "ROW_REPEATED", "该行与前面的行重复"))
            continue
        seen.add(key)
        before = _before(roster, line.value)
        row = _joined(roster, before, line.value, at, new_id)
        merged.append((line, row))
        if before is None:
            made.created += 1
        elif before == row:
            made.unchanged += 1
        else:
            made.updated += 1
        if before != row:
            made.rows.append(row)
    return merged


def _key(row: Row) -> tuple[object, ...]:
    """What makes a row of a spreadsheet the same as one that is there."""
    match row:
        case Unit():
            return (Unit, row.id)
        case Member():
            return (Member, row.person)
        case Post():
            return (Post, row.person, row.unit, row.kind)
        case Portfolio():
            return (Portfolio, row.person, row.unit, row.field)
        case CalendarDay():
            return (CalendarDay, row.unit, row.day)
        case _:
            raise TypeError(f"not in a spreadsheet: {row!r}")


def _before(roster: Roster, row: Row) -> Row | None:
    there: Mapping[type, Iterable[Row]] = {
        Unit: roster.units(),
        Member: roster.members(),
        Post: roster.posts,
        Portfolio: roster.portfolios,
        CalendarDay: roster.calendar_days,
    }
    same = [other for other in there[type(row)] if _key(other) == _key(row)]
    # The same post may have been held before; the latest holding is the one that is meant.
    return max(same, key=lambda other: str(getattr(other, "valid_from", "") or ""), default=None)


def _joined(roster: Roster, before: Row | None, row: Row, at: datetime, new_id: NewId) -> Row:
    """The row with what a spreadsheet does not say: ids, beginnings, permissions, ends."""
    match row, before:
        case Unit(), Unit():
            return replace(row, valid_from=before.valid_from, valid_until=before.valid_until)
        case Member(), Member():
            until = before.valid_until
            over = until is not None and until <= at
            kept = replace(row, kind=before.kind, permissions=before.permissions)
            return replace(kept, valid_from=at) if over else replace(kept, valid_from=before.valid_from, valid_until=until)
        case Member(), _:
            return replace(row, valid_from=at)
        case Post(), Post():
            return _continued(roster, row, before, at, new_id)
        case Portfolio(), Portfolio():
            return _continued(roster, row, before, at, new_id)
        case (Post(), _) | (Portfolio(), _) if isinstance(row, Post | Portfolio):
            return replace(row, id=new_id(), valid_from=row.valid_from or at)
        case _:
            return row


def _continued(roster: Roster, row: T, before: T, at: datetime, new_id: NewId) -> T:
    since = _same_day(roster, row.valid_from, before.valid_from)
    until = _same_day(roster, row.valid_until, before.valid_until) if row.valid_until else before.valid_until
    if before.valid_until is not None and before.valid_until <= (since or at) and since != before.valid_from:
        return replace(row, id=new_id(), valid_from=row.valid_from or at)
    return replace(row, id=before.id, valid_from=since, valid_until=until)


def _same_day(roster: Roster, said: datetime | None, before: datetime | None) -> datetime | None:
    """A spreadsheet says days: where it says the day of the moment that is kept, or nothing, that moment stays."""
    if said is None or before is None:
        return said or before
    local = roster.calendar().local
    return before if local(said).date() == local(before).date() else said


def _kept(roster: Roster, merged: Sequence[tuple[Line, Row]]) -> list[Row]:
    new: set[object] = {row.id for _, row in merged if isinstance(row, (Unit, Post, Portfolio))}
    new |= {row.person for _, row in merged if isinstance(row, Member)}
    rows: list[Row] = [unit for unit in roster.units() if unit.id not in new]
    rows += [member for member in roster.members() if member.person not in new]
    rows += [post for post in roster.posts if post.id not in new]
    rows += [portfolio for portfolio in roster.portfolios if portfolio.id not in new]
    return rows


def _refused(after: Roster, row: Row, at: datetime) -> Refusal | None:
    checks: dict[type, Callable[[], None]] = {
        Unit: lambda: _check_unit(after, row, at),
        Member: lambda: _check_member(after, row, at),
        Post: lambda: organisation.check_post(after, row, at) if isinstance(row, Post) else None,
        Portfolio: lambda: organisation.check_portfolio(after, row, at) if isinstance(row, Portfolio) else None,
        CalendarDay: lambda: _check_day(after, row, at),
    }
    try:
        checks[type(row)]()
    except Refusal as refusal:
        return refusal
    return None


def _check_unit(after: Roster, row: Row, at: datetime) -> None:
    assert isinstance(row, Unit)
    if row.parent:
        organisation.check_unit(after, row.parent, at)
        if row.parent in after.below(row.id):
            raise UnitCycle(unit=row.id)


def _check_member(after: Roster, row: Row, at: datetime) -> None:
    assert isinstance(row, Member)
    organisation.check_period(row)
    if row.unit:
        organisation.check_unit(after, row.unit, at)


def _check_day(after: Roster, row: Row, at: datetime) -> None:
    assert isinstance(row, CalendarDay)
    if row.unit:
        organisation.check_unit(after, row.unit, at)
