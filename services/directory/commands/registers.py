"""Registers: entries are proposed, consented to, changed and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.directory import store
from services.directory.commands import gaps
from services.directory.commands.facts import of_caller, of_entry
from services.directory.commands.gaps import name_of_holder, publish, save, settle, tell
from services.directory.domain import columns, registers
from services.directory.domain.errors import (
    FieldInvalid,
    NotChangeable,
    NotProposed,
    NotRegisterKeeper,
    NotTheApprover,
    RegisterFull,
    RegisterUnknown,
)
from services.directory.domain.registers import Entry, State
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Citation, Exists, FieldViolation, Missing, RuleRefusal
from services.kit.policy.model import Register
from services.kit.roster import copy as roster_copy


class EntryExists(Exists):
    """The same entry is there already."""

    reason = "REGISTRATION_EXISTS"
    text = "相同的登记已经存在"


@dataclass(frozen=True)
class CreateRegistration(Command):
    """An entry of a register, for a holder."""

    register: str
    holder: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ApproveRegistration(Command):
    """The consent whose turn it is."""

    registration_id: str
    reason: str = ""


@dataclass(frozen=True)
class RejectRegistration(Command):
    """A refusal, with its reason."""

    registration_id: str
    reason: str


@dataclass(frozen=True)
class UpdateRegistration(Command):
    """Other values in some columns; an empty one empties the column."""

    registration_id: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EndRegistration(Command):
    """Without a moment: now."""

    registration_id: str
    reason: str = ""
    end_at: datetime | None = None


@command(audit="directory.registration.create")
def create_registration(tx: Tx, cmd: CreateRegistration) -> Entry:
    """Proposes an entry. Refuses: RegisterUnknown, UnitUnknown, FieldInvalid, NotRegisterKeeper, EntryExists, and by rule."""
    roster_copy.lock(tx)
    register = register_named(tx, cmd.register)
    others = [e for e in store.entries(tx, register.name, cmd.holder) if e.open]
    entry = checked(tx, register, cmd.holder, dict(cmd.fields), others)
    write(tx, register, entry)
    settle(tx)
    return gaps.following(tx, register, entry)


def checked(tx: Tx, register: Register, holder: str, values: dict[str, str], others: Sequence[Entry]) -> Entry:
    """A new entry beside the open ones of its holder, not written yet. Refuses as `create_registration` does."""
    assert tx.caller is not None
    entry = registers.proposed(register, ids.new(), holder, values, tx.caller.person, tx.roster, tx.now)
    entry = replace(entry, fields=_without_derived(register, entry))
    tx.rules().enforce("directory.registration.create", of_caller(tx) | of_entry(tx, register, entry, len(others) + 1))
    _check_keeper(tx, register, entry)
    _check_place(tx, register, entry)
    _check_named(tx, register, entry, values)
    if any(other.fields == entry.fields for other in others):
        raise EntryExists()
    if register.most is not None and len(others) >= register.most:
        if not register.over:
            raise RegisterFull(most=register.most)
        raise _by_register(tx, register, register.over, register.citation, entry, len(others))
    return entry


def write(tx: Tx, register: Register, entry: Entry) -> None:
    """Keeps a new entry and makes it known."""
    tx.insert(store.registrations, store.row_of(entry))
    publish(tx, register, entry)
    tell(tx, entry)
    _record(tx, "create", entry, register)


@command(audit="directory.registration.update")
def update_registration(tx: Tx, cmd: UpdateRegistration) -> Entry:
    """Changes what an entry says. Refuses: Missing, NotChangeable, EndedAlready, FieldInvalid, NotRegisterKeeper, and by rule."""
    roster_copy.lock(tx)
    before = found(tx, cmd.registration_id)
    register = register_named(tx, before.register)
    if register.approved_by:
        raise NotChangeable()
    values = dict(cmd.fields)
    entry = before.changed(register, values, tx.roster, tx.now)
    entry = replace(entry, fields=_without_derived(register, entry))
    count = sum(e.open for e in store.entries(tx, register.name, before.holder))
    tx.rules().enforce("directory.registration.create", of_caller(tx) | of_entry(tx, register, entry, count))
    _check_keeper(tx, register, entry)
    _check_named(tx, register, entry, {**entry.fields, **values})
    save(tx, entry)
    publish(tx, register, entry)
    settle(tx)
    _record(tx, "update", entry, register, columns=sorted(values))
    return gaps.following(tx, register, entry)


@command(audit="directory.registration.approve")
def approve_registration(tx: Tx, cmd: ApproveRegistration) -> Entry:
    """Gives the next consent. Refuses: Missing, NotProposed, NotTheApprover, and by rule."""
    before, register = _decidable(tx, cmd.registration_id)
    entry = before.approved(cmd.caller.person, tx.now, cmd.reason)
    save(tx, entry)
    publish(tx, register, entry)
    tell(tx, entry)
    settle(tx)
    _record(tx, "approve", entry, register, role=before.awaiting)
    return gaps.following(tx, register, entry)


@command(audit="directory.registration.reject")
def reject_registration(tx: Tx, cmd: RejectRegistration) -> Entry:
    """Refuses an entry. Refuses: Missing, NotProposed, NotTheApprover, and by rule."""
    before, register = _decidable(tx, cmd.registration_id)
    entry = before.rejected(cmd.caller.person, tx.now, cmd.reason)
    save(tx, entry)
    tell(tx, entry, role=before.awaiting)
    _record(tx, "reject", entry, register, role=before.awaiting)
    return entry


@command(audit="directory.registration.end")
def end_registration(tx: Tx, cmd: EndRegistration) -> Entry:
    """Ends an entry. Refuses: Missing, EndedAlready, NotRegisterKeeper, and by rule."""
    roster_copy.lock(tx)
    before = found(tx, cmd.registration_id)
    register = register_named(tx, before.register)
    count = sum(e.open for e in store.entries(tx, register.name, before.holder))
    tx.rules().enforce("directory.registration.end", of_caller(tx) | of_entry(tx, register, before, count))
    _check_keeper(tx, register, before)
    later = cmd.end_at is not None and cmd.end_at > tx.now
    entry = before.ending(cmd.end_at) if later and cmd.end_at is not None else before.ended(tx.now)
    save(tx, entry)
    publish(tx, register, entry)
    if not later:
        tell(tx, entry)
    settle(tx)
    _record(tx, "end", entry, register, reason=cmd.reason)
    return gaps.following(tx, register, entry)


def found(tx: Tx, registration_id: str) -> Entry:
    """An entry by its id, locked. Refuses: Missing."""
    entry = store.locked_entry(tx, registration_id)
    if entry is None:
        raise Missing()
    return entry


def register_named(tx: Tx, name: str) -> Register:
    """A register of the packs in force. Refuses: RegisterUnknown."""
    register = next((r for r in tx.rules().registers() if r.name == name), None)
    if register is None:
        raise RegisterUnknown(register=name)
    return register


def _decidable(tx: Tx, registration_id: str) -> tuple[Entry, Register]:
    """The entry and its register, when the caller is the one who decides now."""
    roster_copy.lock(tx)
    entry = found(tx, registration_id)
    register = register_named(tx, entry.register)
    if entry.state != State.PROPOSED:
        raise NotProposed()
    count = sum(e.open for e in store.entries(tx, register.name, entry.holder))
    facts = of_caller(tx) | of_entry(tx, register, entry, count) | {"awaiting_role": entry.awaiting}
    tx.rules().enforce("directory.registration.approve", facts)
    if not holds(tx, entry.awaiting, entry):
        if register.not_approved:
            raise _by_register(tx, register, register.not_approved, register.cite_approval(), entry, count)
        raise NotTheApprover(role=tx.rules().role(entry.awaiting).label)
    return entry, register


def holds(tx: Tx, role: str, entry: Entry) -> bool:
    """Whether the caller holds a role in the matter of an entry, or acts for somebody who does."""
    assert tx.caller is not None
    definition, person = tx.rules().roles.get(role), tx.caller.acting_for or tx.caller.person
    if definition is None:
        return False
    holding = tx.roster.holders(definition, tx.now, entry.unit or None, entry.proposer)
    return any(holder.person == person for holder in holding)


def _without_derived(register: Register, entry: Entry) -> dict[str, str]:
    """What follows from the posts is not kept with the entry."""
    follows = {column.name for column in register.fields if column.derived is not None}
    return {name: value for name, value in entry.fields.items() if name not in follows}


def _check_place(tx: Tx, register: Register, entry: Entry) -> None:
    """A register is for units of some kinds, or for what stands in another register."""
    unit = tx.roster.unit(entry.unit) if entry.unit else None
    wrong_kind = bool(register.unit_kinds) and unit is not None and unit.kind not in register.unit_kinds
    not_among = (
        bool(register.where) and (register.per == "entry" or bool(register.outside)) and entry.holder not in gaps.owing(tx, register)
    )
    if not wrong_kind and not not_among:
        return
    if register.outside:
        raise _by_register(tx, register, register.outside, register.citation, entry, count=0)
    text = f"“{name_of_holder(tx, register, entry.holder)}”不是该名册的登记对象"
    raise FieldInvalid([FieldViolation("registration.holder", text, "HOLDER_INVALID")])


def _check_named(tx: Tx, register: Register, entry: Entry, values: dict[str, str]) -> None:
    """Who is named must be who the register asks for."""
    listed = lambda name: gaps.named_in(tx, name)  # noqa: E731
    wrong = columns.misfits(register, values, entry.unit, tx.roster, tx.rules().roles, listed, tx.now)
    if not wrong:
        return
    if wrong[0].reason:
        raise _by_register(tx, register, wrong[0].reason, register.citation, entry, count=0)
    raise FieldInvalid([columns.wrong(w.column.name, f"“{w.column.label}”不符合名册要求", "FIELD_INVALID") for w in wrong])


def _check_keeper(tx: Tx, register: Register, entry: Entry) -> None:
    if not register.maintained_by or any(holds(tx, role, entry) for role in register.maintained_by):
        return
    if register.not_maintained:
        raise _by_register(tx, register, register.not_maintained, register.citation, entry, count=0)
    raise NotRegisterKeeper()


def _by_register(tx: Tx, register: Register, reason: str, cited: Citation, entry: Entry, count: int) -> RuleRefusal:
    facts = {"count": count, "limit": register.most, "holder": name_of_holder(tx, register, entry.holder)}
    finding = tx.rules().demand(reason, cited.clause, facts, rule=register.rule, field="registration")
    return RuleRefusal([finding])


def _record(tx: Tx, act: str, entry: Entry, register: Register, role: str = "", **more: Any) -> None:
    cited = register.citation
    details = {"register": entry.register, "holder": entry.holder, "state": entry.state.value, "role": role, **more}
    tx.audit(
        f"directory.registration.{act}", f"registrations/{entry.id}", clause=cited.clause, pack=cited.pack,
        version=cited.version, details=details,
    )  # fmt: skip
