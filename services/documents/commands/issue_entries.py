"""What the office does with the issue list: enter, record what a meeting passed, change, press, close one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.documents import store
from services.documents.commands import effects
from services.documents.commands.case import load
from services.documents.commands.issue_list import OPENED, PRESSED, Entered, received
from services.documents.commands.names import check_code, check_units, document_id, own_id
from services.documents.domain.errors import MeetingNotOver, NoIssueList, NotTheKeeper
from services.documents.domain.issuing import IssueEntry, IssueState, Origin
from services.documents.store import reads, visibility
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.identity import Caller, may
from services.kit.procedure.steps import StepState

MANAGE = "documents:issue_list:manage"
READ = "documents:issue_list:read"


@dataclass(frozen=True, kw_only=True)
class AddIssueEntry(Command):
    title: str
    superior_document: str = ""
    lead_unit: str = ""
    stated_due_time: datetime | None = None
    marks: tuple[str, ...] = ()


@command(audit="documents.issue_entry.add")
def add_issue_entry(tx: Tx, cmd: AddIssueEntry) -> Entered:
    """Enters what has to be issued. Refuses: Missing, UnknownUnit, UnknownCode, NoIssueList, what the rules refuse."""
    may(cmd.caller, MANAGE)
    superior = document_id(cmd.superior_document)
    case = None
    if superior:
        visibility.ensure(tx, superior)
        case = load(tx, superior)
    entry = IssueEntry(
        id=ids.new(),
        title=cmd.title,
        origin=Origin.SUPERIOR,
        lead_unit=cmd.lead_unit,
        created_at=tx.now,
        creator=cmd.caller.person,
        superior_document=superior,
        superior_number=case.document.sender_number if case else "",
        stated_due_at=cmd.stated_due_time,
        marks=cmd.marks,
    )
    entered = _entered(tx, entry)
    if case is not None:
        case.document.issuing = entry.summary()
        effects.save(case)
        handling = case.instance.open_steps() if case.instance else []
        there = [s for s in handling if s.unit == entry.lead_unit and case.template(s).act == "handle" and s.state is StepState.OPEN]
    if case is None or there:
        received(entered)
    return entered


@dataclass(frozen=True, kw_only=True)
class RecordMeetingDecision(Command):
    title: str
    meeting_kind: str
    meeting: str
    meeting_end_time: datetime
    lead_unit: str
    marks: tuple[str, ...] = ()
    stated_due_time: datetime | None = None
    evidence: str = ""
    matter: str = ""


@command(audit="documents.issue_entry.record_decision")
def record_meeting_decision(tx: Tx, cmd: RecordMeetingDecision) -> Entered:
    """Records that a meeting has passed a draft. Refuses: MeetingNotOver, UnknownUnit, UnknownCode, NoIssueList, what the rules refuse."""
    may(cmd.caller, MANAGE)
    return passed(tx, cmd)


def passed(tx: Tx, said: RecordMeetingDecision) -> Entered:
    """What a meeting has passed has to be issued: its clocks run from the end of the meeting."""
    if said.meeting_end_time > tx.now:
        raise MeetingNotOver.of("meeting_end_time", MeetingNotOver.text)
    entry = IssueEntry(
        id=ids.new(),
        title=said.title,
        origin=Origin.MEETING,
        lead_unit=said.lead_unit,
        created_at=tx.now,
        creator=said.caller.person,
        stated_due_at=said.stated_due_time,
        marks=said.marks,
        meeting_kind=said.meeting_kind,
        meeting=said.meeting,
        meeting_ended_at=said.meeting_end_time,
        matter=said.matter,
        evidence=said.evidence,
    )
    check_code(tx.rules().vocabulary("meeting_kind"), said.meeting_kind, "meeting_kind")
    return _entered(tx, entry)


def _entered(tx: Tx, entry: IssueEntry) -> Entered:
    """Puts an entry on the list that the rules keep."""
    check_units(tx, [entry.lead_unit], "lead_unit")
    rules = tx.rules()
    _check_marks(tx, entry.marks)
    entered = Entered(tx, entry)
    rules.enforce("documents.issue_entry.add", entered.facts(), tx.roster.calendar())
    kept = rules.ledger(OPENED, entered.facts())
    if kept is None:
        raise NoIssueList()
    entry.clause, entry.pins = kept.citation.clause, dict(rules.pins)
    entry.draft_due_at = entered.expected()
    entered.save("opened", new=True)
    entered.begin(OPENED, entry.since)
    entered.save("opened")
    entered.tell(OPENED)
    return entered


@dataclass(frozen=True, kw_only=True)
class UpdateIssueEntry(Command):
    name: str
    reason: str
    marks: tuple[str, ...] | None = None
    lead_unit: str = ""
    stated_due_time: datetime | None = None


@command(audit="documents.issue_entry.update")
def update_issue_entry(tx: Tx, cmd: UpdateIssueEntry) -> Entered:
    """Changes what was decided about an entry; its limits follow, as far as they have not passed. Refuses: EntryEnded, Unknown…."""
    may(cmd.caller, MANAGE)
    entered = _locked(tx, cmd.name)
    entry = entered.entry
    entry.ensure(IssueState.OPEN, IssueState.DELIVERED)
    check_units(tx, [cmd.lead_unit], "lead_unit")
    before = {"marks": list(entry.marks), "lead_unit": entry.lead_unit, "stated_due": str(entry.stated_due_at or "")}
    if cmd.marks is not None:
        _check_marks(tx, cmd.marks)
        entry.marks = cmd.marks
    entry.lead_unit = cmd.lead_unit or entry.lead_unit
    entry.stated_due_at = cmd.stated_due_time or entry.stated_due_at
    if entry.state is IssueState.OPEN:
        entered.reconsider()
    for document in filter(None, (entry.draft, entry.superior_document)):
        tx.update(store.documents, {"id": document}, {"issuing": entry.summary()})
    entered.save("updated")
    tx.audit("documents.issue_entry.update", entry.name, clause=entry.clause, details={"before": before, "reason": cmd.reason})
    return entered


@dataclass(frozen=True, kw_only=True)
class PressIssueEntry(Command):
    name: str
    text: str = ""


@command(audit="documents.issue_entry.press")
def press_issue_entry(tx: Tx, cmd: PressIssueEntry) -> Entered:
    """督办: tells whom the rules want told that the draft is awaited. Refuses: EntryEnded, what the rules refuse."""
    may(cmd.caller, MANAGE)
    entered = _locked(tx, cmd.name)
    entered.entry.press(tx.now)
    said = {"press_text": cmd.text or None, "press_count": entered.entry.press_count}
    entered.rules.enforce("documents.issue_entry.press", entered.facts(**said), tx.roster.calendar())
    entered.tell(PRESSED, **said)
    entered.save("pressed")
    return entered


@dataclass(frozen=True, kw_only=True)
class CloseIssueEntry(Command):
    name: str
    document_number: str


@command(audit="documents.issue_entry.close")
def close_issue_entry(tx: Tx, cmd: CloseIssueEntry) -> Entered:
    """销号 against the number of its own document. Refuses: NotTheKeeper, NotYetIssuedHere, EntryEnded, what the rules refuse."""
    may(cmd.caller, MANAGE)
    entered = _locked(tx, cmd.name)
    entry = entered.entry
    kept = entered.rules.ledger(OPENED, entered.facts())
    if kept is not None and kept.closed_by not in tx.roster.roles_of(cmd.caller.person, tx.now, entered.rules):
        raise NotTheKeeper(role=entered.rules.role(kept.closed_by).label)
    facts = entered.facts(closing_number=cmd.document_number)
    entered.rules.enforce("documents.issue_entry.close", facts, tx.roster.calendar())
    entry.close(cmd.document_number, cmd.caller.person, tx.now)
    entered.stop("closed")
    entered.save("closed")
    tx.audit("documents.issue_entry.close", entry.name, clause=entry.clause, details={"number": cmd.document_number})
    return entered


def drafting(tx: Tx, name: str, caller: Caller) -> IssueEntry:
    """The entry for which somebody of the lead unit drafts, locked. Refuses: Missing, EntryEnded."""
    entered = _locked(tx, name)
    if entered.entry.lead_unit not in tx.roster.units_of(caller.person, tx.now) and MANAGE not in caller.permissions:
        raise Missing()
    entered.entry.ensure(IssueState.OPEN)
    return entered.entry


def take_draft(tx: Tx, entry: IssueEntry, document: str) -> None:
    """A draft was begun for the entry."""
    entry.draft = document
    tx.update(store.issue_entries, {"id": entry.id}, {"draft": document})


def _locked(tx: Tx, name: str) -> Entered:
    entry = reads.locked_entry(tx, own_id(name))
    if entry is None:
        raise Missing()
    return Entered(tx, entry)


def _check_marks(tx: Tx, marks: tuple[str, ...]) -> None:
    for mark in marks:
        check_code(tx.rules().vocabulary("issue_mark"), mark, "marks")
