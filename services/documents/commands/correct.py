"""Corrections: what was registered wrongly, void, twice; breaches that rested on a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.documents.commands import declared, effects
from services.documents.commands.case import Case, first
from services.documents.commands.names import own_id
from services.documents.commands.register import check_etag, check_words, held, judge, take_in, visible_case
from services.documents.domain.document import Kind, State
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.deadline import acts
from services.kit.deadline.model import Deadline
from services.kit.errors import Invalid
from services.kit.identity import may
from xiaoneng.documents.v1 import events_pb2

CORRECT = "documents:document:correct"
VOID = "documents:document:void"
SUPERVISE = "documents:document:supervise"
FIELDS = (
    "title", "sender", "sender_number", "sender_date", "document_type", "medium", "urgency", "source",
    "matters", "contains_request", "comprehensive", "fields",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CorrectDocument(Command):
    name: str
    document: tuple[tuple[str, Any], ...]
    update_mask: tuple[str, ...]
    reason: str
    etag: str = ""


@command(audit="documents.document.correct", first=first)
def correct_document(tx: Tx, cmd: CorrectDocument) -> Case:
    """Corrects what was registered; open deadlines keep running, later ones follow the corrected facts. Refuses: Stale, UnknownCode."""
    may(cmd.caller, CORRECT)
    case = visible_case(tx, cmd.name)
    case.document.ensure(State.REGISTERED, State.RUNNING, State.CLOSED)
    check_etag(case, cmd.etag)
    given = dict(cmd.document)
    if unknown := [name for name in cmd.update_mask if name not in FIELDS]:
        raise Invalid.of("update_mask", f"不能更正：{unknown[0]}")
    stated = dict(case.document.fields)
    declared.state(case, given.get("fields") if "fields" in cmd.update_mask else None)
    values = {name: given.get(name) for name in cmd.update_mask if name != "fields"}
    for name, value in values.items():
        if value is None and name != "sender_date":
            raise Invalid.of(name, "不能为空")
    if not values.get("title", "x"):
        raise Invalid.of("title", "标题不能为空")
    changed = case.document.correct(values, tx.now)
    if stated != case.document.fields:
        changed["fields"] = (stated, case.document.fields)
    check_words(case)
    case.enforce("documents.document.correct", reason=cmd.reason)
    if held(case) and not judge(case):
        take_in(case)
    effects.index(case)
    details = {name: {"before": _plain(before), "after": _plain(after)} for name, (before, after) in changed.items()}
    tx.audit("documents.document.correct", case.document.name, details={"reason": cmd.reason, "changed": details})
    effects.emit(case, "documents.document.corrected.v1", events_pb2.DocumentCorrected(document=case.document.name, fields=sorted(changed)))
    effects.save(case)
    return case


@dataclass(frozen=True, kw_only=True)
class VoidDocument(Command):
    name: str
    reason: str


@command(audit="documents.document.void", first=first)
def void_document(tx: Tx, cmd: VoidDocument) -> Case:
    """作废: the number stays taken, open steps and deadlines end. Refuses WrongState for one that is closed."""
    may(cmd.caller, VOID)
    case = visible_case(tx, cmd.name)
    case.enforce("documents.document.void", reason=cmd.reason)
    effects.end(case, State.VOID, cmd.reason)
    tx.audit("documents.document.void", case.document.name, details={"reason": cmd.reason})
    effects.save(case)
    return case


@dataclass(frozen=True, kw_only=True)
class MergeDocument(Command):
    name: str
    into: str
    reason: str


@command(audit="documents.document.merge")
def merge_document(tx: Tx, cmd: MergeDocument) -> Case:
    """The document was registered twice: this one ends, the other one stays. Refuses Missing, WrongState."""
    may(cmd.caller, CORRECT)
    if cmd.into == cmd.name:
        raise Invalid.of("into", "不能与自身合并")
    # Both rows are locked in the order of their ids, so that two merges cannot wait for each other.
    loaded = {name: visible_case(tx, name) for name in sorted((cmd.name, cmd.into))}
    case, other = loaded[cmd.name], loaded[cmd.into]
    if case.document.kind is not Kind.INCOMING or other.document.kind is not Kind.INCOMING:
        raise Invalid.of("into", "只能合并收文")
    other.document.ensure(State.REGISTERED, State.RUNNING, State.CLOSED)
    effects.end(case, State.MERGED, cmd.reason, merged_into=other.document.id)
    tx.audit("documents.document.merge", case.document.name, details={"into": cmd.into, "reason": cmd.reason})
    effects.save(case)
    return case


@dataclass(frozen=True, kw_only=True)
class SetAsideDeadline(Command):
    deadline: str
    reason: str


@command(audit="documents.deadline.set_aside")
def set_aside_deadline(tx: Tx, cmd: SetAsideDeadline) -> Deadline:
    """Sets a breach aside that rested on a wrong calendar, pack or registration; both stay visible."""
    may(cmd.caller, SUPERVISE)
    return acts.set_aside(tx, own_id(cmd.deadline), cmd.reason)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
