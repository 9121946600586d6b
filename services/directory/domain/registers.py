"""Entries of the registers that packs demand: proposed, consented to, ended; and who has too few. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.directory.domain.errors import EndedAlready, FieldInvalid, NotProposed, UnitUnknown
from services.kit.errors import FieldViolation, Finding
from services.kit.policy.model import Register, RegisterField
from services.kit.roster.model import in_force
from services.kit.roster.snapshot import Roster


class State(StrEnum):
    """How far an entry has come."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    ENDED = "ended"


@dataclass(frozen=True)
class Decision:
    """A consent or a refusal."""

    role: str
    person: str
    approved: bool
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry of a register. `approvers` are the roles that the pack asked for when it was proposed; changes make a new value.

    `bound`: the persons whom it names belonged to its unit when it was proposed, so that it ends when one of them leaves the unit.
    """

    id: str
    register: str
    holder: str
    unit: str
    fields: Mapping[str, str]
    state: State
    approvers: tuple[str, ...]
    proposer: str
    clause: str
    created_at: datetime
    bound: bool = False
    decisions: tuple[Decision, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def awaiting(self) -> str:
        """The role whose consent is asked for now; empty when none is."""
        return self.approvers[len(self.decisions)] if self.state == State.PROPOSED else ""

    @property
    def open(self) -> bool:
        """Whether it counts or may yet count."""
        return self.state in (State.PROPOSED, State.ACTIVE)

    def persons(self, register: Register) -> list[str]:
        """The persons whom it names."""
        names = [column.name for column in register.fields if column.type == "person"]
        return [self.fields[name] for name in names if self.fields.get(name)]

    def approved(self, person: str, at: datetime, reason: str = "") -> Entry:
        """The entry with one more consent; with the last one it counts. Refuses: NotProposed."""
        decided = self._decided(person, True, at, reason)
        done = len(decided.decisions) == len(decided.approvers)
        return replace(decided, state=State.ACTIVE, valid_from=at) if done else decided

    def rejected(self, person: str, at: datetime, reason: str) -> Entry:
        """The entry, refused. Refuses: NotProposed."""
        return replace(self._decided(person, False, at, reason), state=State.REJECTED)

    def ended(self, at: datetime) -> Entry:
        """The entry, ended. Refuses: EndedAlready."""
        if not self.open:
            raise EndedAlready()
        return replace(self, valid_until=at, state=State.ENDED)

    def _decided(self, person: str, approved: bool, at: datetime, reason: str) -> Entry:
        if self.state != State.PROPOSED:
            raise NotProposed()
        return replace(self, decisions=(*self.decisions, Decision(self.awaiting, person, approved, at, reason)))


def proposed(
    register: Register, entry_id: str, holder: str, values: Mapping[str, str], proposer: str, roster: Roster, at: datetime
) -> Entry:
    """A new entry; it counts at once where the pack asks for nobody's consent. Refuses: FieldInvalid, UnitUnknown."""
    unit = _unit_of(register, holder, roster, at)
    problems = [*_holder_problems(register, holder), *_problems(register, values, roster, at)]
    if problems:
        raise FieldInvalid(problems)
    entry = Entry(
        id=entry_id,
        register=register.name,
        holder=holder,
        unit=unit,
        fields=dict(values),
        state=State.PROPOSED if register.approved_by else State.ACTIVE,
        approvers=register.approved_by,
        proposer=proposer,
        clause=register.citation.clause,
        created_at=at,
        valid_from=None if register.approved_by else at,
    )
    persons = entry.persons(register)
    inside = bool(unit) and bool(persons) and all(unit in roster.units_of(person, at) for person in persons)
    return replace(entry, bound=inside)


def has_left(entry: Entry, register: Register, roster: Roster, at: datetime) -> bool:
    """Says whether somebody whom the entry names has left the unit to which it belongs, or the tenant."""
    for person in entry.persons(register):
        if roster.member(person, at) is None:
            return True
        if entry.bound and entry.unit not in roster.units_of(person, at):
            return True
    return False


@dataclass(frozen=True)
class Shortage:
    """A holder with fewer entries than the register demands. `since` is empty where there never were enough."""

    holder: str
    unit: str
    count: int
    since: datetime | None


@dataclass(frozen=True)
class Gap:
    """A shortage as it is reported: what the holder is called, what it means and by which article, until when it may be mended."""

    register: Register
    holder: str
    name: str
    finding: Finding
    count: int
    since: datetime | None
    due_at: datetime | None


def shortages(
    register: Register, entries: Iterable[Entry], roster: Roster, at: datetime, among: frozenset[str] | None = None
) -> list[Shortage]:
    """Who has too few entries at `at`; `among` are the holders that must have any (all, without it)."""
    by_holder: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.register == register.name:
            by_holder.setdefault(entry.holder, []).append(entry)
    found = []
    for holder in holders(register, roster, at):
        if among is not None and holder not in among:
            continue
        own = by_holder.get(holder, [])
        count = sum(entry.state == State.ACTIVE for entry in own)
        if count < register.least:
            ends = [e.valid_until for e in own if e.state == State.ENDED and e.valid_from and e.valid_until]
            unit = holder if register.per == "unit" else ""
            found.append(Shortage(holder, unit, count, max(ends, default=None)))
    return found


def holders(register: Register, roster: Roster, at: datetime) -> Sequence[str]:
    """To what entries of a register may belong."""
    if register.per == "tenant":
        return ("",)
    if register.per == "each":
        return register.each
    kinds = register.unit_kinds
    return [unit.id for unit in roster.units(at) if not kinds or unit.kind in kinds]


def _unit_of(register: Register, holder: str, roster: Roster, at: datetime) -> str:
    if register.per != "unit":
        return ""
    unit = roster.unit(holder)
    if unit is None or not in_force(unit, at):
        raise UnitUnknown(unit=holder)
    return holder


def _holder_problems(register: Register, holder: str) -> list[FieldViolation]:
    right = {"tenant": not holder, "each": holder in register.each}.get(register.per, True)
    return [] if right else [FieldViolation("registration.holder", f"“{holder}”不是该名册的登记对象", "HOLDER_INVALID")]


def _problems(register: Register, values: Mapping[str, str], roster: Roster, at: datetime) -> list[FieldViolation]:
    columns = {column.name: column for column in register.fields}
    found = [_wrong(name, f"名册没有“{name}”一栏", "FIELD_UNKNOWN") for name in values if name not in columns]
    for name, column in columns.items():
        value = values.get(name, "").strip()
        if not value and column.required:
            found.append(_wrong(name, f"“{column.label}”必须填写", "FIELD_REQUIRED"))
        elif value and not _valid(column, value, roster, at):
            found.append(_wrong(name, f"“{column.label}”的内容“{value}”无效", "FIELD_INVALID"))
    return found


def _valid(column: RegisterField, value: str, roster: Roster, at: datetime) -> bool:
    if column.values:
        return value in column.values
    if column.type == "person":
        return roster.member(value, at) is not None
    if column.type == "unit":
        unit = roster.unit(value)
        return unit is not None and in_force(unit, at)
    if column.type == "date":
        try:
            return bool(date.fromisoformat(value))
        except ValueError:
            return False
    return True


def _wrong(name: str, text: str, reason: str) -> FieldViolation:
    return FieldViolation(f"registration.fields.{name}", text, reason)
