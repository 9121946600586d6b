"""Who may see a document: the persons and units of its route, and who supervises the tenant. One place, for every question."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select, true

from services.documents.facts import DELEGATION_KIND
from services.documents.store import tables
from services.kit.db.tx import Tx
from services.kit.errors import Missing

SUPERVISE = "documents:document:supervise"
ISSUE = "documents:document:issue"


def holders(tx: Tx) -> list[str]:
    """Under which names the caller sees documents: himself, those who delegated to him, units in which he holds a post."""
    caller = tx.caller
    assert caller is not None
    roster, at = tx.roster, tx.now
    persons = [caller.person, *(d.delegator for d in roster.acts_for(caller.person, at, DELEGATION_KIND))]
    units = [post.unit for post in roster.posts_of(caller.person, at)]
    return [*(f"person:{person}" for person in dict.fromkeys(persons)), *(f"unit:{unit}" for unit in dict.fromkeys(units))]


def visible(tx: Tx) -> ColumnElement[bool]:
    """The condition on `documents` that the caller may see them."""
    assert tx.caller is not None
    documents, access = tables.documents, tables.access
    if SUPERVISE in tx.caller.permissions:
        return (documents.c.state != "draft") | (documents.c.initiator == tx.caller.person)
    seen: ColumnElement[bool] = exists(
        select(access.c.document).where(access.c.document == documents.c.id, access.c.holder.in_(holders(tx)))
    )
    if ISSUE in tx.caller.permissions:
        # Who numbers outgoing documents sees all that are on their way.
        seen = seen | (documents.c.kind == "outgoing")
    drafts = (documents.c.state != "draft") | (documents.c.initiator == tx.caller.person)
    return seen & drafts


def seen(tx: Tx, document_id: str) -> bool:
    """Says whether a document is there and to be seen by the caller."""
    return bool(tx.scalar(select(true()).select_from(tables.documents).where(tables.documents.c.id == document_id, visible(tx))))


def ensure(tx: Tx, document_id: str) -> None:
    """Refuses Missing for a document that is not there or not to be seen by the caller: the answer is the same."""
    if not seen(tx, document_id):
        raise Missing()
