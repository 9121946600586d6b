"""Leaving the house: numbering and issuing outgoing documents, replying to senders."""

from __future__ import annotations

from dataclasses import dataclass

from services.documents import convert
from services.documents.commands import effects, issue_list, limits, numbers
from services.documents.commands.act import complete, ensure_reached, holder
from services.documents.commands.case import Case, first
from services.documents.commands.register import visible_case
from services.documents.domain.document import Kind, State
from services.documents.domain.errors import NotYourStep, WrongState
from services.documents.domain.numbering import INCOMING, local_year
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Invalid
from services.kit.identity import may
from services.kit.procedure.steps import Outcome, Step
from xiaoneng.documents.v1 import events_pb2

ISSUE = "documents:document:issue"
REPLIED, INTERIM = "documents.document.replied", "documents.document.interim_replied"


@dataclass(frozen=True, kw_only=True)
class IssueDocument(Command):
    name: str
    series: str
    year: int = 0
    reserved_number: str = ""


@command(audit="documents.document.issue", first=first)
def issue_document(tx: Tx, cmd: IssueDocument) -> Case:
    """Numbers and issues an outgoing document. Refused, with the pack's reason, before its signatures are complete."""
    may(cmd.caller, ISSUE)
    case = visible_case(tx, cmd.name)
    document = case.document
    if document.kind is not Kind.OUTGOING or document.document_number:
        raise WrongState(state="不能编号印发")
    if cmd.series == INCOMING:
        raise Invalid.of("series", "该序列用于收文编号")
    step = _step_of(case, "issue")
    if step is None:
        document.ensure(State.CLOSED)
    year = local_year(tx.now, case.zone)
    if cmd.year not in (0, year, year - 1):
        raise Invalid.of("year", "只能使用本年度或上年度的文号")
    case.enforce("documents.document.issue", step, series=cmd.series, issue_year=cmd.year or year)
    taken = (
        numbers.use_reserved(tx, cmd.reserved_number, document.id)
        if cmd.reserved_number
        else numbers.take(tx, cmd.series, document.id, year=cmd.year)
    )
    document.issue(taken.number, tx.now)
    effects.index(case)
    if step is not None:
        complete(case, step, Outcome(verdict="approve"))
    data = events_pb2.DocumentIssued(
        document=document.name,
        document_number=document.document_number,
        unit=document.initiating_unit,
        issue_time=convert.stamp(tx.now),
    )
    effects.emit(case, "documents.document.issued.v1", data, unit=document.initiating_unit)
    limits.occurred(case, "documents.document.issued", series=cmd.series, issue_year=cmd.year or year)
    issue_list.issued(case)
    effects.notify(case, "documents.document.issued", series=cmd.series, issue_year=cmd.year or year)
    effects.save(case)
    return case


@dataclass(frozen=True, kw_only=True)
class SendReply(Command):
    name: str
    text: str
    interim: bool = False


@command(audit="documents.document.reply", first=first)
def send_reply(tx: Tx, cmd: SendReply) -> Case:
    """Replies to the sender; an interim reply explains and leaves the request open. Refused before the route has got there."""
    may(cmd.caller, "documents:step:act")
    case = visible_case(tx, cmd.name)
    document = case.document
    document.ensure(State.REGISTERED, State.RUNNING, State.CLOSED)
    step = None if cmd.interim else _step_of(case, "reply")
    if step is None and cmd.caller.person not in _registry(case):
        raise NotYourStep()
    case.enforce("documents.reply.send", step, reason=cmd.text)
    document.reply(cmd.interim, tx.now)
    limits.happened(case, INTERIM if cmd.interim else REPLIED, document.name)
    data = events_pb2.DocumentReplied(document=document.name, interim=cmd.interim, reply_time=convert.stamp(tx.now))
    effects.emit(case, "documents.document.replied.v1", data)
    if step is not None:
        complete(case, step, Outcome(verdict="approve", opinion=cmd.text))
    tx.audit("documents.document.reply", document.name, details={"interim": cmd.interim, "text": cmd.text})
    effects.save(case)
    return case


def _registry(case: Case) -> set[str]:
    """Members of the unit that registered the document."""
    return {member.person for member in case.tx.roster.members(case.tx.now, case.document.initiating_unit)}


def _step_of(case: Case, act: str) -> Step | None:
    """The open step with this act; None where the route has none. Refused where it has one that is not reached."""
    template = next((t for t in case.route.procedure.steps if t.act == act), None)
    if template is None:
        return None
    step = ensure_reached(case, template.id)
    holder(case, step)
    return step
