"""Dated records on documents: statements, reviews, consultations … of the kinds that packs declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.documents import convert, store
from services.documents.commands import attach, declared, effects, limits
from services.documents.commands.case import Case, first
from services.documents.commands.names import check_persons, check_units, part_id, unit_of
from services.documents.commands.register import visible_case
from services.documents.domain.document import State
from services.documents.domain.errors import NotYoursToRecord, UnknownRecordKind, WithdrawnAlready
from services.documents.domain.records import Record
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Invalid, Missing
from services.kit.identity import may
from services.kit.policy.declare import RecordKind
from xiaoneng.documents.v1 import events_pb2

ADD = "documents:step:act"
CORRECT = "documents:document:correct"
ADDED = "documents.record.added"
# A document that is void or was registered twice takes no more records.
COUNTED = tuple(state for state in State if state not in (State.VOID, State.MERGED))


@dataclass
class Recorded:
    """A record with the document that it is on."""

    case: Case
    record: Record


@dataclass(frozen=True, kw_only=True)
class AddRecord(Command):
    name: str
    kind: str
    unit: str = ""
    persons: tuple[str, ...] = ()
    text: str = ""
    fields: Mapping[str, Any] | None = field(default=None)
    attachments: tuple[str, ...] = ()


@command(audit="documents.record.add", first=first)
def add_record(tx: Tx, cmd: AddRecord) -> Recorded:
    """Makes a record. Refuses: UnknownRecordKind, NotYoursToRecord, FieldInvalid, what the rules refuse now that they see it."""
    may(cmd.caller, ADD)
    case = visible_case(tx, cmd.name)
    case.document.ensure(*COUNTED)
    kind = _kind(case, cmd.kind)
    _ensure_mine(case, kind)
    check_units(tx, [cmd.unit], "unit")
    check_persons(tx, cmd.persons, "persons")
    _ensure_files(kind, cmd.attachments)
    record = Record(
        id=ids.new(),
        document=case.document.id,
        kind=cmd.kind,
        unit=cmd.unit or unit_of(tx, cmd.caller.person),
        persons=cmd.persons,
        text=cmd.text,
        fields={n: v for n, v in declared.checked(case, kind.fields, cmd.fields or {}).items() if v is not None},
        attachments=cmd.attachments,
        recorder=cmd.caller.person,
        recorded_at=tx.now,
    )
    case.noted.append(record)
    facts: dict[str, Any] = {"record_kind": record.kind, "record_unit": record.unit, "recorder": record.recorder}
    case.enforce("documents.record.add", **facts)
    attach.hold(tx, record.document, record.attachments)
    tx.insert(store.records, store.plain_row(record))
    data = events_pb2.RecordAdded(
        document=case.document.name, record=record.name, kind=record.kind, unit=record.unit, record_time=convert.stamp(tx.now)
    )
    effects.emit(case, "documents.record.added.v1", data, subject=record.name, unit=record.unit)
    limits.occurred(case, ADDED, **facts)
    effects.notify(case, ADDED, **facts)
    _seen(case)
    return Recorded(case, record)


@dataclass(frozen=True, kw_only=True)
class WithdrawRecord(Command):
    name: str
    reason: str


@command(audit="documents.record.withdraw", first=first)
def withdraw_record(tx: Tx, cmd: WithdrawRecord) -> Recorded:
    """Withdraws a record that was wrong; what it started or ended stays. Refuses: Missing, WithdrawnAlready, what the rules refuse."""
    may(cmd.caller, ADD)
    case = visible_case(tx, cmd.name)
    record = store.reads.locked_record(tx, part_id(cmd.name))
    if record is None or record.document != case.document.id:
        raise Missing()
    if record.recorder != cmd.caller.person and CORRECT not in cmd.caller.permissions:
        raise Missing()
    if record.withdrawn_at is not None:
        raise WithdrawnAlready()
    case.enforce("documents.record.withdraw", record_kind=record.kind, record_unit=record.unit, recorder=record.recorder, reason=cmd.reason)
    record = replace(record, withdrawn_by=cmd.caller.person, withdraw_reason=cmd.reason, withdrawn_at=tx.now)
    case.noted = [entry for entry in case.noted if entry.id != record.id]
    tx.update(store.records, {"id": record.id}, store.plain_row(record))
    data = events_pb2.RecordWithdrawn(
        document=case.document.name, record=record.name, kind=record.kind, withdraw_time=convert.stamp(tx.now)
    )
    effects.emit(case, "documents.record.withdrawn.v1", data, subject=record.name, unit=record.unit)
    tx.audit("documents.record.withdraw", record.name, details={"kind": record.kind, "reason": cmd.reason})
    _seen(case)
    return Recorded(case, record)


def _seen(case: Case) -> None:
    """The route sees what is known now: steps that were left out before may open."""
    case.refresh()
    if case.instance is not None and case.instance.state == "running":
        effects.apply(case, case.instance.reconsider(case.tx.now))
    effects.save(case)


def _kind(case: Case, name: str) -> RecordKind:
    kind = case.rules.records.get(name)
    if kind is None or (kind.on and str(case.document.kind) not in kind.on):
        raise UnknownRecordKind(kind=name)
    return kind


def _ensure_mine(case: Case, kind: RecordKind) -> None:
    """Refuses NotYoursToRecord for somebody who holds none of the roles that the pack names."""
    if not kind.by:
        return
    tx = case.tx
    assert tx.caller is not None
    facts = case.facts()
    units = [*tx.roster.units_of(tx.caller.person, tx.now), *_units(case, facts), None]
    for name in kind.by:
        role = case.rules.role(name)
        for unit in units:
            held = tx.roster.holders(role, tx.now, unit=unit, initiator=case.document.initiator, facts=facts)
            if tx.caller.person in [holder.person for holder in held]:
                return
    labels = "、".join(case.rules.role(name).label for name in kind.by)
    raise NotYoursToRecord(kind=kind.label, roles=labels)


def _units(case: Case, facts: Mapping[str, Any]) -> list[str]:
    """The units that the document is about: that began it, that handle it, that are stated of it."""
    stated = [facts[f"fields.{name}"] for name, entry in case.rules.fields.items() if entry.word == "unit"]
    return [unit for unit in (case.document.initiating_unit, *facts["responsible_units"], *stated) if unit]


def _ensure_files(kind: RecordKind, attachments: tuple[str, ...]) -> None:
    if kind.attachment == "required" and not attachments:
        raise Invalid.of("attachments", f"{kind.label}须附有关文件", "ATTACHMENT_REQUIRED")
    if kind.attachment == "none" and attachments:
        raise Invalid.of("attachments", f"{kind.label}不附文件", "ATTACHMENT_NOT_TAKEN")


def allowed(case: Case) -> list[str]:
    """What the caller may do with the records of the document, as names of methods."""
    assert case.tx.caller is not None
    kinds = [kind for kind in case.rules.records.values() if not kind.on or str(case.document.kind) in kind.on]
    return ["AddRecord"] if kinds and ADD in case.tx.caller.permissions and case.document.state in COUNTED else []
