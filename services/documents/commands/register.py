"""Registering, classifying, forwarding ahead, marking: how an incoming document gets on its route."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.documents import convert
from services.documents.commands import attach, declared, effects, forecast, limits, numbers, returning
from services.documents.commands.case import ROUTES, Case, first, load, peek
from services.documents.commands.names import check_code, check_units, document_id, own_id, unit_of
from services.documents.domain.document import Document, Kind, State, ensure_unclassified
from services.documents.domain.errors import Duplicate, NoRoute, NotReturned, ReturnPending
from services.documents.domain.numbering import INCOMING
from services.documents.store import reads, visibility
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Finding, Invalid, Stale
from services.kit.identity import may
from services.kit.procedure.instance import Instance
from xiaoneng.documents.v1 import events_pb2

REGISTER = "documents:document:register"
CLASSIFY = "documents:document:classify"
LEDGER = "documents.incoming.classified"
ARRIVAL = "documents.incoming.register"


@dataclass(frozen=True, kw_only=True)
class RegisterDocument(Command):
    title: str
    sender: str
    sender_number: str = ""
    sender_date: date | None = None
    body: str = ""
    document_type: str = ""
    document_class: str = ""
    medium: str = ""
    urgency: str = ""
    source: str = ""
    matters: tuple[str, ...] = ()
    comprehensive: bool = False
    important: bool = False
    contains_request: bool = False
    secrecy: str = ""
    duplicate_confirmed: bool = False
    attachments: tuple[str, ...] = ()
    fields: Mapping[str, Any] | None = None
    # Of what another office delivered: the id that its files know already.
    arrival: str = ""
    resubmits: str = ""


@command(audit="documents.document.register")
def register_document(tx: Tx, cmd: RegisterDocument) -> Case:
    """Registers an incoming document and gives it its number. Refuses: Classified, Duplicate, UnknownCode, what the rules refuse."""
    may(cmd.caller, REGISTER)
    ensure_unclassified(cmd.secrecy)
    if not cmd.duplicate_confirmed:
        _ensure_new(tx, cmd)
    case = Case(tx, _registered(tx, cmd), new=True)
    check_words(case)
    declared.state(case, cmd.fields)
    _mark_text(case, cmd)
    _follow(case, cmd.resubmits)
    grounds = [f for f in case.enforce(ARRIVAL, same_text=same_text(case)) if f.effect == "return"]
    document = case.document
    taken = numbers.take(tx, INCOMING, document.id)
    document.registration_number, document.registered_at = taken.number.text, tx.now
    document.ordinal = taken.number.ordinal
    case.pins = dict(case.rules.pins)
    attach.hold(tx, document.id, cmd.attachments)
    effects.grant(case, [f"person:{document.initiator}", f"unit:{document.initiating_unit}"])
    effects.index(case)
    data = events_pb2.DocumentRegistered(
        document=document.name,
        registration_number=document.registration_number,
        sender=document.sender,
        sender_number=document.sender_number,
        document_type=document.document_type,
        unit=document.initiating_unit,
        register_time=convert.stamp(tx.now),
    )
    effects.emit(case, "documents.document.registered.v1", data, unit=document.initiating_unit)
    effects.notify(case, "documents.incoming.registered")
    if not grounds:
        take_in(case)
    elif returning.route(case) is None:
        document.end_reason = returning.told(grounds)
        effects.returned(case)
    # Otherwise it lies with the registry, which proposes its return: somebody has to consent.
    effects.save(case)
    return case


def take_in(case: Case) -> None:
    """It is accepted: its limits start, and its route opens where the rules know one by now."""
    if case.document.returning:
        case.document.stay(case.tx.now)
    limits.registered(case)
    if case.routed() is not None:
        open_route(case)


def held(case: Case) -> bool:
    """Whether it lies with the registry because rules have something against it that asks for its return."""
    return case.instance is None and any(kept["effect"] == "return" for kept in case.findings)


def judge(case: Case) -> list[Finding]:
    """What the rules have against the document as it is stated now; grounds of before that hold no more are dropped."""
    grounds = [finding for finding in case.found(ARRIVAL, same_text=same_text(case)) if finding.effect != "finding"]
    case.findings = [kept for kept in case.findings if kept["effect"] != "return"]
    case.keep(grounds)
    return grounds


def same_text(case: Case) -> list[str]:
    """Other documents of the sender with the same text."""
    mine = case.document.registration_number
    return [number for number in reads.same_text(case.tx, case.document.sender, case.document.text_hash) if number != mine]


def _mark_text(case: Case, cmd: RegisterDocument) -> None:
    """By what two documents with the same text are known: the text, or else the files."""
    body = "".join(cmd.body.split()) or "".join(reads.hashes_of(case.tx, [own_id(name) for name in cmd.attachments]))
    case.document.text_hash = hashlib.sha256(body.encode()).hexdigest() if body else ""


def _follow(case: Case, name: str) -> None:
    """It corrects one that was returned: the matter began when that one was handed in first. Refuses: Missing, NotReturned."""
    if not name:
        return
    visibility.ensure(case.tx, document_id(name))
    earlier = peek(case.tx, document_id(name)).document
    if earlier.state is not State.RETURNED:
        raise NotReturned()
    case.document.resubmits = earlier.id
    case.document.first_at = earlier.first_at or earlier.registered_at


def open_route(case: Case) -> None:
    """Puts a document on the route that the rules give it. Refuses NoRoute."""
    case.enforce(ROUTES[case.document.kind])
    procedure = case.routed()
    if procedure is None:
        raise NoRoute()
    earlier = case.instance
    case.pack = case.rules.citation(procedure.clause).pack
    case.instance = Instance(procedure, ids.new, case.facts(), list(earlier.steps) if earlier else [])
    case.document.start_route(case.tx.now)
    if case.document.kind is Kind.INCOMING:
        ledger = case.rules.ledger(LEDGER, case.offered(LEDGER, case.facts()))
        if ledger is not None:
            case.document.enter_ledger(ledger.citation.clause)
    effects.apply(case, case.instance.open(case.tx.now))
    forecast.warn(case)


def check_words(case: Case) -> None:
    """Codes must be the tenant's. Refuses UnknownCode."""
    document, rules = case.document, case.rules
    for field, vocabulary in (("document_type",) * 2, ("document_class",) * 2, ("source", "document_source")):
        check_code(rules.vocabulary(vocabulary), getattr(document, field), field)


def check_etag(case: Case, etag: str) -> None:
    """Refuses Stale when somebody has changed the document since the caller read it."""
    if etag and etag != str(case.document.version):
        raise Stale()


def _registered(tx: Tx, cmd: RegisterDocument) -> Document:
    document = Document(
        id=cmd.arrival or ids.new(),
        kind=Kind.INCOMING,
        title=cmd.title,
        initiator=cmd.caller.person,
        initiating_unit=unit_of(tx, cmd.caller.person),
        created_at=tx.now,
        updated_at=tx.now,
        state=State.REGISTERED,
    )
    for name in (
        "sender", "sender_number", "sender_date", "body", "document_type", "document_class", "source",
        "matters", "comprehensive", "important", "contains_request",
    ):  # fmt: skip
        setattr(document, name, getattr(cmd, name))
    document.medium = cmd.medium or document.medium
    document.urgency = cmd.urgency or document.urgency
    return document


def _ensure_new(tx: Tx, cmd: RegisterDocument) -> None:
    if not cmd.sender_number:
        return
    number = reads.registered_as(tx, cmd.sender, cmd.sender_number, cmd.sender_date)
    if number is not None:
        raise Duplicate(number=number)


@dataclass(frozen=True, kw_only=True)
class ClassifyDocument(Command):
    name: str
    document_class: str
    urgency: str = ""
    reason: str = ""
    etag: str = ""


@command(audit="documents.document.classify", first=first)
def classify_document(tx: Tx, cmd: ClassifyDocument) -> Case:
    """Gives a document its class and opens its route; another class means another route, the old steps are kept."""
    may(cmd.caller, CLASSIFY)
    case = visible_case(tx, cmd.name)
    check_etag(case, cmd.etag)
    document = case.document
    if held(case):
        raise ReturnPending()
    before = document.classify(cmd.document_class, cmd.urgency, tx.now)
    check_words(case)
    case.enforce("documents.incoming.classify")
    if before and not cmd.reason:
        raise Invalid.of("reason", "重新分类须说明理由")
    if case.instance is not None and case.instance.state == "running":
        effects.apply(case, case.instance.withdraw(tx.now, cmd.reason))
    open_route(case)
    data = events_pb2.DocumentClassified(
        document=document.name, document_class=cmd.document_class, earlier_class=before, procedure=case.route.procedure.id
    )
    effects.emit(case, "documents.document.classified.v1", data, clause=case.route.procedure.clause)
    tx.audit(
        "documents.document.classify",
        document.name,
        clause=case.route.procedure.clause,
        details={"before": before, "after": cmd.document_class},
    )
    effects.save(case)
    return case


@dataclass(frozen=True, kw_only=True)
class PreforwardDocument(Command):
    name: str
    lead_unit: str


@command(audit="documents.document.preforward", first=first)
def preforward_document(tx: Tx, cmd: PreforwardDocument) -> Case:
    """Sends an urgent document for handling at once while its route runs. Refuses PreforwardedAlready, what the rules refuse."""
    may(cmd.caller, CLASSIFY)
    case = visible_case(tx, cmd.name)
    check_units(tx, [cmd.lead_unit], "lead_unit")
    case.enforce("documents.incoming.preforward")
    case.document.preforward(cmd.lead_unit, tx.now)
    case.refresh()
    reroute(case)
    effects.save(case)
    return case


def reroute(case: Case) -> None:
    """Facts have changed: another route where the rules say so, or steps of the present one that were left out before."""
    procedure = case.routed()
    instance = case.instance
    if instance is None:
        if procedure is not None or case.document.state is State.REGISTERED:
            open_route(case)
    elif procedure is not None and procedure.id != instance.procedure.id:
        effects.apply(case, instance.withdraw(case.tx.now, "流程变更"))
        open_route(case)
    else:
        effects.apply(case, instance.reconsider(case.tx.now))


@dataclass(frozen=True, kw_only=True)
class MarkDocument(Command):
    name: str
    important: bool | None = None
    difficult: bool | None = None
    note: str = ""
    fields: Mapping[str, Any] | None = None


@command(audit="documents.document.mark", first=first)
def mark_document(tx: Tx, cmd: MarkDocument) -> Case:
    """Marks a document important or difficult: its limits and its route follow, as far as they have not passed."""
    may(cmd.caller, CLASSIFY)
    case = visible_case(tx, cmd.name)
    case.document.ensure(State.REGISTERED, State.RUNNING)
    marks = {"important": cmd.important, "difficult": cmd.difficult}
    case.document.decide({name: value for name, value in marks.items() if value is not None}, tx.now)
    declared.state(case, cmd.fields)
    case.enforce("documents.document.mark")
    case.refresh()
    if case.document.kind is Kind.INCOMING:
        limits.reconsidered(case)
    if case.instance is not None:
        effects.apply(case, case.instance.reconsider(tx.now))
        forecast.warn(case)
    tx.audit(
        "documents.document.mark",
        case.document.name,
        details={**marks, "note": cmd.note, **({"fields": dict(cmd.fields)} if cmd.fields else {})},
    )
    effects.save(case)
    return case


def visible_case(tx: Tx, name: str) -> Case:
    """Locks a document that the caller may see. Refuses Missing."""
    case = load(tx, document_id(name))
    visibility.ensure(tx, case.document.id)
    return case
