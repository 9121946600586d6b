"""What the office keeps beside its documents: records, what has to be issued, numbers, views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from services.documents.convert.common import cited, moment, stamp, struct
from services.documents.convert.words import ATTACHMENT_NEED, COLUMN, ISSUE_ORIGIN, ISSUE_STATE, KIND, LEDGER, NUMBER, ORDER, STATE, VIEW
from services.documents.domain.issuing import IssueEntry
from services.documents.domain.listing import Wish
from services.documents.domain.records import Record
from xiaoneng.documents.v1 import issue_list_service_pb2, listing_pb2, number_service_pb2, record_service_pb2
from xiaoneng.kit.v1 import deadline_view_pb2

if TYPE_CHECKING:
    from services.documents.commands.numbers import Imported, Taken
    from services.kit.policy.declare import DeclaredField
    from services.kit.policy.ruleset import RuleSet


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
