"""Entries of the registers that packs demand: proposed, consented to, changed, ended. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.directory.domain import columns
from services.directory.domain.columns import ENTRY, PERSON
from services.directory.domain.errors import EndedAlready, FieldInvalid, NotProposed, PeriodEmpty, UnitUnknown
from services.kit.errors import FieldViolation
from services.kit.policy.model import Register
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

    def counts(self, at: datetime) -> bool:
        """Whether it counts at a moment: consented to, begun and not run out."""
        begun = self.valid_from is None or self.valid_from <= at
        return self.state is State.ACTIVE and begun and (self.valid_until is None or at < self.valid_until)

    def persons(self, register: Register) -> list[str]:
        """The persons whom it names."""
        return columns.persons(register, self.fields)

    def approved(self, person: str, at: datetime, reason: str = "") -> Entry:
        """The entry with one more consent; with the last one it counts. Refuses: NotProposed."""
        decided = self._decided(person, True, at, reason)
        done = len(decided.decisions) == len(decided.approvers)
        return replace(decided, state=State.ACTIVE, valid_from=max(at, self.valid_from or at)) if done else decided

    def rejected(self, person: str, at: datetime, reason: str) -> Entry:
        """The entry, refused. Refuses: NotProposed."""
        return replace(self._decided(person, False, at, reason), state=State.REJECTED)

    def ended(self, at: datetime) -> Entry:
        """The entry, ended. Refuses: EndedAlready."""
        if not self.open:
            raise EndedAlready()
        return replace(self, valid_until=at, state=State.ENDED)

    def ending(self, at: datetime) -> Entry:
        """The entry, which will end at a later moment. Refuses: EndedAlready, PeriodEmpty for one that ends before."""
        if not self.open:
            raise EndedAlready()
        if self.valid_until is not None and self.valid_until < at:
            raise PeriodEmpty()
        return replace(self, valid_until=at)

    def changed(self, register: Register, values: Mapping[str, str], roster: Roster, at: datetime) -> Entry:
        """The entry with other values. Refuses: EndedAlready, FieldInvalid."""
        if not self.open:
            raise EndedAlready()
        kept = {**self.fields, **values}
        if found := columns.problems(register, kept, roster, at):
            raise FieldInvalid(found)
        since, until = columns.term(register, kept, roster)
        return replace(self, fields={n: v for n, v in kept.items() if v}, valid_from=since or self.valid_from, valid_until=until)

    def _decided(self, person: str, approved: bool, at: datetime, reason: str) -> Entry:
        if self.state != State.PROPOSED:
            raise NotProposed()
        return replace(self, decisions=(*self.decisions, Decision(self.awaiting, person, approved, at, reason)))


def proposed(
    register: Register, entry_id: str, holder: str, values: Mapping[str, str], proposer: str, roster: Roster, at: datetime
) -> Entry:
    """A new entry; it counts at once where the pack asks for nobody's consent. Refuses: FieldInvalid, UnitUnknown."""
    unit = _unit_of(register, holder, roster, at)
    problems = [*_holder_problems(register, holder, roster, at), *columns.problems(register, values, roster, at)]
    if problems:
        raise FieldInvalid(problems)
    since, until = columns.term(register, values, roster)
    entry = Entry(
        id=entry_id,
        register=register.name,
        holder=holder,
        unit=unit,
        fields={name: value for name, value in values.items() if value.strip()},
        state=State.PROPOSED if register.approved_by else State.ACTIVE,
        approvers=register.approved_by,
        proposer=proposer,
        clause=register.citation.clause,
        created_at=at,
        valid_from=since if register.approved_by else since or at,
        valid_until=until,
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


def _unit_of(register: Register, holder: str, roster: Roster, at: datetime) -> str:
    if register.per == "person":  # what belongs to a person is kept by that person's unit
        member = roster.member(holder.removeprefix(PERSON), at)
        return member.unit if member is not None else ""
    if register.per != "unit":
        return ""
    unit = roster.unit(holder)
    if unit is None or not in_force(unit, at):
        raise UnitUnknown(unit=holder)
    return holder


def _holder_problems(register: Register, holder: str, roster: Roster, at: datetime) -> list[FieldViolation]:
    right = {
        "tenant": not holder,
        "each": holder in register.each,
        "person": holder.startswith(PERSON) and roster.member(holder.removeprefix(PERSON), at) is not None,
        "entry": holder.startswith(ENTRY),
    }
    if right.get(register.per, True):
        return []
    return [FieldViolation("registration.holder", f"“{holder}”不是该名册的登记对象", "HOLDER_INVALID")]
