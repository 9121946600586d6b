"""Moving a document otherwise than onward: sending back, taking back, another signer, another party."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.documents.commands import effects
from services.documents.commands.act import ACT, Acted, asked, moved, record
from services.documents.commands.case import Case, first, load
from services.documents.commands.names import check_persons, check_units, document_id, part_id
from services.documents.domain.errors import NotYourStep
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Invalid
from services.kit.identity import may
from services.kit.procedure.steps import Actor, Step, StepState


def _mine(tx: Tx, name: str) -> tuple[Case, Step, Actor]:
    may(tx.caller, ACT)  # type: ignore[arg-type]
    case = load(tx, document_id(name))
    step = case.step(part_id(name))
    return case, step, case.actor(step)


@dataclass(frozen=True, kw_only=True)
class SendBackStep(Command):
    name: str
    reason: str
    to: str = ""


@command(audit="documents.step.send_back", first=first)
def send_back_step(tx: Tx, cmd: SendBackStep) -> Acted:
    """Sends the document back; the step there opens anew with a new clock, the one here has ended."""
    case, step, actor = _mine(tx, cmd.name)
    if cmd.to and cmd.to not in {template.id for template in case.route.procedure.steps}:
        raise Invalid.of("to", "流程中没有这个环节")
    case.enforce("documents.step.send_back", step, reason=cmd.reason)
    moved(case, lambda at: case.route.send_back(step.id, actor, cmd.reason, at, cmd.to))
    record(case, "documents.step.send_back", step, to=cmd.to, acting_for=actor.acting_for)
    effects.save(case)
    return Acted(case, case.step(step.id))


@dataclass(frozen=True, kw_only=True)
class TakeBackStep(Command):
    name: str
    reason: str = ""


@command(audit="documents.step.take_back", first=first)
def take_back_step(tx: Tx, cmd: TakeBackStep) -> Acted:
    """Takes back an act of one's own until the next person has opened the document. Refuses OpenedAlready."""
    may(cmd.caller, ACT)
    case = load(tx, document_id(cmd.name))
    step = case.step(part_id(cmd.name))
    if cmd.caller.person not in step.actors:
        raise NotYourStep()
    case.enforce("documents.step.take_back", step, reason=cmd.reason)
    changes = moved(case, lambda at: case.route.take_back(step.id, Actor(cmd.caller.person), at))
    effects.save(case)
    return Acted(case, changes.opened[0])


@dataclass(frozen=True, kw_only=True)
class AddSigner(Command):
    name: str
    person: str
    position: int = 0
    reason: str = ""


BEFORE = 1


@command(audit="documents.step.add_signer", first=first)
def add_signer(tx: Tx, cmd: AddSigner) -> Acted:
    """加签: another signer before or after; what follows waits for both. Refuses UnknownPerson."""
    case, step, actor = _mine(tx, cmd.name)
    check_persons(tx, [cmd.person], "person")
    case.enforce("documents.step.add_signer", step, reason=cmd.reason)
    position: Literal["before", "after"] = "before" if cmd.position == BEFORE else "after"
    moved(case, lambda at: case.route.add_signer(step.id, actor, cmd.person, at, position))
    record(case, "documents.step.add_signer", step, person=cmd.person, position=position, acting_for=actor.acting_for)
    effects.save(case)
    return Acted(case, case.step(step.id))


@dataclass(frozen=True, kw_only=True)
class TransferStep(Command):
    name: str
    reason: str
    person: str = ""
    unit: str = ""


@command(audit="documents.step.transfer", first=first)
def transfer_step(tx: Tx, cmd: TransferStep) -> Acted:
    """转办: an open step lies with another person or unit; the clock runs on."""
    case, step, actor = _mine(tx, cmd.name)
    if bool(cmd.person) == bool(cmd.unit):
        raise Invalid.of("person", "请指定一名人员或一个单位")
    check_persons(tx, [cmd.person], "person")
    check_units(tx, [cmd.unit], "unit")
    case.enforce("documents.step.transfer", step, reason=cmd.reason)
    before = case.persons.get(step.id, [])
    changes = asked(case, lambda at: case.route.transfer(step.id, actor, at, cmd.person, cmd.unit))
    moved_step = changes.transferred[0]
    if moved_step.state is StepState.OPEN and not effects.reassign(case, moved_step):
        case.persons[step.id] = before
    effects.apply(case, changes)
    record(
        case, "documents.step.transfer", step, before=before, to=case.persons.get(step.id, []), unit=cmd.unit, acting_for=actor.acting_for
    )
    effects.save(case)
    return Acted(case, case.step(step.id))
