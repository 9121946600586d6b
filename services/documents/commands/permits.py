"""Printing, downloading, excerpts, passing on: asked of the rules, and done with a permit where they want one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.documents import convert, store
from services.documents.commands import effects, waiting
from services.documents.commands.case import Case, first, load
from services.documents.commands.names import check_persons, document_id, own_id, part_id
from services.documents.domain.document import State
from services.documents.domain.errors import CopyNotAllowed, NotInTheText, NotYoursToDecide
from services.documents.domain.permits import CopyAct, Permit, first_to_use
from services.documents.store import reads, visibility
from services.kit import ids, work
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import FieldViolation, Missing, RuleRefusal
from services.kit.identity import may
from xiaoneng.documents.v1 import events_pb2
from xiaoneng.kit.v1 import work_pb2

READ, ACT = "documents:document:read", "documents:step:act"
COPY, REQUEST = "documents.document.copy", "documents.permit.request"
LABELS = {CopyAct.PRINT: "打印", CopyAct.DOWNLOAD: "下载", CopyAct.EXCERPT: "摘抄", CopyAct.FORWARD: "转借"}
DECIDE_STEP = "审批申请"


@dataclass
class Permitted:
    """A permit with its document."""

    case: Case
    permit: Permit


@dataclass
class Copied:
    """A text that left its document."""

    case: Case
    text: str


def _readable(tx: Tx, name: str) -> Case:
    """A document that the caller may see; what is filed is still lent and copied. Refuses Missing."""
    case = load(tx, document_id(name), filed=True)
    visibility.ensure(tx, case.document.id)
    return case


def allow(case: Case, act: CopyAct, *, again: bool = False) -> None:
    """Makes sure that the caller may do this now, and uses a permit where one is needed; `again`: goes on with what a permit allowed.

    Refuses the reason of the regulation that wants an approval. Drafts are their drafter's own.
    """
    if case.document.state is State.DRAFT or not wants_permit(case, act):
        return
    tx = case.tx
    assert tx.caller is not None
    permit = first_to_use(reads.locked_permits(tx, case.document.id, tx.caller.person), act, tx.now)
    if permit is not None:
        if not again:
            permit.use()
            tx.update(store.permits, {"id": permit.id}, store.plain_row(permit))
        return
    raise _refusal(case, act)


def wants_permit(case: Case, act: CopyAct) -> bool:
    """Says whether the rules leave this act to others than the caller."""
    caller = case.tx.caller
    assert caller is not None
    for rule in case.rules.visibility(COPY, case.offered(COPY, case.facts())):
        if act not in rule.acts or rule.effect == "finding":
            continue
        party = rule.parties and any(caller.person in persons for persons in case.persons.values())
        if not party and not any(caller.person in _holders(case, role) for role in rule.roles):
            return True
    return False


def allow_all(tx: Tx, act: CopyAct) -> None:
    """Makes sure that this needs no permit for any document: what is done to many at once cannot use one.

    Refuses the reason of the regulation that wants an approval for some of them.
    """
    rules = tx.rules()
    for rule in rules.visibility_of_any(COPY):
        if act in rule.acts and rule.effect != "finding":
            raise RuleRefusal([rules.demand(rule.reason, rule.citation.clause, rule=rule.rule)]) if rule.reason else _not_allowed(act)


def _not_allowed(act: CopyAct) -> CopyNotAllowed:
    return CopyNotAllowed(act=LABELS[act])


def _refusal(case: Case, act: CopyAct) -> Exception:
    facts = case.offered(COPY, case.facts())
    for rule in case.rules.visibility(COPY, facts):
        if act in rule.acts and rule.reason:
            return RuleRefusal([case.rules.demand(rule.reason, rule.citation.clause, facts, rule=rule.rule)])
    return _not_allowed(act)


def _holders(case: Case, role: str) -> list[str]:
    document = case.document
    found = case.tx.roster.holders(
        case.rules.role(role), case.tx.now, unit=document.initiating_unit or None, initiator=document.initiator, facts=case.facts()
    )
    return [holder.person for holder in found]


def _deciders(case: Case, permit: Permit) -> list[str]:
    """Who may decide: holders of the roles that the regulation names, or those who supervise where it names none; never who asked."""
    tx = case.tx
    if permit.roles:
        found = [person for role in permit.roles for person in _holders(case, role)]
    else:
        found = [member.person for member in tx.roster.who_may(visibility.SUPERVISE, tx.now, tx.rules())]
    return sorted(set(found) - {permit.person})


def _item(case: Case, permit: Permit) -> work_pb2.WorkItem:
    """The request as it lies with those who may decide it."""
    asking = case.tx.roster.member(permit.person)
    acts = "、".join(LABELS[CopyAct(act)] for act in permit.acts)
    remark = f"{asking.display_name if asking else ''}申请{acts}：{permit.reason}".removesuffix("：")
    unit = case.document.initiating_unit
    found = waiting.item(case, permit.name, DECIDE_STEP, unit, _deciders(case, permit), permit.asked_at, remark)
    if permit.clause:
        found.citation.CopyFrom(convert.citation(case.rules.citation(permit.clause)))
    return found


def follow_posts(tx: Tx) -> None:
    """Lets what waits for a decision lie with those who may take it now."""
    for permit in reads.pending_permits(tx):
        case = load(tx, permit.document, filed=True)
        work.changed(tx, _item(case, permit))
        effects.grant(case, [f"person:{person}" for person in _deciders(case, permit)])


def withdraw_all(case: Case) -> None:
    """Nothing is left to decide: the document is destroyed."""
    for permit in reads.pending_permits(case.tx, case.document.id):
        work.ended(case.tx, _item(case, permit), done=False)


def _concerned(case: Case, permit: Permit) -> list[str]:
    """Whose pages show the permit."""
    return sorted({permit.person, permit.decider, *_deciders(case, permit)} - {""})


@dataclass(frozen=True, kw_only=True)
class RequestPermit(Command):
    name: str
    acts: tuple[str, ...]
    reason: str = ""


@command(audit="documents.permit.request", first=first)
def request_permit(tx: Tx, cmd: RequestPermit) -> Permitted:
    """Asks for a permit. Refuses Missing, what the rules refuse."""
    may(cmd.caller, READ)
    case = _readable(tx, cmd.name)
    case.enforce(REQUEST, reason=cmd.reason or None)
    approval = next(iter(case.rules.approvals(REQUEST, case.offered(REQUEST, case.facts(reason=cmd.reason or None)))), None)
    permit = Permit(
        id=ids.new(),
        document=case.document.id,
        person=cmd.caller.person,
        acts=cmd.acts,
        reason=cmd.reason,
        asked_at=tx.now,
        roles=approval.roles if approval else (),
        clause=approval.citation.clause if approval else "",
    )
    tx.insert(store.permits, store.plain_row(permit))
    effects.grant(case, [f"person:{person}" for person in _deciders(case, permit)])
    data = events_pb2.PermitRequested(document=case.document.name, permit=permit.name, persons=_concerned(case, permit))
    effects.emit(case, "documents.permit.requested.v1", data, subject=permit.name, clause=permit.clause)
    work.opened(tx, _item(case, permit))
    tx.audit("documents.permit.request", permit.name, clause=permit.clause, details={"acts": list(cmd.acts), "reason": cmd.reason})
    return Permitted(case, permit)


@dataclass(frozen=True, kw_only=True)
class DecidePermit(Command):
    name: str
    granted: bool = False
    reason: str = ""
    uses: int = 0
    expire_time: datetime | None = None


@command(audit="documents.permit.decide", first=first)
def decide_permit(tx: Tx, cmd: DecidePermit) -> Permitted:
    """Grants or refuses. Refuses: PermitDecided; Missing for somebody who may not decide it."""
    may(cmd.caller, ACT)
    case = _readable(tx, cmd.name)
    permit = reads.locked_permit(tx, part_id(cmd.name))
    if permit is None or permit.document != case.document.id:
        raise Missing()
    if not may_decide(case, permit):
        raise NotYoursToDecide()
    permit.decide(cmd.granted, cmd.caller.person, cmd.reason, tx.now, cmd.uses or 1, cmd.expire_time)
    tx.update(store.permits, {"id": permit.id}, store.plain_row(permit))
    told = _concerned(case, permit)
    data = events_pb2.PermitDecided(document=case.document.name, permit=permit.name, granted=cmd.granted, persons=told)
    effects.emit(case, "documents.permit.decided.v1", data, subject=permit.name, clause=permit.clause)
    work.ended(tx, _item(case, permit), done=True, by=cmd.caller.person)
    details = {"granted": cmd.granted, "person": permit.person, "acts": list(permit.acts), "reason": cmd.reason}
    tx.audit("documents.permit.decide", permit.name, clause=permit.clause, details=details)
    return Permitted(case, permit)


def may_decide(case: Case, permit: Permit) -> bool:
    """The caller holds a role that the regulation names for the unit whose document it is; never the one who asked."""
    caller = case.tx.caller
    assert caller is not None
    if caller.person == permit.person:
        return False
    if not permit.roles:
        return visibility.SUPERVISE in caller.permissions
    return any(caller.person in _holders(case, role) for role in permit.roles)


@dataclass(frozen=True, kw_only=True)
class CopyDocument(Command):
    name: str
    act: str
    passage: str = ""


@command(audit="documents.document.copy", first=first)
def copy_document(tx: Tx, cmd: CopyDocument) -> Copied:
    """Gives the body, or a passage of it. Refuses: Missing, NotInTheText, what the rules refuse without a permit."""
    may(cmd.caller, READ)
    case = _readable(tx, cmd.name)
    act = CopyAct(cmd.act)
    if act is CopyAct.EXCERPT and (not cmd.passage.strip() or cmd.passage not in case.document.body):
        raise NotInTheText([FieldViolation("passage", NotInTheText.text, NotInTheText.reason)])
    allow(case, act)
    tx.audit(f"documents.document.{act}", case.document.name, details={"characters": len(cmd.passage)} if cmd.passage else {})
    return Copied(case, cmd.passage if act is CopyAct.EXCERPT else case.document.body)


@dataclass(frozen=True, kw_only=True)
class ForwardDocument(Command):
    name: str
    persons: tuple[str, ...]
    reason: str = ""


@command(audit="documents.document.forward", first=first)
def forward_document(tx: Tx, cmd: ForwardDocument) -> Case:
    """Lets other persons see a document. Refuses: Missing, UnknownPerson, what the rules refuse without a permit."""
    may(cmd.caller, READ)
    case = _readable(tx, cmd.name)
    case.document.ensure(State.REGISTERED, State.RUNNING, State.CLOSED, State.ENDED)
    check_persons(tx, cmd.persons, "persons")
    allow(case, CopyAct.FORWARD)
    effects.grant(case, [f"person:{person}" for person in cmd.persons])
    tx.audit("documents.document.forward", case.document.name, details={"persons": list(cmd.persons), "reason": cmd.reason})
    return case


def attempted(tx: Tx, name: str, act: str) -> None:
    """Keeps that somebody who sees a document tried what he may not do with it."""
    if visibility.seen(tx, document_id(name)):
        tx.audit("documents.document.copy_refused", name, details={"act": act})


def attempted_download(tx: Tx, name: str) -> None:
    """The same for a file of a document."""
    attachment = reads.attachment(tx, own_id(name))
    if attachment is not None and attachment.document:
        attempted(tx, f"documents/{attachment.document}", CopyAct.DOWNLOAD)
