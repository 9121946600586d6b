"""Delivering issued documents to other offices: the sender's side. What the receiver answers comes back as an event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from google.protobuf import json_format
from google.type.date_pb2 import Date

from services.documents import convert, store
from services.documents.commands.case import Case, first
from services.documents.commands.issue import ISSUE
from services.documents.commands.names import own_id
from services.documents.commands.register import visible_case
from services.documents.domain.attachments import Scan
from services.documents.domain.document import Kind
from services.documents.domain.errors import NothingToAcknowledge, NotIssued, TransmittedAlready, UnknownReceiver
from services.documents.domain.exchange import ANSWERS, Office, Transmission, TransmissionState, relation
from services.documents.store import exchange, reads, visibility
from services.kit import ids, work
from services.kit.db import tenant as tenants
from services.kit.db.command import Command, command
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.errors import FieldViolation, Missing
from services.kit.identity import may
from xiaoneng.documents.v1 import exchange_events_pb2
from xiaoneng.kit.v1 import citation_pb2, work_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.documents.domain.attachments import Attachment

REFUSED_STEP = "对方单位拒收"


def address_book(tx: Tx) -> dict[str, Office]:
    """All offices of the installation by their tenant, one's own included."""
    return {row.tenant: Office(row.tenant, row.display_name, row.kind, row.parent) for row in tenants.offices(tx)}


def about(mine: Office, other: Office, files: int) -> dict[str, Any]:
    """What can be said to rules about the other office."""
    told = {"office_kind": mine.kind, "other_office": other.tenant, "other_kind": other.kind, "other_relation": relation(mine, other)}
    return {**told, "file_count": files}


@dataclass(frozen=True, kw_only=True)
class TransmitDocument(Command):
    name: str
    receivers: tuple[str, ...]
    note: str = ""


@command(audit="documents.transmission.send", first=first)
def transmit_document(tx: Tx, cmd: TransmitDocument) -> list[Transmission]:
    """Delivers an issued document with its files. Refuses: NotIssued, UnknownReceiver, TransmittedAlready, what the rules refuse."""
    may(cmd.caller, ISSUE)
    case = visible_case(tx, cmd.name)
    document = case.document
    if document.kind is not Kind.OUTGOING or not document.document_number:
        raise NotIssued()
    offices = address_book(tx)
    mine = offices[tx.tenant]
    _ensure_known(mine, cmd.receivers, offices)
    there = exchange.receivers_of(tx, document.id)
    files = [file for file in exchange.files_of(tx, document.id) if file.scan_state is not Scan.INFECTED]
    made = []
    for receiver in cmd.receivers:
        other = offices[receiver]
        if receiver in there:
            raise TransmittedAlready(receiver=other.display_name)
        case.enforce("documents.transmission.send", **about(mine, other, len(files)))
        transmission = Transmission(ids.new(), document.id, receiver, other.display_name, TransmissionState.SENT, cmd.caller.person, tx.now)
        tx.insert(store.transmissions, store.plain_row(transmission))
        tx.emit(_sent(case, transmission, mine, cmd.note, files))
        made.append(transmission)
    details = {"document": document.name, "receivers": list(cmd.receivers)}
    tx.audit("documents.transmission.send", document.name, details=details)
    return made


def _ensure_known(mine: Office, receivers: Iterable[str], offices: dict[str, Office]) -> None:
    for receiver in receivers:
        if receiver not in offices or receiver == mine.tenant:
            violation = FieldViolation("receivers", f"没有这个收文单位：{receiver}", UnknownReceiver.reason)
            raise UnknownReceiver([violation], receiver=receiver)


def _sent(case: Case, transmission: Transmission, mine: Office, note: str, files: Iterable[Attachment]) -> Event:
    document = case.document
    issued = exchange.issued_at(case.tx, document.document_number).astimezone(ZoneInfo(case.zone)).date()
    data = exchange_events_pb2.DocumentTransmitted(
        transmission=transmission.name,
        sending_tenant=mine.tenant,
        sender=mine.display_name,
        sender_kind=mine.kind,
        sender_parent=mine.parent,
        sender_number=document.document_number,
        sender_date=Date(year=issued.year, month=issued.month, day=issued.day),
        title=document.title,
        body=document.body,
        document_type=document.document_type,
        urgency=convert.URGENCY[document.urgency],
        note=note,
    )
    for file in files:
        data.files.add(
            file_name=file.file_name, content_type=file.content_type, size=file.size, sha256=file.sha256, scan_state=file.scan_state
        )
    return Event(
        "documents.transmission.sent.v1", transmission.name, data, unit=document.initiating_unit, receivers=(transmission.receiver,)
    )


@dataclass(frozen=True, kw_only=True)
class WithdrawTransmission(Command):
    name: str
    reason: str


@command(audit="documents.transmission.withdraw")
def withdraw_transmission(tx: Tx, cmd: WithdrawTransmission) -> Transmission:
    """Asks for a transmission back; whether it was in time is the receiver's answer. Refuses: Missing, TransmissionAnswered."""
    may(cmd.caller, ISSUE)
    transmission = _mine(tx, cmd.name)
    transmission.ensure_open()
    recalled = replace(transmission, state=TransmissionState.WITHDRAWING, reason=cmd.reason)
    _save(tx, recalled)
    if transmission.state is not TransmissionState.WITHDRAWING:
        data = exchange_events_pb2.TransmissionRecalled(transmission=transmission.name, sending_tenant=tx.tenant, reason=cmd.reason)
        tx.emit(Event("documents.transmission.recalled.v1", transmission.name, data, receivers=(transmission.receiver,)))
    tx.audit("documents.transmission.withdraw", transmission.name, details={"reason": cmd.reason})
    return recalled


@dataclass(frozen=True, kw_only=True)
class AcknowledgeTransmission(Command):
    name: str


@command(audit="documents.transmission.acknowledge")
def acknowledge_transmission(tx: Tx, cmd: AcknowledgeTransmission) -> Transmission:
    """Takes note of a refusal. Refuses: Missing, NothingToAcknowledge."""
    may(cmd.caller, ISSUE)
    transmission = _mine(tx, cmd.name)
    if transmission.state is not TransmissionState.REFUSED or transmission.acknowledged_at is not None:
        raise NothingToAcknowledge()
    noted = replace(transmission, acknowledged_at=tx.now)
    _save(tx, noted)
    work.ended(tx, _item(tx, noted, []), done=True, by=cmd.caller.person)
    tx.audit("documents.transmission.acknowledge", transmission.name)
    return noted


def _mine(tx: Tx, name: str) -> Transmission:
    transmission = exchange.locked_transmission(tx, own_id(name))
    if transmission is None:
        raise Missing()
    visibility.ensure(tx, transmission.document)
    return transmission


def _save(tx: Tx, transmission: Transmission) -> None:
    row = store.plain_row(transmission)
    tx.update(store.transmissions, {"id": row.pop("id")}, row)


# ---- what the receiver says -----------------------------------------------------------------------------------------------


def answered(tx: Tx, data: exchange_events_pb2.TransmissionAnswered) -> None:
    """Keeps how far a transmission has come. What comes late or twice changes nothing that was said after it."""
    transmission = exchange.locked_transmission(tx, own_id(data.transmission))
    if transmission is None or transmission.answered:
        return
    state, at = convert.TRANSMISSION_WORD[data.state], convert.plain(data.time)
    if state not in ANSWERS:
        forward = transmission.state is TransmissionState.SENT
        _save(tx, replace(transmission, state=state if forward else transmission.state, arrived_at=at))
        return
    done = replace(transmission, state=state, answered_at=at, reason=data.reason)
    if data.HasField("citation"):
        done = replace(done, citation=json_format.MessageToDict(data.citation, preserving_proto_field_name=True))
    if data.findings:
        done = replace(done, findings=[json_format.MessageToDict(each, preserving_proto_field_name=True) for each in data.findings])
    _save(tx, done)
    if state is TransmissionState.REFUSED:
        work.opened(tx, _item(tx, done, [done.sender]))


def _item(tx: Tx, transmission: Transmission, persons: list[str]) -> work_pb2.WorkItem:
    """A refusal as the to-do list sees it: something to take note of."""
    document = reads.document(tx, transmission.document)
    assert document is not None
    member = tx.roster.member(transmission.sender, tx.now)
    found = work_pb2.WorkItem(
        item=transmission.name,
        subject=f"documents/{transmission.document}",
        kind=work_pb2.WORK_KIND_READING,
        title=document.title,
        number=document.document_number,
        step=REFUSED_STEP,
        unit=member.unit if member is not None else "",
        persons=persons or [transmission.sender],
        urgency=convert.URGENCY[document.urgency],
        remark=f"{transmission.receiver_name}：{transmission.reason}",
    )
    if transmission.citation is not None:
        found.citation.CopyFrom(json_format.ParseDict(transmission.citation, citation_pb2.Citation()))
    return found
