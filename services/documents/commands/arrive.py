"""Taking in what other offices transmit: the receiver's side. The sender learns the state and the reason, nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from services.documents import convert, store
from services.documents.commands.case import Case
from services.documents.commands.names import own_id
from services.documents.commands.register import REGISTER, RegisterDocument, register_document
from services.documents.commands.transmit import about
from services.documents.domain.attachments import Attachment, Scan
from services.documents.domain.document import State
from services.documents.domain.exchange import Arrival, Office, TransmissionState
from services.documents.facts import CATALOGUE
from services.documents.store import exchange
from services.kit import ids, work
from services.kit.db import tenant as tenants
from services.kit.db.command import Command, command
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.errors import Busy, Missing
from services.kit.identity import may
from xiaoneng.documents.v1 import exchange_events_pb2, types_pb2
from xiaoneng.kit.v1 import citation_pb2, work_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.kit.errors import Finding

ACCEPT = "documents.arrival.accept"
REGISTER_STEP = "登记来件"
_OFFERED = next(operation.facts for operation in CATALOGUE.operations if operation.name == ACCEPT)


# ---- what comes ---------------------------------------------------------------------------------------------------------


def arrived(tx: Tx, data: exchange_events_pb2.DocumentTransmitted) -> None:
    """Lays a transmission before those who register; what the rules refuse goes back at once."""
    sender = Office(data.sending_tenant, data.sender, data.sender_kind, data.sender_parent)
    arrival = _arrival(tx, data)
    refused = [finding for finding in _found(tx, arrival, sender, len(data.files)) if finding.effect == "refuse"]
    if refused:
        reason = "；".join(finding.text for finding in refused)
        _enter(tx, replace(arrival, state=TransmissionState.REFUSED, answered_at=tx.now, reason=reason))
        _answer(tx, arrival, TransmissionState.REFUSED, reason, [_ground(tx, finding) for finding in refused])
        return
    _enter(tx, arrival)
    for file in data.files:
        tenants.hand_over(tx.ports.blobs, data.sending_tenant, tx.tenant, file.sha256, file.size)
        tx.insert(store.attachments, store.plain_row(_attachment(tx, arrival, file)))
    _answer(tx, arrival, TransmissionState.ARRIVED)
    persons = _registrars(tx)
    if persons:
        work.opened(tx, _item(tx, arrival, persons))


def recalled(tx: Tx, data: exchange_events_pb2.TransmissionRecalled) -> None:
    """The sender wants it back: withdrawn, or the answer that was given before. Refuses Busy while it has not come yet."""
    arrival = exchange.locked_arrival(tx, own_id(data.transmission))
    if arrival is None:
        raise Busy(dependency="transmission")
    if not arrival.waiting:
        _answer(tx, arrival, arrival.state, arrival.reason)
        return
    _save(tx, replace(arrival, state=TransmissionState.WITHDRAWN, answered_at=tx.now, reason=data.reason))
    _let_go(tx, arrival)
    _answer(tx, arrival, TransmissionState.WITHDRAWN, data.reason)
    work.ended(tx, _item(tx, arrival, _registrars(tx)), done=False)


def _arrival(tx: Tx, data: exchange_events_pb2.DocumentTransmitted) -> Arrival:
    return Arrival(
        id=own_id(data.transmission),
        sending_tenant=data.sending_tenant,
        sender=data.sender,
        sender_number=data.sender_number,
        sender_date=convert.plain(data.sender_date),
        title=data.title,
        body=data.body,
        document_type=data.document_type,
        urgency=convert.value_of(data, data.DESCRIPTOR.fields_by_name["urgency"]) or "ordinary",
        note=data.note,
        state=TransmissionState.ARRIVED,
        arrived_at=tx.now,
    )


def _found(tx: Tx, arrival: Arrival, sender: Office, files: int) -> list[Finding]:
    roster, rules = tx.roster, tx.rules()
    mine = Office(tx.tenant, roster.tenant.display_name, roster.tenant.kind, roster.tenant.parent)
    known = {
        "sender": arrival.sender,
        "sender_number": arrival.sender_number,
        "document_type": arrival.document_type,
        "urgency": arrival.urgency,
        "medium": "electronic",
        "character_count": len(arrival.body),
        "local_time": tx.now.astimezone(ZoneInfo(roster.tenant.time_zone)).strftime("%H:%M"),
        **about(mine, sender, files),
    }
    return rules.check(ACCEPT, {name: known.get(name) for name in _OFFERED}, roster.calendar())


def _ground(tx: Tx, finding: Finding) -> types_pb2.RuleFinding:
    citation = citation_pb2.Citation(**asdict(finding.citation))
    return types_pb2.RuleFinding(
        reason=finding.reason, text=finding.text, effect=finding.effect, citation=citation, find_time=convert.stamp(tx.now)
    )


def _attachment(tx: Tx, arrival: Arrival, file: exchange_events_pb2.TransmittedFile) -> Attachment:
    scan = Scan(file.scan_state)
    return Attachment(ids.new(), arrival.id, file.file_name, file.content_type, file.size, file.sha256, scan, "", tx.now)


def _registrars(tx: Tx) -> list[str]:
    """Who registers incoming documents now."""
    return [member.person for member in tx.roster.who_may(REGISTER, tx.now, tx.rules())]


# ---- what becomes of it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RegisterArrival(Command):
    name: str
    document_type: str = ""
    document_class: str = ""
    source: str = ""
    matters: tuple[str, ...] = ()
    contains_request: bool = False
    duplicate_confirmed: bool = False


@command(audit="documents.arrival.register")
def register_arrival(tx: Tx, cmd: RegisterArrival) -> Case:
    """Makes an incoming document of it. What the rules return to its sender is refused to the sender with these reasons."""
    may(cmd.caller, REGISTER)
    arrival = _waiting(tx, cmd.name)
    known = tx.rules().vocabulary("document_type")
    registered = RegisterDocument(
        caller=cmd.caller,
        arrival=arrival.id,
        title=arrival.title,
        sender=arrival.sender,
        sender_number=arrival.sender_number,
        sender_date=arrival.sender_date,
        body=arrival.body,
        document_type=cmd.document_type or (arrival.document_type if arrival.document_type in known else ""),
        document_class=cmd.document_class,
        urgency=arrival.urgency,
        source=cmd.source,
        matters=cmd.matters,
        contains_request=cmd.contains_request,
        duplicate_confirmed=cmd.duplicate_confirmed,
    )
    case = register_document(tx, registered)
    returned = case.document.state is State.RETURNED
    state = TransmissionState.REFUSED if returned else TransmissionState.REGISTERED
    grounds = [convert.finding(kept, case.rules) for kept in case.findings if returned and kept["effect"] == "return"]
    _answered(tx, arrival, state, case.document.end_reason, grounds)
    return case


@dataclass(frozen=True, kw_only=True)
class RefuseArrival(Command):
    name: str
    reason: str


@command(audit="documents.arrival.refuse")
def refuse_arrival(tx: Tx, cmd: RefuseArrival) -> Arrival:
    """Refuses it with a reason; its files are let go. Refuses: Missing, ArrivalAnswered."""
    may(cmd.caller, REGISTER)
    arrival = _waiting(tx, cmd.name)
    _let_go(tx, arrival)
    tx.audit("documents.arrival.refuse", arrival.name, details={"reason": cmd.reason, "sending_tenant": arrival.sending_tenant})
    return _answered(tx, arrival, TransmissionState.REFUSED, cmd.reason)


def _waiting(tx: Tx, name: str) -> Arrival:
    arrival = exchange.locked_arrival(tx, own_id(name))
    if arrival is None:
        raise Missing()
    arrival.ensure_waiting()
    return arrival


def _answered(tx: Tx, arrival: Arrival, state: TransmissionState, reason: str, grounds: Sequence[types_pb2.RuleFinding] = ()) -> Arrival:
    assert tx.caller is not None
    done = replace(arrival, state=state, answerer=tx.caller.person, answered_at=tx.now, reason=reason)
    _save(tx, done)
    _answer(tx, arrival, state, reason, grounds)
    work.ended(tx, _item(tx, arrival, [tx.caller.person]), done=True, by=tx.caller.person)
    return done


def _answer(tx: Tx, arrival: Arrival, state: TransmissionState, reason: str = "", grounds: Sequence[types_pb2.RuleFinding] = ()) -> None:
    data = exchange_events_pb2.TransmissionAnswered(
        transmission=arrival.transmission, state=convert.TRANSMISSION[state], time=convert.stamp(tx.now), reason=reason, findings=grounds
    )
    if grounds:
        data.citation.CopyFrom(grounds[0].citation)
    tx.emit(Event("documents.transmission.answered.v1", arrival.transmission, data, receivers=(arrival.sending_tenant,)))


def _enter(tx: Tx, arrival: Arrival) -> None:
    tx.insert(store.arrivals, store.plain_row(arrival))


def _save(tx: Tx, arrival: Arrival) -> None:
    row = store.plain_row(arrival)
    tx.update(store.arrivals, {"id": row.pop("id")}, row)


def _let_go(tx: Tx, arrival: Arrival) -> None:
    """Its files hang on nothing any more: they are swept like uploads that nobody used."""
    for file in exchange.files_of(tx, arrival.id):
        tx.update(store.attachments, {"id": file.id}, {"document": ""})


def _item(tx: Tx, arrival: Arrival, persons: list[str]) -> work_pb2.WorkItem:
    """An arrival as the to-do list sees it: something to register or to refuse."""
    return work_pb2.WorkItem(
        item=arrival.name,
        subject=arrival.name,
        kind=work_pb2.WORK_KIND_ACTION,
        title=arrival.title,
        number=arrival.sender_number,
        step=REGISTER_STEP,
        persons=persons,
        urgency=convert.URGENCY[arrival.urgency],
        arrive_time=convert.stamp(arrival.arrived_at),
        remark=arrival.sender,
        delegable=True,
    )
