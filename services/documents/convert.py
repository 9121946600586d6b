"""Proto <-> domain. Pure: what has to be asked for is asked before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from google.api import httpbody_pb2
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from services.documents.domain.attachments import Attachment
from services.documents.domain.document import Document, Ledger, Proposal
from services.documents.domain.errors import OrderInvalid
from services.documents.domain.exchange import TransmissionState
from services.documents.domain.handling import Dispatch, Extension, Feedback, Material, Report
from services.documents.domain.issuing import IssueEntry
from services.documents.domain.listing import ORDERS, Column, Order, View, Wish
from services.documents.domain.permits import Permit
from services.documents.domain.records import Record
from services.documents.domain.threads import Thread
from services.documents.facts import CATALOGUE
from services.kit.deadline import view
from services.kit.errors import Citation, Invalid
from services.kit.procedure.steps import Step, StepState
from services.kit.procedure.template import StepTemplate
from xiaoneng.documents.v1 import (
    attachment_service_pb2,
    efficiency_service_pb2,
    exchange_service_pb2,
    handling_service_pb2,
    issue_list_service_pb2,
    ledger_service_pb2,
    listing_pb2,
    number_service_pb2,
    permit_service_pb2,
    record_service_pb2,
    step_service_pb2,
    thread_service_pb2,
    types_pb2,
)
from xiaoneng.kit.v1 import citation_pb2, deadline_view_pb2, file_pb2, work_pb2

if TYPE_CHECKING:
    from services.documents.commands.numbers import Imported, Taken
    from services.documents.commands.threads import Talk
    from services.kit.deadline import Deadline
    from services.kit.identity import Caller
    from services.kit.policy.declare import DeclaredField
    from services.kit.policy.model import Limit
    from services.kit.policy.ruleset import RuleSet

C = TypeVar("C")
_ACTS = {act.name: act.about for act in CATALOGUE.acts}


def _enum(enum: Any, prefix: str) -> dict[str, Any]:
    """Values by the word that domain and packs use: `URGENCY_SPECIALLY_URGENT` is `specially_urgent`."""
    return {name.removeprefix(prefix).lower(): number for name, number in enum.items() if not name.endswith("_UNSPECIFIED")}


KIND = _enum(types_pb2.DocumentKind, "DOCUMENT_KIND_")
STATE = _enum(types_pb2.DocumentState, "DOCUMENT_STATE_")
LEDGER = _enum(types_pb2.LedgerState, "LEDGER_STATE_")
MEDIUM = _enum(types_pb2.Medium, "MEDIUM_")
VERDICT = _enum(types_pb2.Verdict, "VERDICT_")
STEP_STATE = _enum(types_pb2.StepState, "STEP_STATE_")
URGENCY = _enum(work_pb2.Urgency, "URGENCY_")
EXPORT = _enum(ledger_service_pb2.LedgerExportState, "LEDGER_EXPORT_STATE_")
EXTENSION = _enum(handling_service_pb2.ExtensionState, "EXTENSION_STATE_")
NUMBER = _enum(number_service_pb2.NumberState, "NUMBER_STATE_")
QUEUE = _enum(work_pb2.WorkKind, "WORK_KIND_")
ATTACHMENT_NEED = _enum(record_service_pb2.AttachmentNeed, "ATTACHMENT_NEED_")
VIEW = _enum(listing_pb2.LedgerView, "LEDGER_VIEW_")
ORDER = _enum(listing_pb2.LedgerOrder, "LEDGER_ORDER_")
COLUMN = _enum(listing_pb2.LedgerColumn, "LEDGER_COLUMN_")
ISSUE_ORIGIN = _enum(issue_list_service_pb2.IssueOrigin, "ISSUE_ORIGIN_")
ISSUE_STATE = _enum(issue_list_service_pb2.IssueState, "ISSUE_STATE_")
SCAN = _enum(attachment_service_pb2.ScanState, "SCAN_STATE_")
TRANSMISSION = _enum(exchange_service_pb2.TransmissionState, "TRANSMISSION_STATE_")
MEASURE = _enum(efficiency_service_pb2.Measure, "MEASURE_")
RELATION = _enum(exchange_service_pb2.Relation, "RELATION_")
TRANSMISSION_WORD = {number: TransmissionState(word) for word, number in TRANSMISSION.items()}
COPY_ACT = _enum(permit_service_pb2.CopyAct, "COPY_ACT_")
PERMIT = _enum(permit_service_pb2.PermitState, "PERMIT_STATE_")
_WORDS = {
    enum.DESCRIPTOR.full_name: {number: word for word, number in values.items()}
    for enum, values in (
        (types_pb2.DocumentKind, KIND),
        (types_pb2.DocumentState, STATE),
        (types_pb2.Medium, MEDIUM),
        (types_pb2.Verdict, VERDICT),
        (types_pb2.LedgerState, LEDGER),
        (permit_service_pb2.CopyAct, COPY_ACT),
        (issue_list_service_pb2.IssueState, ISSUE_STATE),
        (work_pb2.Urgency, URGENCY),
        (work_pb2.WorkKind, QUEUE),
        (listing_pb2.LedgerView, VIEW),
        (listing_pb2.LedgerOrder, ORDER),
        (listing_pb2.LedgerColumn, COLUMN),
    )
}


# ---- in -----------------------------------------------------------------------------------------------------------------


def command(kind: type[C], request: Message, caller: Caller) -> C:
    """A command's input from its request: fields of the same name, in the words of the domain."""
    values: dict[str, Any] = {"caller": caller}
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    for field in request.DESCRIPTOR.fields:
        if field.name in known:
            values[field.name] = value_of(request, field)
    return kind(**values)


def value_of(message: Message, field: Any) -> Any:
    """One field in the words of the domain; None where it is not set and its absence says something. Refuses a day that no calendar has."""
    value = getattr(message, field.name)
    if field.is_repeated:
        words = _WORDS.get(field.enum_type.full_name, {}) if field.enum_type is not None else {}
        return tuple(words.get(item, item) if words else plain(item) for item in value)
    if field.message_type is not None:
        try:
            return plain(value) if message.HasField(field.name) else None
        except ValueError as wrong:
            raise Invalid.of(field.name, "日期或时刻不存在", "DAY_INVALID") from wrong
    if field.enum_type is not None:
        return _WORDS.get(field.enum_type.full_name, {}).get(value, "") if field.enum_type.full_name in _WORDS else value
    if field.has_presence and not message.HasField(field.name):
        return None
    return value


def wish(filter_: listing_pb2.LedgerFilter, **beside: Any) -> Wish:
    """What a list is narrowed to, with what stands beside the filter. Refuses OrderInvalid, a period that ends before it begins."""
    values = {field.name: value_of(filter_, field) for field in filter_.DESCRIPTOR.fields}
    values["ledger"] = values.pop("ledger_state")
    values["overdue"] = filter_.overdue or beside.pop("overdue", False)
    values |= {name: values.get(name) or value for name, value in beside.items()}
    view, order = View(values.pop("view")), values.pop("order")
    columns = tuple(Column(name) for name in values.pop("columns"))
    found = Wish(view=view, order=Order(order) if order else None, columns=columns, **values)
    if found.order is not None and found.order not in ORDERS[view]:
        raise OrderInvalid()
    if found.listed_from and found.listed_until and found.listed_until <= found.listed_from:
        raise Invalid.of("listed_until", "结束时间须晚于开始时间")
    return found


def ledger_filter(found: Wish) -> listing_pb2.LedgerFilter:
    """A wish as it was said."""
    return listing_pb2.LedgerFilter(
        view=VIEW.get(found.view, 0),
        order=ORDER.get(found.order or "", 0),
        kind=KIND.get(found.kind, 0),
        state=STATE.get(found.state, 0),
        ledger_state=LEDGER.get(found.ledger, 0),
        document_class=found.document_class,
        document_type=found.document_type,
        unit=found.unit,
        person=found.person,
        sender=found.sender,
        number=found.number,
        clause=found.clause,
        text=found.text,
        listed_from=moment(found.listed_from),
        listed_until=moment(found.listed_until),
        overdue=found.overdue,
        columns=[COLUMN[column] for column in found.columns],
    )


def plain(value: Any) -> Any:
    """A message of the well-known kinds as a Python value."""
    if isinstance(value, Timestamp):
        return value.ToDatetime(UTC)
    if isinstance(value, Date):
        return date(value.year, value.month, value.day)
    if isinstance(value, FieldMask):
        return tuple(value.paths)
    if isinstance(value, Struct):
        return struct_in(value)
    if isinstance(value, types_pb2.Proposal):
        return proposal_in(value)
    if isinstance(value, types_pb2.Document):
        return document_in(value)
    if isinstance(value, issue_list_service_pb2.IssueMarks):
        return tuple(value.codes)
    return value


def struct_in(value: Struct) -> dict[str, Any]:
    """What packs want stated, as JSON in the order of the names."""
    found = json_format.MessageToDict(value)
    return {name: found[name] for name in sorted(found)}


def struct(found: Mapping[str, Any]) -> Struct:
    """What packs want stated."""
    made = Struct()
    made.update(dict(found))
    return made


def proposal_in(value: types_pb2.Proposal) -> Proposal:
    """The proposal that somebody writes; proposer and time are not his to say."""
    names = {f.name for f in fields(Proposal)}
    found = {field.name: value_of(value, field) for field in value.DESCRIPTOR.fields if field.name in names and field.name != "proposer"}
    return Proposal(**found)


def document_in(value: types_pb2.Document) -> tuple[tuple[str, Any], ...]:
    """What somebody writes on a document: its fields in the words of the domain, with its name and etag."""
    names = {f.name for f in fields(Document)} | {"name", "etag"}
    return tuple((field.name, value_of(value, field)) for field in value.DESCRIPTOR.fields if field.name in names)


# ---- out ----------------------------------------------------------------------------------------------------------------


def moment(at: datetime | None) -> Timestamp | None:
    """An instant; None stays None, which leaves the field unset."""
    return stamp(at) if at is not None else None


def stamp(at: datetime) -> Timestamp:
    """An instant."""
    found = Timestamp()
    found.FromDatetime(at)
    return found


def citation(found: Citation) -> citation_pb2.Citation:
    """Where a demand comes from."""
    return citation_pb2.Citation(
        clause=found.clause,
        article=found.article,
        quote=found.quote,
        regulation=found.regulation,
        pack=found.pack,
        version=found.version,
    )


def cited(rules: RuleSet, clause: str) -> citation_pb2.Citation | None:
    """The citation of a clause; None without one."""
    return citation(rules.citation(clause)) if clause else None


def label(rules: RuleSet, template: StepTemplate) -> str:
    """What the office calls a step."""
    return template.label or _ACTS.get(template.act, template.act)


def document(
    found: Document, rules: RuleSet, findings: Iterable[Mapping[str, Any]] = (), actions: Iterable[str] = ()
) -> types_pb2.Document:
    """A document."""
    day = found.sender_date
    return types_pb2.Document(
        name=found.name,
        etag=str(found.version),
        kind=KIND[found.kind],
        title=found.title,
        body=found.body,
        sender=found.sender,
        sender_number=found.sender_number,
        sender_date=Date(year=day.year, month=day.month, day=day.day) if day else None,
        document_type=found.document_type,
        document_class=found.document_class,
        medium=MEDIUM[found.medium],
        urgency=URGENCY[found.urgency],
        source=found.source,
        matters=found.matters,
        registration_number=found.registration_number,
        document_number=found.document_number,
        register_time=moment(found.registered_at),
        initiator=found.initiator,
        initiating_unit=found.initiating_unit,
        comprehensive=found.comprehensive,
        important=found.important,
        difficult=found.difficult,
        pre_forwarded=found.pre_forwarded,
        contains_request=found.contains_request,
        state=types_pb2.DOCUMENT_STATE_RETURN_PENDING if found.returning else STATE[found.state],
        ledger_state=LEDGER[found.ledger] if found.ledger is not Ledger.NONE else types_pb2.LEDGER_STATE_UNSPECIFIED,
        proposal=proposal(found.proposal) if found.proposal.submitted_at else None,
        close_time=moment(found.closed_at),
        findings=[finding(kept, rules) for kept in findings],
        allowed_actions=sorted(actions),
        merged_into=f"documents/{found.merged_into}" if found.merged_into else "",
        create_time=moment(found.created_at),
        update_time=moment(found.updated_at),
        end_reason=found.end_reason,
        stated_limit=moment(found.stated_limit),
        file_number=found.file_number,
        retention_class=found.retention,
        file_time=moment(found.filed_at),
        reply_time=moment(found.replied_at),
        fields=struct(found.fields) if found.fields else None,
        resubmits=f"documents/{found.resubmits}" if found.resubmits else "",
        first_register_time=moment(found.first_at),
        interim_reply_time=moment(found.interim_replied_at),
        issue_entry=f"issueEntries/{found.issue_entry}" if found.issue_entry else "",
        implements=f"documents/{found.implements}" if found.implements else "",
        overlap_percent=found.overlap_percent,
        on_issue_list=bool(found.issuing),
    )


def finding(kept: Mapping[str, Any], rules: RuleSet) -> types_pb2.RuleFinding:
    """What a rule found, as it was kept."""
    return types_pb2.RuleFinding(
        reason=kept["reason"],
        text=kept["text"],
        effect=kept["effect"],
        citation=cited(rules, kept["clause"]),
        find_time=moment(datetime.fromisoformat(kept["found_at"])),
    )


def proposal(found: Proposal) -> types_pb2.Proposal:
    """A proposal."""
    return types_pb2.Proposal(
        handling_text=found.handling_text,
        responsible_units=found.responsible_units,
        lead_unit=found.lead_unit,
        lead_reason=found.lead_reason,
        lead_leader=found.lead_leader,
        readers=found.readers,
        completion_deadline=moment(found.completion_deadline),
        feedback_deadline=moment(found.feedback_deadline),
        remark=found.remark,
        proposer=found.proposer,
        submit_time=moment(found.submitted_at),
    )


def step(
    found: Step,
    template: StepTemplate | None,
    rules: RuleSet,
    *,
    document: str,
    persons: Iterable[str] = (),
    started: datetime | None = None,
    blocked: bool = False,
    deadlines: Iterable[deadline_view_pb2.DeadlineView] = (),
    limits: Iterable[types_pb2.StepLimit] = (),
    actions: Iterable[str] = (),
) -> types_pb2.Step:
    """A step that has opened. `template` is None for one of an earlier route."""
    role = rules.roles.get(found.role)
    return types_pb2.Step(
        name=f"{document}/steps/{found.id}",
        step=found.step,
        act=template.act if template else "",
        label=label(rules, template) if template else found.step,
        role=found.role,
        role_label=role.label if role else "",
        unit=found.unit,
        persons=persons,
        lead=found.lead,
        generation=found.generation,
        state=STEP_STATE[found.state],
        arrive_time=moment(found.opened_at),
        open_time=moment(found.seen_at),
        end_time=moment(found.ended_at),
        done_by=found.done_by,
        done_for=found.done_for,
        verdict=VERDICT.get(found.verdict, 0),
        opinion=found.opinion,
        differing=found.differing,
        objection=found.objection,
        blocked=blocked,
        remark=found.remark,
        citation=cited(rules, template.clause) if template else None,
        deadlines=sorted(deadlines, key=lambda d: (d.due_time.seconds, d.name)),
        limits=limits,
        allowed_actions=sorted(actions),
        reason=found.reason,
        start_time=moment(started),
        sets=sorted(template.sets) if template and found.state is StepState.OPEN else [],
        delegable=template.delegable if template else True,
        verdicts=sorted(VERDICT[v] for v in template.verdicts if v in VERDICT) if template else [],
        may=sorted(template.may) if template and found.state is StepState.OPEN else [],
        after=template.after if template else (),
    )


def upcoming(template: StepTemplate, rules: RuleSet, limits: Iterable[Limit] = ()) -> types_pb2.Step:
    """A step that has not opened yet."""
    role = rules.roles.get(template.role)
    return types_pb2.Step(
        step=template.id,
        act=template.act,
        label=label(rules, template),
        role=template.role,
        role_label=role.label if role else "",
        state=types_pb2.STEP_STATE_UPCOMING,
        remark=template.remark,
        citation=cited(rules, template.clause),
        delegable=template.delegable,
        limits=[limit(each) for each in limits],
        after=template.after,
    )


def limit(found: Limit) -> types_pb2.StepLimit:
    """What a limit allows."""
    budget = found.budget.words() if found.budget is not None else ""
    return types_pb2.StepLimit(budget=budget, due_time=moment(found.due_at), citation=citation(found.citation), hard=found.hard)


def limit_of(found: Deadline) -> types_pb2.StepLimit:
    """What the limit of an open step allows."""
    budget = found.budget.words() if found.budget is not None else ""
    return types_pb2.StepLimit(budget=budget, due_time=moment(found.stated_at), citation=citation(found.citation), hard=found.hard)


def dispatch(found: Dispatch) -> handling_service_pb2.Dispatch:
    return handling_service_pb2.Dispatch(
        unit=found.unit, units=found.units, text=found.text, person=found.person, record_time=moment(found.recorded_at)
    )


def material(found: Material, view: deadline_view_pb2.DeadlineView | None) -> handling_service_pb2.MaterialRequest:
    return handling_service_pb2.MaterialRequest(
        name=found.name,
        requesting_unit=found.requesting_unit,
        unit=found.unit,
        text=found.text,
        deadline=view,
        request_time=moment(found.requested_at),
        supply_time=moment(found.supplied_at),
        answer=found.answer,
        requester=found.requester,
        supplier=found.supplier,
    )


def report(found: Report) -> handling_service_pb2.Report:
    return handling_service_pb2.Report(unit=found.unit, text=found.text, person=found.person, report_time=moment(found.reported_at))


def feedback(found: Feedback) -> handling_service_pb2.Feedback:
    return handling_service_pb2.Feedback(
        unit=found.unit,
        lead=found.lead,
        result_text=found.result_text,
        measures=found.measures,
        dispatch_text=found.dispatch_text,
        evidence=found.evidence,
        completed=found.completed,
        person=found.person,
        submit_time=moment(found.submitted_at),
        margin_hours=found.margin_seconds / 3600,
    )


def extension(found: Extension, rules: RuleSet) -> handling_service_pb2.Extension:
    return handling_service_pb2.Extension(
        name=found.name,
        step=f"documents/{found.document}/steps/{found.step}",
        unit=found.unit,
        old_due_time=moment(found.old_due_at),
        new_due_time=moment(found.new_due_at),
        reason=found.reason,
        state=EXTENSION[found.state],
        requester=found.requester,
        request_time=moment(found.requested_at),
        decider=found.decider,
        decide_time=moment(found.decided_at),
        decision=found.decision,
        consenting_unit=found.consenting_unit,
        citation=cited(rules, found.clause),
    )


def record(found: Record, rules: RuleSet) -> record_service_pb2.Record:
    kind = rules.records.get(found.kind)
    return record_service_pb2.Record(
        name=found.name,
        kind=found.kind,
        label=kind.label if kind else found.kind,
        unit=found.unit,
        persons=found.persons,
        text=found.text,
        fields=struct(found.fields) if found.fields else None,
        attachments=found.attachments,
        recorder=found.recorder,
        record_time=moment(found.recorded_at),
        withdraw_time=moment(found.withdrawn_at),
        withdrawn_by=found.withdrawn_by,
        withdraw_reason=found.withdraw_reason,
    )


def declarations(rules: RuleSet) -> record_service_pb2.ListDeclarationsResponse:
    """What packs want stated of documents and recorded on them."""
    return record_service_pb2.ListDeclarationsResponse(
        fields=[declared_field(entry, rules) for entry in rules.fields.values()],
        records=[
            record_service_pb2.RecordKind(
                kind=kind.name,
                label=kind.label,
                fields=[declared_field(entry, rules) for entry in kind.fields.values()],
                attachment=ATTACHMENT_NEED[kind.attachment],
                roles=kind.by,
                kinds=kind.on,
            )
            for kind in rules.records.values()
        ],
    )


def declared_field(found: DeclaredField, rules: RuleSet) -> record_service_pb2.DeclaredField:
    codes = rules.vocabulary(found.vocabulary) if found.vocabulary else {}
    return record_service_pb2.DeclaredField(
        name=found.name,
        label=found.label,
        type=found.word,
        codes=[record_service_pb2.DeclaredCode(code=code, label=label) for code, label in codes.items()],
        kinds=found.on,
    )


def issue_entry(
    found: IssueEntry, rules: RuleSet, deadlines: Iterable[deadline_view_pb2.DeadlineView] = ()
) -> issue_list_service_pb2.IssueEntry:
    """An entry of the issue list."""
    return issue_list_service_pb2.IssueEntry(
        name=found.name,
        title=found.title,
        origin=ISSUE_ORIGIN[found.origin],
        superior_document=f"documents/{found.superior_document}" if found.superior_document else "",
        superior_number=found.superior_number,
        lead_unit=found.lead_unit,
        stated_due_time=moment(found.stated_due_at),
        marks=found.marks,
        meeting_kind=found.meeting_kind,
        meeting=found.meeting,
        meeting_end_time=moment(found.meeting_ended_at),
        evidence=found.evidence,
        state=ISSUE_STATE[found.state],
        draft=f"documents/{found.draft}" if found.draft else "",
        document_number=found.document_number,
        create_time=stamp(found.created_at),
        receive_time=moment(found.received_at),
        draft_due_time=moment(found.draft_due_at),
        deliver_time=moment(found.delivered_at),
        issue_time=moment(found.issued_at),
        close_time=moment(found.closed_at),
        closed_by=found.closed_by,
        press_count=found.press_count,
        press_time=moment(found.pressed_at),
        deadlines=sorted(deadlines, key=lambda d: (d.due_time.seconds, d.name)),
        citation=cited(rules, found.clause),
    )


def attachment(found: Attachment) -> attachment_service_pb2.Attachment:
    return attachment_service_pb2.Attachment(
        name=found.name,
        document=f"documents/{found.document}" if found.document else "",
        file_name=found.file_name,
        content_type=found.content_type,
        size=found.size,
        sha256=found.sha256,
        scan_state=SCAN[found.scan_state],
        uploader=found.uploader,
        create_time=moment(found.created_at),
    )


def talk(done: Talk) -> thread_service_pb2.Thread:
    """A thread with what was said."""
    found = thread(done.thread)
    found.opinions.extend(
        thread_service_pb2.Opinion(person=said.person, text=said.text, create_time=moment(said.given_at)) for said in done.opinions
    )
    return found


def thread(found: Thread) -> thread_service_pb2.Thread:
    """A thread, without what was said."""
    return thread_service_pb2.Thread(
        name=found.name,
        subject=found.subject,
        document=f"documents/{found.document}" if found.document else "",
        opener=found.opener,
        persons=found.persons,
        create_time=moment(found.opened_at),
    )


def permit(found: Permit, rules: RuleSet, actions: Iterable[str]) -> permit_service_pb2.Permit:
    return permit_service_pb2.Permit(
        name=found.name,
        person=found.person,
        acts=[COPY_ACT[act] for act in found.acts],
        reason=found.reason,
        create_time=moment(found.asked_at),
        state=PERMIT[found.state],
        decided_by=[rules.roles[role].label for role in found.roles if role in rules.roles],
        decider=found.decider,
        decision=found.decision,
        decide_time=moment(found.decided_at),
        expire_time=moment(found.expires_at),
        uses_left=found.uses_left,
        citation=cited(rules, found.clause),
        allowed_actions=actions,
    )


def taken(found: Taken) -> number_service_pb2.DocumentNumber:
    """A number with its line of the ledger."""
    return number_service_pb2.DocumentNumber(
        number=found.number.text,
        series=found.number.series,
        year=found.number.year,
        position=found.number.position,
        state=NUMBER[found.state],
        document=f"documents/{found.document}" if found.document else "",
        person=found.person,
        change_time=moment(found.changed_at),
        reason=found.reason,
    )


def number_line(row: Any) -> number_service_pb2.DocumentNumber:
    """A row of the ledger of numbers."""
    return number_service_pb2.DocumentNumber(
        number=row.number,
        series=row.series,
        year=row.year,
        position=row.position,
        state=NUMBER[row.state],
        document=f"documents/{row.document}" if row.document else "",
        person=row.person,
        change_time=moment(row.changed_at),
        reason=row.reason,
    )


def imported(found: Imported) -> number_service_pb2.ImportNumbersResponse:
    return number_service_pb2.ImportNumbersResponse(count=found.count, next_position=found.next_position)


def set_aside(found: Deadline) -> step_service_pb2.DeadlineExplanation:
    """A deadline whose breach was set aside."""
    return step_service_pb2.DeadlineExplanation(deadline=view(found), lines=[found.set_aside_reason])


def byte_range(wanted: file_pb2.ByteRange, size: int) -> tuple[int, int]:
    """Offset and length of the part that is wanted; length 0 where it lies outside of the file."""
    offset = wanted.offset if wanted.offset >= 0 else max(0, size + wanted.offset)
    left = max(0, size - offset)
    return offset, min(wanted.limit, left) if wanted.limit > 0 else left


def download(pieces: Iterator[bytes], content_type: str, file_name: str, size: int, sha256: str = "") -> Iterator[httpbody_pb2.HttpBody]:
    """A file that was made for this answer, in pieces; the first says what it is."""
    packed = Packed()
    packed.Pack(file_pb2.FileInfo(file_name=file_name, size=size, length=size, sha256=sha256))
    yield httpbody_pb2.HttpBody(content_type=content_type, data=next(pieces, b""), extensions=[packed])
    for piece in pieces:
        yield httpbody_pb2.HttpBody(data=piece)


def word(request: Message, name: str) -> str:
    """An enum field of a request as a word; empty when it is not set."""
    found: str = value_of(request, request.DESCRIPTOR.fields_by_name[name])
    return found
