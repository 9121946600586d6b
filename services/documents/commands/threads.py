"""Deliberation: opened among persons, seen by them alone, never passed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.documents import store
from services.documents.commands.asking import Asked
from services.documents.commands.names import check_persons, own_id, unit_of
from services.documents.domain.threads import Opinion, Thread
from services.documents.store import reads, visibility
from services.kit import ids, work
from services.kit.db.command import Command, command
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.identity import may
from services.kit.policy.predicates import HOLDERS
from xiaoneng.documents.v1 import events_pb2

READ = "documents:document:read"
OPEN, LOOK, OPENED = "documents.thread.open", "documents.thread.read", "documents.thread.opened"


@dataclass
class Talk:
    """A thread with what was said in it."""

    thread: Thread
    opinions: list[Opinion]


@dataclass(frozen=True, kw_only=True)
class OpenThread(Command):
    subject: str
    persons: tuple[str, ...]
    document: str = ""
    text: str = ""


@command(audit="documents.thread.open")
def open_thread(tx: Tx, cmd: OpenThread) -> Talk:
    """Opens a thread. Refuses: UnknownPerson; Missing for a document that the caller does not see; what the rules refuse."""
    may(cmd.caller, READ)
    check_persons(tx, cmd.persons, "persons")
    document = own_id(cmd.document) if cmd.document else ""
    if document:
        visibility.ensure(tx, document)
    me = cmd.caller.person
    thread = Thread(
        id=ids.new(),
        subject=cmd.subject,
        document=document,
        opener=me,
        opener_unit=unit_of(tx, me),
        persons=tuple(dict.fromkeys((me, *cmd.persons))),
        opened_at=tx.now,
    )
    tx.rules().enforce(OPEN, facts(tx, thread), tx.roster.calendar())
    tx.insert(store.threads, store.plain_row(thread))
    for person in thread.persons:
        tx.insert(store.thread_persons, {"person": person, "thread": thread.id, "document": document, "opened_at": tx.now})
    tx.emit(Event(type="documents.thread.opened.v1", subject=thread.name, data=events_pb2.ThreadOpened(thread=thread.name)))
    for notice in tx.rules().notices(OPENED, facts(tx, thread)):
        work.told(tx, thread.name, _addressed(tx, thread, notice.to), notice.text, notice.citation)
    return Talk(thread, [_said(tx, thread, cmd.text)] if cmd.text else [])


@dataclass(frozen=True, kw_only=True)
class AddOpinion(Command):
    name: str
    text: str


@command(audit="documents.thread.add_opinion")
def add_opinion(tx: Tx, cmd: AddOpinion) -> Talk:
    """Gives an opinion. Refuses Missing, or what the rules say, to somebody who is none of the thread's persons."""
    may(cmd.caller, READ)
    thread = of_mine(tx, cmd.name)
    return Talk(thread, [*reads.opinions_of(tx, thread.id), _said(tx, thread, cmd.text)])


def read(tx: Tx, name: str) -> Talk:
    """A thread of the caller's; the reading is on record. Refuses as `add_opinion` does."""
    thread = of_mine(tx, name)
    tx.audit("documents.thread.read", thread.name)
    return Talk(thread, reads.opinions_of(tx, thread.id))


def attempted(tx: Tx, name: str) -> None:
    """Keeps that somebody who is none of a thread's persons tried to read it."""
    thread = reads.thread(tx, own_id(name))
    if thread is not None and tx.caller is not None and tx.caller.person not in thread.persons:
        tx.audit("documents.thread.read_refused", thread.name)


def of_mine(tx: Tx, name: str) -> Thread:
    """A thread of which the caller is a person. What the regulation says to others is its own reason; else it is not there for them."""
    assert tx.caller is not None
    thread = reads.thread(tx, own_id(name))
    if thread is None:
        raise Missing()
    participant = tx.caller.person in thread.persons
    tx.rules().enforce(LOOK, facts(tx, thread, participant=participant), tx.roster.calendar())
    if not participant:
        raise Missing()
    return thread


def facts(tx: Tx, thread: Thread, **known: Any) -> Asked:
    """What rules see of a thread: who with whom, nothing of what is said."""
    values = {"opener": thread.opener, "opener_unit": thread.opener_unit or None, "about_document": bool(thread.document), **known}
    values["thread_persons"] = [person for person in thread.persons if person != thread.opener]
    return Asked(tx, tx.rules(), values, thread.opener_unit, thread.opener)


def _addressed(tx: Tx, thread: Thread, roles: tuple[str, ...]) -> list[str]:
    """Holders of these roles who are persons of the thread: nobody else learns of it."""
    asked = facts(tx, thread)
    found = [person for role in roles for person in asked.get(f"{HOLDERS}{role}")]
    return [person for person in dict.fromkeys(found) if person in thread.persons]


def _said(tx: Tx, thread: Thread, text: str) -> Opinion:
    assert tx.caller is not None
    opinion = Opinion(ids.new(), thread.id, tx.caller.person, text, tx.now)
    tx.insert(store.opinions, store.plain_row(opinion))
    return opinion
