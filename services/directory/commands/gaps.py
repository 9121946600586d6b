"""Keeping registers up with the present: entries run out or end with their persons, who owes one is found at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from google.protobuf.message import Message

from services.directory import store
from services.directory.commands.change import changing
from services.directory.domain import columns, registers
from services.directory.domain import gaps as owed
from services.directory.domain.columns import ENTRY, PERSON
from services.directory.domain.gaps import Shortage
from services.directory.domain.registers import Entry, State
from services.kit import deadline, ids
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.policy.model import Limit, Register
from services.kit.roster.model import RosterEntry
from services.kit.schedule import Run
from xiaoneng.directory.v1 import events_pb2


def settle(tx: Tx) -> datetime | None:
    """Brings registers and gaps up to the present: ends entries that have run out or whose persons have left, opens and closes gaps.

    Gives the next moment at which an entry begins or runs out, or one for a period is owed.
    """
    tx.flush()
    in_force = {register.name: register for register in tx.rules().registers()}
    entries = [_settled(tx, entry, in_force) for entry in store.entries(tx)]
    by_name = {name: [e for e in entries if e.register == name] for name in in_force}
    for register in in_force.values():
        if register.reports_gaps:
            _settle_gaps(tx, register, by_name, in_force)
    _drop_gaps(tx, in_force)
    moments = [m for e in entries if e.state is State.ACTIVE for m in (e.valid_from, e.valid_until) if m is not None and m > tx.now]
    moments += [m for r in in_force.values() if (m := owed.next_period(r, tx.roster, tx.now)) is not None]
    return min(moments, default=None)


def following(tx: Tx, register: Register, entry: Entry) -> Entry:
    """An entry with what follows from the posts, now."""
    if all(column.derived is None for column in register.fields):
        return entry
    return replace(entry, fields=columns.following(register, entry.fields, entry.unit, tx.roster, tx.rules().roles, tx.now))


def named_in(tx: Tx, name: str) -> frozenset[str]:
    """The persons whom the entries of a register that count now name."""
    register = next((r for r in tx.rules().registers() if r.name == name), None)
    if register is None:
        return frozenset()
    counting = [entry for entry in store.entries(tx, name) if entry.counts(tx.now)]
    holders = {entry.holder.removeprefix(PERSON) for entry in counting if entry.holder.startswith(PERSON)}
    return frozenset(holders.union(person for entry in counting for person in entry.persons(register)))


def owing(tx: Tx, register: Register) -> frozenset[str]:
    """To what entries of a register with `where` may belong."""
    where = next((r for r in tx.rules().registers() if r.name == register.where), None)
    return owed.owing(register, where, store.entries(tx, register.where), tx.now) if where is not None else frozenset()


def save(tx: Tx, entry: Entry) -> None:
    """Writes what may have changed of an entry."""
    row = store.row_of(entry)
    names = ("state", "fields", "decisions", "valid_from", "valid_until")
    tx.update(store.registrations, {"id": entry.id}, {name: row[name] for name in names})


def publish(tx: Tx, register: Register, entry: Entry) -> None:
    """Lets all services know an entry of a shared register as soon as it counts, and when it no longer does."""
    if not register.shared or entry.state not in (State.ACTIVE, State.ENDED) or entry.valid_from is None:
        return
    row = RosterEntry(
        entry.id, entry.register, entry.holder, entry.unit, tuple(_everybody(register, entry)), dict(entry.fields),
        entry.valid_from, entry.valid_until,
    )  # fmt: skip
    with changing(tx) as change:
        change.put(row)


def tell(tx: Tx, entry: Entry, role: str = "") -> None:
    """Tells others how far an entry has come."""
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


def tell_gap(tx: Tx, register: Register, holder: str, reason: str, due_at: datetime | None) -> None:
    """Tells others of a gap."""
    data = events_pb2.GapFound(register=register.name, holder=holder, reason=reason)
    if due_at is not None:
        data.due_time.FromDatetime(due_at)
    unit = owed.unit_of(holder, register, tx.roster)
    subject, clause = f"registers/{register.name}", register.cite_gap().clause
    tx.emit(Event(type="directory.gap.found.v1", subject=subject, data=data, unit=unit, clause=clause))


def name_of_holder(tx: Tx, register: Register, holder: str) -> str:
    """What people call that to which entries belong: a unit, a person, an entry, a value of the pack's list, or the tenant."""
    if register.per == "person":
        return tx.roster.name_of(holder.removeprefix(PERSON))
    if register.per == "entry":
        found = store.entry(tx, holder.removeprefix(ENTRY))
        return next(iter(found.fields.values()), holder) if found is not None else holder
    unit = tx.roster.unit(holder) if register.per == "unit" else None
    if unit is not None:
        return unit.display_name
    return register.labels.get(holder, holder) or tx.roster.tenant.display_name


def report_gaps(tx: Tx, run: Run) -> None:
    """The job of a pack's schedule: tells of every gap of the registers that the schedule names, or of all."""
    named = run.schedule.settings.get("register")
    in_force = {register.name: register for register in tx.rules().registers()}
    for row in store.gap_rows(tx):
        register = in_force.get(row.register)
        if register is not None and named in (None, row.register):
            tell_gap(tx, register, row.holder, row.reason or register.gap, row.due_at)


def _everybody(register: Register, entry: Entry) -> list[str]:
    own = [entry.holder.removeprefix(PERSON)] if entry.holder.startswith(PERSON) else []
    return list(dict.fromkeys([*own, *entry.persons(register)]))


def _settled(tx: Tx, entry: Entry, in_force: dict[str, Register]) -> Entry:
    register = in_force.get(entry.register)
    if not entry.open or register is None:
        return entry
    over = entry.valid_until is not None and entry.valid_until <= tx.now
    if not over and not registers.has_left(entry, register, tx.roster, tx.now):
        return entry
    done = entry.ended(entry.valid_until if over and entry.valid_until is not None else tx.now)
    save(tx, done)
    publish(tx, register, done)
    tell(tx, done)
    return done


def _settle_gaps(tx: Tx, register: Register, entries: dict[str, list[Entry]], in_force: dict[str, Register]) -> None:
    among = None
    if register.where:  # only what the other register demands one for
        where = in_force.get(register.where)
        among = owed.owing(register, where, entries.get(register.where, ()), tx.now) if where is not None else frozenset()
    found = owed.shortages(register, entries[register.name], tx.roster, tx.now, among, tx.rules().roles)
    short = {s.holder: s for s in found}
    known = {row.holder: row for row in store.gap_rows(tx, register.name)}
    for holder, shortage in short.items():
        if holder not in known:
            _open_gap(tx, register, shortage)
        elif known[holder].reason != shortage.reason:
            tx.update(store.gaps, {"id": known[holder].id}, {"reason": shortage.reason})
    for holder, row in known.items():
        if holder not in short:
            _close_gap(tx, row)


def _open_gap(tx: Tx, register: Register, shortage: Shortage) -> None:
    gap_id, since, due_at = ids.new(), shortage.since, None
    limit = _gap_limit(tx, register, shortage)
    if limit is not None:
        started = deadline.start(tx, deadline.Start(subject=f"gaps/{gap_id}", rule=limit, unit=shortage.unit, started_at=since or tx.now))
        due_at = started.due_at
    row = {"id": gap_id, "register": register.name, "holder": shortage.holder, "reason": shortage.reason}
    tx.insert(store.gaps, row | {"found_at": tx.now, "since": since, "due_at": due_at})
    tell_gap(tx, register, shortage.holder, shortage.reason, due_at)


def _close_gap(tx: Tx, row: Any) -> None:
    deadline.finish(tx, f"gaps/{row.id}")
    tx.delete(store.gaps, {"id": row.id})


def _drop_gaps(tx: Tx, in_force: dict[str, Register]) -> None:
    """Gaps of registers that no pack demands any more."""
    for row in store.gap_rows(tx):
        if row.register not in in_force or not in_force[row.register].reports_gaps:
            deadline.cancel(tx, f"gaps/{row.id}", "名册已不再要求")
            tx.delete(store.gaps, {"id": row.id})


def _gap_limit(tx: Tx, register: Register, shortage: Shortage) -> Limit | None:
    unit = tx.roster.unit(shortage.unit) if shortage.unit else None
    facts = {
        "register": register.name,
        "holder": shortage.holder,
        "holder_unit": shortage.unit or None,
        "holder_unit_kind": unit.kind if unit else None,
        "unit_kind": unit.kind if unit else None,
        "count": shortage.count,
        "least": register.least,
        "had_enough": shortage.since is not None,
    }
    limit = tx.rules().limit("directory.gap.opened", facts)
    if limit is None and register.gap_after is not None and shortage.since is not None:
        limit = Limit(register.rule, register.cite_gap(), register.gap_after, None, (), label=register.label)
    return limit
