"""Acting on steps: opening, proposing, deciding, reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.documents import store
from services.documents.commands import effects, forecast
from services.documents.commands.case import Case, first, load
from services.documents.commands.names import check_persons, check_proposal, check_units, document_id, part_id
from services.documents.commands.register import take_in, visible_case
from services.documents.domain.document import Proposal, State
from services.documents.domain.errors import NobodyHoldsRole, NotYourStep, WrongMethod
from services.documents.store import visibility
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Finding, Forbidden
from services.kit.identity import may
from services.kit.procedure import graph
from services.kit.procedure.errors import NotHolder, RouteRefused
from services.kit.procedure.steps import Actor, Changes, Outcome, Step, StepState

ACT = "documents:step:act"
# Acts with a method of their own; all others are completed with an opinion.
OWN_METHOD = {"draft": "SubmitDraft", "propose": "SubmitProposal", "handle": "SubmitFeedback", "report": "ReportHandling",
              "read": "FinishReading", "reply": "SendReply", "issue": "IssueDocument"}  # fmt: skip


# Under which name an act stands in the audit, where it is not `documents.step.complete`.
RECORDS = {"draft": "documents.draft.submit", "propose": "documents.proposal.submit", "handle": "documents.feedback.submit",
           "report": "documents.handling.report", "read": "documents.reading.finish", "reply": "documents.document.reply",
           "issue": "documents.document.issue"}  # fmt: skip


@dataclass
class Acted:
    """A case with the step that was acted on."""

    case: Case
    step: Step


def mine(tx: Tx, name: str, *acts: str) -> tuple[Case, Step, Actor]:
    """Locks the document of a step and makes sure that the caller may act on it. Refuses: NotYourStep, WrongMethod."""
    may(tx.caller, ACT)  # type: ignore[arg-type]
    case = load(tx, document_id(name))
    step = case.step(part_id(name))
    actor = holder(case, step)
    act = case.template(step).act
    if (acts and act not in acts) or (not acts and act in OWN_METHOD):
        raise WrongMethod(act=act)
    return case, step, actor


def holder(case: Case, step: Step) -> Actor:
    """The caller as actor of a step. Whoever sees the document and is none is told with the reason of the pack, where it names one."""
    try:
        return case.actor(step)
    except NotYourStep:
        demand = case.route.procedure.demand(step.step, "not_holder")
        if demand is None or not visibility.seen(case.tx, case.document.id):
            raise
        refused = NotHolder(demand, step=case.route.name(step.step))
        raise case.demanded(refused) from None


def complete(case: Case, step: Step, outcome: Outcome, actor: Actor | None = None) -> Changes:
    """Completes a step; what follows is stored and made known, and the record says who acted for whom under which article."""
    who = actor or case.actor(step)
    changes = moved(case, lambda at: case.route.complete(step.id, who, outcome, at))
    template = case.template(step)
    said = {"route_step": step.step, "verdict": outcome.verdict, "acting_for": who.acting_for}
    record(case, RECORDS.get(template.act, "documents.step.complete"), step, **said)
    return changes


def record(case: Case, act: str, step: Step, **details: Any) -> None:
    """The record of an act at a step, with the article that demands the step."""
    clause = case.template(step).clause
    cited = case.rules.citation(clause) if clause else None
    about = {"pack": cited.pack, "version": cited.version} if cited is not None else {}
    kept = {name: value for name, value in details.items() if value}
    case.tx.audit(act, effects.name_of(case, step), clause=clause, details=kept, **about)  # type: ignore[arg-type]


def moved(case: Case, move: Callable[[datetime], Changes]) -> Changes:
    """Lets the route move, and stores and makes known what that changes."""
    changes = asked(case, move)
    effects.apply(case, changes)
    return changes


def asked(case: Case, move: Callable[[datetime], Changes]) -> Changes:
    """What a move changes on the route. Its refusals carry the reason and the article of the pack."""
    case.refresh()
    try:
        return move(case.tx.now)
    except RouteRefused as refused:
        raise case.demanded(refused) from refused


def ensure_reached(case: Case, step: str, party: str = "") -> Step:
    """The open step of this id in the procedure. Refused with the reason of the pack where it has not been reached."""
    if step not in {template.id for template in case.route.procedure.steps}:
        raise NotYourStep()
    try:
        return case.route.ensure_open(step, party)
    except RouteRefused as refused:
        raise case.demanded(refused) from refused


# ---- opening -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OpenStep(Command):
    name: str


@command(audit="documents.step.open", first=first)
def open_step(tx: Tx, cmd: OpenStep) -> Acted:
    """Records that its actor has opened a step; opening twice changes nothing."""
    may(cmd.caller, ACT)
    case = load(tx, document_id(cmd.name))
    step = case.step(part_id(cmd.name))
    case.actor(step)
    changes = case.route.see(step.id, tx.now)
    effects.apply(case, changes)
    return Acted(case, case.step(step.id))


# ---- proposing -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SaveProposal(Command):
    name: str
    proposal: Proposal


@command(audit="documents.proposal.save", first=first)
def save_proposal(tx: Tx, cmd: SaveProposal) -> Acted:
    """Keeps an unfinished proposal; no rule is asked."""
    case, step, _ = mine(tx, cmd.name, "propose")
    case.proposal_draft = store.proposal_row(cmd.proposal)
    effects.save(case)
    return Acted(case, step)


@dataclass(frozen=True, kw_only=True)
class SubmitProposal(Command):
    name: str
    proposal: Proposal
    forward_to: str = ""


@command(audit="documents.proposal.submit", first=first)
def submit_proposal(tx: Tx, cmd: SubmitProposal) -> Acted:
    """Submits the proposed handling or circulation. Refuses: UnknownUnit, UnknownPerson, what the rules refuse."""
    case, step, actor = mine(tx, cmd.name, "propose")
    check_proposal(tx, cmd.proposal)
    at = tx.now
    proposal = replace(cmd.proposal, proposer=cmd.caller.person, submitted_at=at)
    if case.document.pre_forwarded and not proposal.lead_unit:
        # The unit that has the task already leads until somebody decides otherwise.
        proposal = replace(proposal, lead_unit=case.document.lead_unit)
    case.document.propose(proposal, at)
    case.refresh()
    case.enforce("documents.proposal.submit", step)
    _check_readers(case, proposal.readers, "documents.readers.name")
    case.proposal_draft = {}
    complete(case, step, Outcome(opinion=proposal.handling_text, forward_to=cmd.forward_to), actor)
    forecast.warn(case)
    effects.save(case)
    return Acted(case, case.step(step.id))


# ---- deciding -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CompleteStep(Command):
    name: str
    verdict: str = ""
    opinion: str = ""
    differing: bool = False
    objection: bool = False
    important: bool | None = None
    difficult: bool | None = None
    readers: tuple[str, ...] = ()
    responsible_units: tuple[str, ...] = ()
    lead_unit: str = ""
    lead_leader: str = ""
    completion_deadline: datetime | None = None
    forward_to: str = ""


@command(audit="documents.step.complete", first=first)
def complete_step(tx: Tx, cmd: CompleteStep) -> Acted:
    """Completes a step with an opinion; late ones as well. Refuses: NotYourStep, WrongMethod, what route and rules refuse."""
    case, step, actor = mine(tx, cmd.name)
    return _decide(case, step, actor, cmd)


@dataclass(frozen=True, kw_only=True)
class CompleteNamedStep(Command):
    name: str
    step: str
    party: str = ""
    verdict: str = ""
    opinion: str = ""


@command(audit="documents.step.complete", first=first)
def complete_named_step(tx: Tx, cmd: CompleteNamedStep) -> Acted:
    """Completes the step of a document by its id in the procedure. Refused with the pack's reason when it has not been reached."""
    may(cmd.caller, ACT)
    case = visible_case(tx, cmd.name)
    step = ensure_reached(case, cmd.step, cmd.party)
    actor = holder(case, step)
    if case.template(step).act in OWN_METHOD:
        raise WrongMethod(act=case.template(step).act)
    plain = CompleteStep(caller=cmd.caller, name=cmd.name, verdict=cmd.verdict, opinion=cmd.opinion)
    return _decide(case, step, actor, plain)


def _decide(case: Case, step: Step, actor: Actor, cmd: CompleteStep) -> Acted:
    facts = _set_facts(cmd)
    check_units(case.tx, [*cmd.responsible_units, cmd.lead_unit], "responsible_units")
    check_persons(case.tx, [*cmd.readers, cmd.lead_leader], "readers")
    said = replace(
        step, verdict=cmd.verdict, opinion=cmd.opinion, differing=cmd.differing, objection=cmd.objection, done_for=actor.acting_for
    )
    if facts:
        case.document.decide(facts, case.tx.now)
    found = case.enforce("documents.step.complete", said, actor_roles=_own_roles(case, step, actor))
    if returned := [finding for finding in found if finding.effect == "return"]:
        return _returned(case, step, actor, returned)
    if cmd.readers:
        _check_readers(case, cmd.readers, "documents.readers.name")
    outcome = Outcome(cmd.verdict, cmd.opinion, cmd.differing, cmd.objection, facts, cmd.forward_to)
    changes = complete(case, step, outcome, actor)
    if changes.ended and case.document.returning:
        take_in(case)
    elif changes.ended:
        effects.end(case, State.ENDED, cmd.opinion)
    elif facts:
        forecast.warn(case)
    effects.save(case)
    return Acted(case, case.step(step.id))


def _own_roles(case: Case, step: Step, actor: Actor) -> list[str]:
    """The roles that the actor himself holds; whoever acts for nobody holds that of the step, and nothing else is asked."""
    if not actor.acting_for:
        return [step.role] if step.role else []
    return sorted(case.tx.roster.roles_of(actor.person, case.tx.now, case.rules))


def _returned(case: Case, step: Step, actor: Actor, grounds: list[Finding]) -> Acted:
    """退文: what the actor has found leads back to whoever submitted it, with every ground and its article."""
    reasons = "；".join(f"{ground.text}（{ground.citation}）" for ground in grounds)
    record(case, "documents.step.return", step, acting_for=actor.acting_for, grounds=[ground.reason for ground in grounds])
    effects.end(case, State.RETURNED, reasons)
    effects.save(case)
    return Acted(case, case.step(step.id))


def _set_facts(cmd: CompleteStep) -> dict[str, object]:
    """What the actor sets beside the opinion; what is empty is not set."""
    flags: dict[str, object] = {name: getattr(cmd, name) for name in ("important", "difficult") if getattr(cmd, name) is not None}
    lists: dict[str, object] = {name: list(getattr(cmd, name)) for name in ("readers", "responsible_units") if getattr(cmd, name)}
    others = ("lead_unit", "lead_leader", "completion_deadline")
    return flags | lists | {name: getattr(cmd, name) for name in others if getattr(cmd, name)}


# ---- reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FinishReading(Command):
    name: str
    opinion: str = ""


@command(audit="documents.reading.finish", first=first)
def finish_reading(tx: Tx, cmd: FinishReading) -> Acted:
    """阅毕: the copy leaves the reader's list, the proposer sees who read it when. Also after the document is closed."""
    case, step, actor = mine(tx, cmd.name, "read")
    case.enforce("documents.reading.finish", step)
    complete(case, step, Outcome(verdict="read", opinion=cmd.opinion), actor)
    effects.save(case)
    return Acted(case, case.step(step.id))


@dataclass(frozen=True, kw_only=True)
class AddReaders(Command):
    name: str
    readers: tuple[str, ...]


@command(audit="documents.readers.add", first=first)
def add_readers(tx: Tx, cmd: AddReaders) -> Case:
    """Names further readers; their copies open with the others, or at once. Refuses: UnknownPerson, what the rules refuse."""
    may(cmd.caller, "documents:document:classify")
    case = visible_case(tx, cmd.name)
    case.document.ensure(State.RUNNING)
    check_persons(tx, cmd.readers, "readers")
    _check_readers(case, cmd.readers, "documents.readers.add")
    proposal = case.document.proposal
    readers = tuple(dict.fromkeys((*proposal.readers, *cmd.readers)))
    case.document.decide({"readers": readers}, tx.now)
    case.refresh()
    for template in case.route.procedure.steps:
        if template.each == "readers":
            effects.apply(case, case.route.add_parties(template.id, tx.now))
    effects.save(case)
    return case


def _check_readers(case: Case, readers: tuple[str, ...], operation: str) -> None:
    """Nobody has a document among those to act on and among those to read at once."""
    if not readers:
        return
    reading = [t.id for t in case.route.procedure.steps if t.act == "read"]
    acting = _acting_beside(case, reading)
    opened = any(name in case.route.arrived for name in reading)
    for reader in readers:
        case.enforce(operation, reader=reader, reader_has_action=reader in acting, readers_open=opened)


def _acting_beside(case: Case, reading: list[str]) -> set[str]:
    """Who acts on the document while its reading copies are out: at steps that neither come before them nor after."""
    route = case.route
    apart = {
        name for step in reading for name in (step, *graph.ancestors(route.procedure, step), *graph.descendants(route.procedure, step))
    }
    found: set[str] = set()
    for template in route.procedure.steps:
        if template.id in apart:
            continue
        open_now = [s for s in route.steps if s.step == template.id and s.current and s.state is not StepState.SKIPPED]
        if open_now:
            found.update(person for s in open_now if s.active for person in case.persons.get(s.id, []))
            continue
        for step in route.preview(template.id, case.tx.now):
            try:
                found.update(person for person, _ in case.resolve(step, template))
            except NobodyHoldsRole:
                continue
    return found


def allowed(case: Case, step: Step) -> list[str]:
    """What the caller may do with a step now, as names of methods."""
    caller = case.tx.caller
    if caller is None or case.instance is None or ACT not in caller.permissions:
        return []
    known = {template.id for template in case.instance.procedure.steps}
    if step.step not in known or not step.current:
        return []
    if step.state is StepState.DONE and caller.person in step.actors:
        return ["TakeBackStep"] if case.instance.state == "running" else []
    try:
        case.actor(step)
    except (NotYourStep, Forbidden):
        return []
    if step.state is not StepState.OPEN or case.instance.blocked(step) is not None:
        return []
    template = case.template(step)
    found = [OWN_METHOD.get(template.act, "CompleteStep")]
    if template.act == "propose":
        found.append("SaveProposal")
    if template.act in ("propose", "review", "check"):
        found.append("RequestMaterial")
    if template.act == "handle":
        found += ["RecordDispatch", "RequestMaterial", "RequestExtension"]
        found += [] if step.id in case.started else ["StartHandling"]
    more = {"send_back": "SendBackStep", "add_signer": "AddSigner", "transfer": "TransferStep"}
    return found + [method for word, method in more.items() if word in template.may]
