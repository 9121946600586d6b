"""Reading registers: who may, whose entries, and who stands in the gap report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from services.directory import store
from services.directory.commands.gaps import following, name_of_holder
from services.directory.domain.columns import PERSON
from services.directory.domain.errors import NotRegisterReader
from services.directory.domain.gaps import Gap, unit_of
from services.directory.domain.registers import Entry, State
from services.kit.db.tx import Tx
from services.kit.errors import Missing, RuleRefusal
from services.kit.pages import Page
from services.kit.policy.model import Register


@dataclass(frozen=True)
class Reach:
    """What of a register the caller may read: all of it, what belongs to some units, and in any case what is his own."""

    everything: bool
    units: frozenset[str] = frozenset()
    keeper: bool = False

    @property
    def anything(self) -> bool:
        """Whether he may open the register at all."""
        return self.everything or bool(self.units) or self.keeper


def reach(tx: Tx, register: Register) -> Reach:
    """How far the caller may read a register."""
    if not register.read_by:
        return Reach(everything=True)
    assert tx.caller is not None
    person, roster, rules = tx.caller.person, tx.roster, tx.rules()
    held = roster.roles_of(person, tx.now, rules)
    units: set[str] = set()
    for name in held.intersection(register.read_by):
        role = rules.roles[name]
        if role.of != "unit":
            return Reach(everything=True)
        units |= {u for u in roster.units_of(person, tx.now) if any(h.person == person for h in roster.holders(role, tx.now, u))}
    return Reach(False, frozenset(units), keeper=bool(held.intersection(register.maintained_by)))


def registrations(tx: Tx, page: Page, register: str, holder: str, show_ended: bool) -> Sequence[Entry]:
    """Entries of registers by id, one more than the page has. Refuses a register that the caller may not open."""
    table, known = store.registrations, registers_ever(tx)
    statement = select(table).order_by(table.c.id).limit(page.size + 1).where(_readable(tx, known))
    if register:
        ensure_reader(tx, known.get(register))
        statement = statement.where(table.c.register == register)
    if holder:
        statement = statement.where(table.c.holder == holder)
    if not show_ended:
        statement = statement.where(table.c.state.in_((State.PROPOSED.value, State.ACTIVE.value)))
    if page.after:
        statement = statement.where(table.c.id > page.after[0])
    return [_followed(tx, known, store.entry_of(row)) for row in tx.all(statement)]


def registration(tx: Tx, registration_id: str) -> Entry:
    """An entry by its id. Refuses: Missing, also for what the caller may not read of a register that he may open."""
    table, known = store.registrations, registers_ever(tx)
    entry = store.entry(tx, registration_id)
    if entry is None:
        raise Missing()
    if tx.one(select(table.c.id).where(table.c.id == registration_id, _readable(tx, known))) is None:
        ensure_reader(tx, known.get(entry.register))
        raise Missing()
    return _followed(tx, known, entry)


def ensure_reader(tx: Tx, register: Register | None) -> None:
    """Refuses who may read nothing of a register, with the reason of the pack where it gives one."""
    if register is None or reach(tx, register).anything:
        return
    if not register.not_reader:
        raise NotRegisterReader()
    facts = {"count": 0, "limit": register.most, "holder": tx.roster.tenant.display_name}
    raise RuleRefusal([tx.rules().demand(register.not_reader, register.citation.clause, facts, rule=register.rule, field="register")])


def registers_ever(tx: Tx) -> Mapping[str, Register]:
    """The registers of the packs in force, and those of packs that were: what was private stays private."""
    newest = {version.pack: version.version for version in tx.roster.packs}
    before = {register.name: register for register in tx.rules(pins=newest).registers()} if newest else {}
    return {**before, **{register.name: register for register in tx.rules().registers()}}


def gaps(tx: Tx, register: str) -> list[Gap]:
    """The gaps by register and holder, of what the caller may read."""
    in_force = {r.name: r for r in tx.rules().registers()}
    if register:
        ensure_reader(tx, in_force.get(register))
    found: list[Gap] = []
    for row in store.gap_rows(tx, register):
        demanded = in_force.get(row.register)
        if demanded is not None and demanded.reports_gaps and _may_see(tx, demanded, row.holder):
            found.append(_gap(tx, demanded, row))
    return found


def _gap(tx: Tx, register: Register, row: Any) -> Gap:
    counting = [entry for entry in store.entries(tx, row.register, row.holder) if entry.counts(tx.now)]
    name, reason = name_of_holder(tx, register, row.holder), row.reason or register.gap
    facts = {"count": len(counting), "limit": register.least, "holder": name}
    finding = tx.rules().demand(reason, register.cite_gap().clause, facts, rule=register.rule, effect="finding")
    unit = unit_of(row.holder, register, tx.roster)
    return Gap(register, row.holder, unit, name, finding, len(counting), row.since, row.due_at)


def _may_see(tx: Tx, register: Register, holder: str) -> bool:
    found = reach(tx, register)
    assert tx.caller is not None
    return found.everything or unit_of(holder, register, tx.roster) in found.units or holder == f"{PERSON}{tx.caller.person}"


def _readable(tx: Tx, known: Mapping[str, Register]) -> ColumnElement[bool]:
    """The entries that the caller may read, as a condition."""
    table = store.registrations.c
    assert tx.caller is not None
    own = or_(table.proposer == tx.caller.person, table.holder == f"{PERSON}{tx.caller.person}")
    private = {name: reach(tx, register) for name, register in known.items() if register.read_by}
    if not private:
        return true()
    some = [and_(table.register == name, table.unit.in_(sorted(r.units))) for name, r in private.items() if r.units]
    hidden = [name for name, r in private.items() if not r.everything]
    return or_(table.register.not_in(hidden), own, *some, false())


def _followed(tx: Tx, known: Mapping[str, Register], entry: Entry) -> Entry:
    register = known.get(entry.register)
    return following(tx, register, entry) if register is not None else entry
