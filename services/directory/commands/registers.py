"""Registers: entries are proposed, consented to and ended; who has too few is found at once and when a known period ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google.protobuf.message import Message

from services.directory import store
from services.directory.commands.facts import of_caller, of_entry
from services.directory.domain import registers
from services.directory.domain.errors import NotProposed, NotRegisterKeeper, NotTheApprover, RegisterFull, RegisterUnknown
from services.directory.domain.registers import Entry, Shortage, State
from services.kit import deadline, ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Event, Tx
from services.kit.errors import Citation, Exists, Missing, RuleRefusal
from services.kit.policy.model import Limit, Register
from services.kit.roster import copy as roster_copy
from services.kit.schedule import Run
from xiaoneng.directory.v1 import events_pb2


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
class EndRegistration(Command):
    """Ends it now."""

    registration_id: str
    reason: str = ""


@command(audit="directory.registration.create")
def create_registration(tx: Tx, cmd: CreateRegistration) -> Entry:
    """Proposes an entry. Refuses: RegisterUnknown, UnitUnknown, FieldInvalid, NotRegisterKeeper, EntryExists, and by rule."""
    roster_copy.lock(tx)
    register = register_named(tx, cmd.register)
    entry = registers.proposed(register, ids.new(), cmd.holder, dict(cmd.fields), cmd.caller.person, tx.roster, tx.now)
    others = [e for e in store.entries(tx, register.name, cmd.holder) if e.open]
    facts = of_caller(tx) | of_entry(tx, register, entry, len(others) + 1)
    tx.rules().enforce("directory.registration.create", facts)
    _check_keeper(tx, register, entry)
    if any(other.fields == entry.fields for other in others):
        raise EntryExists()
    if register.most is not None and len(others) >= register.most:
        if not register.over:
            raise RegisterFull(most=register.most)
        raise _by_register(tx, register, register.over, register.citation, entry, len(others))
    tx.insert(store.registrations, store.row_of(entry))
    _tell(tx, entry)
    settle(tx)
    _record(tx, "create", entry, register)
    return entry


@command(audit="directory.registration.approve")
def approve_registration(tx: Tx, cmd: ApproveRegistration) -> Entry:
    """Gives the next consent. Refuses: Missing, NotProposed, NotTheApprover, and by rule."""
    before, register = _decidable(tx, cmd.registration_id)
    entry = before.approved(cmd.caller.person, tx.now, cmd.reason)
    _save(tx, entry)
    _tell(tx, entry)
    settle(tx)
    _record(tx, "approve", entry, register, role=before.awaiting)
    return entry


@command(audit="directory.registration.reject")
def reject_registration(tx: Tx, cmd: RejectRegistration) -> Entry:
    """Refuses an entry. Refuses: Missing, NotProposed, NotTheApprover, and by rule."""
    before, register = _decidable(tx, cmd.registration_id)
    entry = before.rejected(cmd.caller.person, tx.now, cmd.reason)
    _save(tx, entry)
    _tell(tx, entry, role=before.awaiting)
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
    entry = before.ended(tx.now)
    _save(tx, entry)
    _tell(tx, entry)
    settle(tx)
    _record(tx, "end", entry, register)
    return entry


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


def settle(tx: Tx) -> None:
    """Brings registers and gaps up to the present: ends entries whose persons have left, opens and closes gaps."""
    tx.flush()
    in_force = {register.name: register for register in tx.rules().registers()}
    entries = [_settled(tx, entry, in_force) for entry in store.entries(tx)]
    by_name = {name: [e for e in entries if e.register == name] for name in in_force}
    for register in in_force.values():
        if register.gap:
            _settle_gaps(tx, register, by_name)
    _drop_gaps(tx, in_force)


def _settled(tx: Tx, entry: Entry, in_force: dict[str, Register]) -> Entry:
    register = in_force.get(entry.register)
    if not entry.open or register is None or not registers.has_left(entry, register, tx.roster, tx.now):
        return entry
    done = entry.ended(tx.now)
    _save(tx, done)
    _tell(tx, done)
    return done


def _settle_gaps(tx: Tx, register: Register, entries: dict[str, list[Entry]]) -> None:
    among = None
    if register.where:  # only who has an entry in the other register
        among = frozenset(e.holder for e in entries.get(register.where, ()) if e.state == State.ACTIVE)
    short = {s.holder: s for s in registers.shortages(register, entries[register.name], tx.roster, tx.now, among)}
    known = {row.holder: row for row in store.gap_rows(tx, register.name)}
    for holder, shortage in short.items():
        if holder not in known:
            _open_gap(tx, register, shortage)
    for holder, row in known.items():
        if holder not in short:
            _close_gap(tx, row)


def _open_gap(tx: Tx, register: Register, shortage: Shortage) -> None:
    gap_id, since, due_at = ids.new(), shortage.since, None
    limit = _gap_limit(tx, register, shortage)
    if limit is not None:
        started = deadline.start(tx, deadline.Start(subject=f"gaps/{gap_id}", rule=limit, unit=shortage.unit, started_at=since or tx.now))
        due_at = started.due_at
    row = {"id": gap_id, "register": register.name, "holder": shortage.holder}
    tx.insert(store.gaps, row | {"found_at": tx.now, "since": since, "due_at": due_at})
    tell_gap(tx, register, shortage.holder, shortage.unit, due_at)


def _close_gap(tx: Tx, row: Any) -> None:
    deadline.finish(tx, f"gaps/{row.id}")
    tx.delete(store.gaps, {"id": row.id})


def _drop_gaps(tx: Tx, in_force: dict[str, Register]) -> None:
    """Gaps of registers that no pack demands any more."""
    for row in store.gap_rows(tx):
        if row.register not in in_force or not in_force[row.register].gap:
            deadline.cancel(tx, f"gaps/{row.id}", "名册已不再要求")
            tx.delete(store.gaps, {"id": row.id})


def _gap_limit(tx: Tx, register: Register, shortage: Shortage) -> Limit | None:
    unit = tx.roster.unit(shortage.unit) if shortage.unit else None
    facts = {
        "register": register.name,
        "holder": shortage.holder,
        "holder_unit": shortage.unit or None,
        "holder_unit_kind": unit.kind if unit else None,
        "count": shortage.count,
        "least": register.least,
        "had_enough": shortage.since is not None,
    }
    limit = tx.rules().limit("directory.gap.opened", facts)
    if limit is None and register.gap_after is not None and shortage.since is not None:
        limit = Limit(register.rule, register.cite_gap(), register.gap_after, None, (), label=register.label)
    return limit


def tell_gap(tx: Tx, register: Register, holder: str, unit: str, due_at: datetime | None) -> None:
    """Tells others of a gap."""
    data = events_pb2.GapFound(register=register.name, holder=holder, reason=register.gap)
    if due_at is not None:
        data.due_time.FromDatetime(due_at)
    subject, clause = f"registers/{register.name}", register.cite_gap().clause
    tx.emit(Event(type="directory.gap.found.v1", subject=subject, data=data, unit=unit, clause=clause))


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
    if not _holds(tx, entry.awaiting, entry):
        if register.not_approved:
            raise _by_register(tx, register, register.not_approved, register.cite_approval(), entry, count)
        raise NotTheApprover(role=tx.rules().role(entry.awaiting).label)
    return entry, register


def _holds(tx: Tx, role: str, entry: Entry) -> bool:
    """Whether the caller holds a role in the matter of an entry, or acts for somebody who does."""
    assert tx.caller is not None
    definition, person = tx.rules().roles.get(role), tx.caller.acting_for or tx.caller.person
    if definition is None:
        return False
    holding = tx.roster.holders(definition, tx.now, entry.unit or None, entry.proposer)
    return any(holder.person == person for holder in holding)


def _check_keeper(tx: Tx, register: Register, entry: Entry) -> None:
    if not register.maintained_by or any(_holds(tx, role, entry) for role in register.maintained_by):
        return
    if register.not_maintained:
        raise _by_register(tx, register, register.not_maintained, register.citation, entry, count=0)
    raise NotRegisterKeeper()


def _by_register(tx: Tx, register: Register, reason: str, cited: Citation, entry: Entry, count: int) -> RuleRefusal:
    facts = {"count": count, "limit": register.most, "holder": name_of_holder(tx, register, entry.holder)}
    finding = tx.rules().demand(reason, cited.clause, facts, rule=register.rule, field="registration")
    return RuleRefusal([finding])


def name_of_holder(tx: Tx, register: Register, holder: str) -> str:
    """What people call that to which entries belong: a unit, a value of the pack's list, or the tenant."""
    unit = tx.roster.unit(holder) if register.per == "unit" else None
    if unit is not None:
        return unit.display_name
    return register.labels.get(holder, holder) or tx.roster.tenant.display_name


def _save(tx: Tx, entry: Entry) -> None:
    row = store.row_of(entry)
    names = ("state", "decisions", "valid_from", "valid_until")
    tx.update(store.registrations, {"id": entry.id}, {name: row[name] for name in names})


def _tell(tx: Tx, entry: Entry, role: str = "") -> None:
    about: dict[str, Any] = {"register": entry.register, "holder": entry.holder, "unit": entry.unit}
    kinds: dict[State, tuple[str, type[Message], dict[str, Any]]] = {
        State.PROPOSED: ("proposed", events_pb2.RegistrationProposed, {"awaiting": entry.awaiting}),
        State.ACTIVE: ("activated", events_pb2.RegistrationActivated, {}),
        State.REJECTED: ("rejected", events_pb2.RegistrationRejected, {"role": role}),
        State.ENDED: ("ended", events_pb2.RegistrationEnded, {}),
    }
    what, message, more = kinds[entry.state]
    event = Event(
        type=f"directory.registration.{what}.v1",
        subject=f"registrations/{entry.id}",
        data=message(**about, **more),
        unit=entry.unit,
        clause=entry.clause,
    )
    tx.emit(event)


def _record(tx: Tx, act: str, entry: Entry, register: Register, role: str = "") -> None:
    cited = register.citation
    details = {"register": entry.register, "holder": entry.holder, "state": entry.state.value, "role": role}
    tx.audit(
        f"directory.registration.{act}", f"registrations/{entry.id}", clause=cited.clause, pack=cited.pack,
        version=cited.version, details=details,
    )  # fmt: skip


def report_gaps(tx: Tx, run: Run) -> None:
    """The job of a pack's schedule: tells of every gap of the registers that the schedule names, or of all."""
    named = run.schedule.settings.get("register")
    in_force = {register.name: register for register in tx.rules().registers()}
    for row in store.gap_rows(tx):
        register = in_force.get(row.register)
        if register is not None and named in (None, row.register):
            tell_gap(tx, register, row.holder, row.holder if register.per == "unit" else "", row.due_at)
