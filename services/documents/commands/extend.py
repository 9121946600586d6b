"""More time: asked for before the limit ends, granted by whom the regulation says, never by who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.documents import convert, store
from services.documents.commands import effects, limits
from services.documents.commands.act import mine
from services.documents.commands.case import Case, first, load
from services.documents.commands.names import document_id, part_id
from services.documents.domain import facts_of
from services.documents.domain.errors import NewLimitNotLater, NoLimitToExtend, NotTheDecider
from services.documents.domain.handling import Extension
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.deadline import acts
from services.kit.errors import Missing
from services.kit.identity import may
from xiaoneng.documents.v1 import events_pb2

DECIDE = "documents:extension:decide"
REQUEST = "documents.extension.request"


@dataclass
class Extended:
    """A case with the request for more time."""

    case: Case
    extension: Extension


@dataclass(frozen=True, kw_only=True)
class RequestExtension(Command):
    name: str
    new_due_time: datetime
    reason: str = ""


@command(audit="documents.extension.request", first=first)
def request_extension(tx: Tx, cmd: RequestExtension) -> Extended:
    """Asks for more time. Refuses: NoLimitToExtend, NewLimitNotLater, what the rules refuse (too late)."""
    case, step, actor = mine(tx, cmd.name, "handle")
    running = [d for d in limits.open_deadlines(case, cmd.name) if d.due_at is not None]
    if not running:
        raise NoLimitToExtend()
    deadline = max(running, key=lambda d: (d.due_at, d.id))
    assert deadline.due_at is not None
    facts = facts_of.handling_facts(
        len(case.facts()["responsible_units"]),
        current_due=deadline.due_at,
        past_due=tx.now > deadline.due_at,
        new_due=cmd.new_due_time,
        asked_at=tx.now,
    )
    case.enforce(REQUEST, step, **facts, reason=cmd.reason or None)
    if cmd.new_due_time <= deadline.due_at:
        raise NewLimitNotLater.of("new_due_time", NewLimitNotLater.text)
    approval = next(iter(case.rules.approvals(REQUEST, case.offered(REQUEST, case.facts(step, **facts)))), None)
    extension = Extension(
        id=ids.new(),
        document=case.document.id,
        step=step.id,
        unit=step.unit,
        deadline=deadline.id,
        old_due_at=deadline.due_at,
        new_due_at=cmd.new_due_time,
        reason=cmd.reason,
        requester=actor.person,
        requested_at=tx.now,
        consenting_unit=case.document.initiating_unit,
        roles=approval.roles if approval else (),
        clause=approval.citation.clause if approval else "",
    )
    tx.insert(store.extensions, store.plain_row(extension))
    return Extended(case, extension)


@dataclass(frozen=True, kw_only=True)
class DecideExtension(Command):
    name: str
    granted: bool = False
    reason: str = ""


@command(audit="documents.extension.decide", first=first)
def decide_extension(tx: Tx, cmd: DecideExtension) -> Extended:
    """Consents to more time, or does not. Refuses: ExtensionDecided; Missing for one who may not decide this one."""
    may(cmd.caller, DECIDE)
    case = load(tx, document_id(cmd.name))
    extension = store.reads.locked_extension(tx, part_id(cmd.name))
    if extension is None:
        raise Missing()
    if not may_decide(case, extension):
        raise NotTheDecider()
    step = case.step(extension.step)
    facts = facts_of.handling_facts(
        len(case.facts()["responsible_units"]),
        current_due=extension.old_due_at,
        new_due=extension.new_due_at,
        consents=list(extension.roles) if cmd.granted else [],
    )
    case.enforce("documents.extension.decide", step, **facts, reason=cmd.reason or None)
    extension.decide(cmd.granted, cmd.caller.person, cmd.reason, tx.now)
    if cmd.granted and step.active:
        deadline = acts.extend(tx, extension.deadline, extension.new_due_at, extension.reason, cmd.caller.person, extension.clause)
        if deadline.due_at is not None:
            case.due[step.id] = deadline.due_at
            effects.relist(case, step)
            effects.save_step(case, step)
    tx.update(store.extensions, {"id": extension.id}, store.plain_row(extension))
    data = events_pb2.ExtensionDecided(
        document=case.document.name,
        unit=extension.unit,
        granted=cmd.granted,
        old_due_time=convert.stamp(extension.old_due_at),
        new_due_time=convert.stamp(extension.new_due_at if cmd.granted else extension.old_due_at),
    )
    effects.emit(case, "documents.extension.decided.v1", data, unit=extension.unit, clause=extension.clause)
    return Extended(case, extension)


def may_decide(case: Case, extension: Extension) -> bool:
    """The caller holds a role that the regulation names, for the unit that assigned the matter; never the one who asked."""
    caller = case.tx.caller
    assert caller is not None
    if caller.person == extension.requester:
        return False
    roster, at = case.tx.roster, case.tx.now
    if not extension.roles:
        return extension.unit not in roster.units_of(caller.person, at)
    for name in extension.roles:
        held = roster.holders(
            case.rules.role(name), at, unit=extension.consenting_unit, initiator=case.document.initiator, facts=case.facts()
        )
        if any(holder.person == caller.person for holder in held):
            return True
    return False
