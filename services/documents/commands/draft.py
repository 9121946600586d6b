"""Drafts of outgoing documents and submissions: kept, changed, submitted, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.documents import convert, store
from services.documents.commands import act, attach, declared, effects, issue_entries, issue_list, limits, register
from services.documents.commands.case import Case, first, load
from services.documents.commands.names import check_units, document_id, unit_of
from services.documents.domain.document import Document, Kind, State, ensure_unclassified
from services.documents.domain.errors import NotADraft
from services.documents.store import visibility
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Invalid, Missing
from services.kit.identity import may
from services.kit.procedure.steps import Outcome, Step
from xiaoneng.documents.v1 import events_pb2

DRAFT = "documents:document:draft"
FIELDS = ("title", "body", "document_type", "document_class", "medium", "urgency", "matters", "comprehensive", "important", "fields")


@dataclass(frozen=True, kw_only=True)
class CreateDraft(Command):
    kind: str
    title: str
    body: str = ""
    document_type: str = ""
    medium: str = ""
    urgency: str = ""
    matters: tuple[str, ...] = ()
    comprehensive: bool = False
    important: bool = False
    secrecy: str = ""
    initiating_unit: str = ""
    attachments: tuple[str, ...] = ()
    fields: Mapping[str, Any] | None = None
    document_class: str = ""
    issue_entry: str = ""
    implements: str = ""


@command(audit="documents.draft.create")
def create_draft(tx: Tx, cmd: CreateDraft) -> Case:
    """Begins an outgoing document or a submission; nobody else sees it. Refuses: Classified, UnknownCode, UnknownUnit."""
    may(cmd.caller, DRAFT)
    ensure_unclassified(cmd.secrecy)
    check_units(tx, [cmd.initiating_unit], "initiating_unit")
    unit = cmd.initiating_unit or unit_of(tx, cmd.caller.person)
    if unit and unit not in tx.roster.units_of(cmd.caller.person, tx.now):
        raise Invalid.of("initiating_unit", "只能以本人所在单位的名义拟稿")
    document = Document(
        id=ids.new(),
        kind=Kind(cmd.kind),
        title=cmd.title,
        initiator=cmd.caller.person,
        initiating_unit=unit,
        created_at=tx.now,
        updated_at=tx.now,
    )
    for name in ("body", "document_type", "document_class", "matters", "comprehensive", "important"):
        setattr(document, name, getattr(cmd, name))
    document.medium = cmd.medium or document.medium
    document.urgency = cmd.urgency or document.urgency
    _for_the_list(tx, cmd, document)
    case = Case(tx, document, new=True)
    register.check_words(case)
    declared.state(case, cmd.fields)
    attach.hold(tx, document.id, cmd.attachments)
    effects.grant(case, [f"person:{document.initiator}"])
    effects.index(case)
    effects.save(case)
    limits.occurred(case, "documents.draft.created")
    return case


def _for_the_list(tx: Tx, cmd: CreateDraft, document: Document) -> None:
    """What it is drafted for: an entry of the issue list, a superior's document. Refuses: Missing, EntryEnded."""
    if cmd.implements:
        document.implements = document_id(cmd.implements)
        visibility.ensure(tx, document.implements)
    if cmd.issue_entry:
        entry = issue_entries.drafting(tx, cmd.issue_entry, cmd.caller)
        document.issue_entry, document.issuing = entry.id, entry.summary()
        document.implements = document.implements or entry.superior_document
        issue_entries.take_draft(tx, entry, document.id)


@dataclass(frozen=True, kw_only=True)
class UpdateDraft(Command):
    document: tuple[tuple[str, Any], ...]
    update_mask: tuple[str, ...] = ()


@command(audit="documents.draft.update")
def update_draft(tx: Tx, cmd: UpdateDraft) -> Case:
    """Changes a draft, or a document that was sent back to its drafter. Refuses: NotADraft, Stale."""
    may(cmd.caller, DRAFT)
    given = dict(cmd.document)
    case = load(tx, document_id(str(given["name"])))
    _ensure_mine(case)
    register.check_etag(case, str(given.get("etag") or ""))
    wanted = cmd.update_mask or FIELDS
    if unknown := [name for name in wanted if name not in FIELDS]:
        raise Invalid.of("update_mask", f"不能修改：{unknown[0]}")
    declared.state(case, given.get("fields") if "fields" in wanted else None)
    plain = [name for name in wanted if name != "fields"]
    case.document.correct({name: given[name] for name in plain if given.get(name) not in (None, "") or name == "body"}, tx.now)
    register.check_words(case)
    effects.index(case)
    effects.save(case)
    return case


@dataclass(frozen=True, kw_only=True)
class SubmitDraft(Command):
    name: str
    forward_to: str = ""
    fields: Mapping[str, Any] | None = None


@command(audit="documents.draft.submit", first=first)
def submit_draft(tx: Tx, cmd: SubmitDraft) -> Case:
    """Puts a draft on its route; where the route begins with drafting, that step is done. Refuses: NotADraft, NoRoute."""
    may(cmd.caller, DRAFT)
    case = load(tx, document_id(cmd.name))
    _ensure_mine(case)
    document = case.document
    declared.state(case, cmd.fields)
    if document.state is State.DRAFT:
        case.pins = dict(case.rules.pins)
        case.enforce("documents.draft.submit", **issue_list.measure(case))
        register.open_route(case)
        effects.grant(case, [f"unit:{document.initiating_unit}"] if document.initiating_unit else [])
        data = events_pb2.DocumentSubmitted(
            document=document.name, kind=convert.KIND[document.kind], procedure=case.route.procedure.id, unit=document.initiating_unit
        )
        effects.emit(case, "documents.document.submitted.v1", data, unit=document.initiating_unit)
        limits.occurred(case, "documents.draft.submitted")
    else:
        case.enforce("documents.draft.submit", _drafting(case), **issue_list.measure(case))
    step = _drafting(case)
    if step is not None:
        act.complete(case, step, Outcome(verdict="approve", forward_to=cmd.forward_to))
    elif cmd.forward_to:
        act.ensure_reached(case, cmd.forward_to)
    effects.save(case)
    return case


@dataclass(frozen=True, kw_only=True)
class DeleteDraft(Command):
    name: str


@command(audit="documents.draft.delete", first=first)
def delete_draft(tx: Tx, cmd: DeleteDraft) -> Case:
    """Deletes a draft that was never submitted, with its files. Refuses: NotADraft."""
    may(cmd.caller, DRAFT)
    case = load(tx, document_id(cmd.name))
    if case.document.initiator != cmd.caller.person:
        raise Missing()
    case.document.ensure_draft_of(cmd.caller.person)
    limits.cancel_all(case, "draft deleted")
    for table in (store.attachments, store.access, store.records, store.search_terms, store.search_texts, store.text_jobs):
        tx.delete(table, {"document": case.document.id})
    issue_list.released(case)
    tx.delete(store.documents, {"id": case.document.id})
    return case


def _ensure_mine(case: Case) -> None:
    """The drafter may change and submit: a draft, or what came back to a step of drafting that lies with him."""
    caller = case.tx.caller
    assert caller is not None
    if case.document.state is State.DRAFT:
        if case.document.initiator != caller.person:
            raise Missing()
        return
    step = _drafting(case)
    if step is None or caller.person not in case.persons.get(step.id, []):
        raise NotADraft() if case.document.initiator == caller.person else Missing()


def _drafting(case: Case) -> Step | None:
    """The open step that asks for the draft."""
    if case.instance is None:
        return None
    return next((s for s in case.instance.open_steps() if case.template(s).act == "draft"), None)
