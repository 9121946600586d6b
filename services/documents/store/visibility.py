"""Who may see a document: persons and units of its route, who supervises, to whom it was granted. One place, for every question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from services.documents.facts import DELEGATION_KIND
from services.documents.store import tables
from services.kit.errors import Missing
from services.kit.identity import Caller

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

SUPERVISE = "documents:document:supervise"
ISSUE = "documents:document:issue"
_KEYS = "documents.visibility.keys"


@dataclass(frozen=True)
class Key:
    """A holder under whose name the caller sees documents; granted ones of a unit only as far as they are of a period."""

    holder: str
    listed_from: datetime | None = None
    listed_until: datetime | None = None


def everybodys(kind: str) -> list[str]:
    """Holders of every document that has left its drafter: whoever supervises, and for outgoing ones whoever numbers them."""
    found = [f"permission:{SUPERVISE}"]
    return [*found, f"permission:{ISSUE}"] if kind == "outgoing" else found


def own_keys(tx: Tx, who: Caller | None = None) -> tuple[Key, ...]:
    """Under which names the caller (or `who`) sees documents by himself: as a person, for those who delegated to him, for the units of his
    posts, by his permissions."""
    caller = who or tx.caller
    assert caller is not None
    mine = Key(f"person:{caller.person}")
    if SUPERVISE in caller.permissions:
        return (Key(f"permission:{SUPERVISE}"), mine)
    roster, at = tx.roster, tx.now
    persons = [f"person:{d.delegator}" for d in roster.acts_for(caller.person, at, DELEGATION_KIND)]
    units = [f"unit:{post.unit}" for post in roster.posts_of(caller.person, at)]
    issues = [f"permission:{ISSUE}"] if ISSUE in caller.permissions else []
    return (mine, *(Key(holder) for holder in dict.fromkeys([*persons, *units, *issues])))


def keys(tx: Tx) -> tuple[Key, ...]:
    """All of them, with what was granted to him and still is."""
    if _KEYS not in tx.memo:
        tx.memo[_KEYS] = (*own_keys(tx), *_granted(tx))
    found: tuple[Key, ...] = tx.memo[_KEYS]
    return found


def grantees(tx: Tx, person: str) -> list[str]:
    """Under which names something may be granted to a person: himself, his units, his posts."""
    posts = tx.roster.posts_of(person, tx.now)
    names = [f"person:{person}", *(f"unit:{post.unit}" for post in posts), *(f"post:{post.unit}/{post.kind}" for post in posts)]
    return list(dict.fromkeys(names))


def _granted(tx: Tx) -> list[Key]:
    caller, table = tx.caller, tables.grants
    assert caller is not None
    if SUPERVISE in caller.permissions:
        return []
    in_force = (table.c.valid_from <= tx.now, table.c.valid_until > tx.now, table.c.revoked_at.is_(None))
    rows = tx.all(select(table).where(table.c.grantee.in_(grantees(tx, caller.person)), *in_force).order_by(table.c.id))
    return [Key(f"unit:{row.unit}", row.listed_from, row.listed_until) if row.unit else Key(f"grant:{row.id}") for row in rows]


def admits(key: Key, access: Any = tables.access) -> ColumnElement[bool]:
    """The condition on a row of `access` that it is of this key."""
    found = [access.c.holder == key.holder]
    if key.listed_from is not None:
        found.append(access.c.listed_at >= key.listed_from)
    if key.listed_until is not None:
        found.append(access.c.listed_at < key.listed_until)
    return and_(*found)


def shown(tx: Tx, access: Any = tables.access) -> ColumnElement[bool]:
    """The condition on a row of `access` that what it opens is shown: a draft to the person for whom it was opened, and to nobody else."""
    assert tx.caller is not None
    return or_(access.c.state != "draft", access.c.holder == f"person:{tx.caller.person}")


def sees(tx: Tx, access: Any = tables.access, by: Sequence[Key] | None = None) -> ColumnElement[bool]:
    """The condition on a row of `access` that it lets the caller see its document."""
    used = keys(tx) if by is None else by
    plain = [key.holder for key in used if key.listed_from is None and key.listed_until is None]
    bounded = [admits(key, access) for key in used if key.listed_from is not None or key.listed_until is not None]
    return and_(or_(access.c.holder.in_(plain) if plain else false(), *bounded), shown(tx, access))


def visible(tx: Tx, document: Any = tables.documents.c.id, by: Sequence[Key] | None = None) -> ColumnElement[bool]:
    """The condition on documents (or on a column with their ids) that the caller may see them."""
    access = tables.access.alias("seen")
    return exists(select(access.c.document).where(access.c.document == document, sees(tx, access, by)))


def seen(tx: Tx, document_id: str, by: Sequence[Key] | None = None) -> bool:
    """Says whether a document is there and to be seen by the caller."""
    documents = tables.documents
    return bool(tx.scalar(select(true()).select_from(documents).where(documents.c.id == document_id, visible(tx, by=by))))


def as_caller(tx: Tx, person: str) -> Caller:
    """The person as a caller with the permissions of now."""
    return Caller(person=person, tenant=tx.tenant, permissions=frozenset(tx.roster.permissions_of(person, tx.now, tx.rules())))


def who_sees(tx: Tx, persons: Iterable[str], documents: Collection[str]) -> list[str]:
    """Those of the persons who see all of the documents by themselves; drafts are nobody's to see here."""
    table, holders = tables.access, dict[str, set[str]]()
    for row in tx.all(select(table.c.document, table.c.holder).where(table.c.document.in_(documents), table.c.state != "draft")):
        holders.setdefault(row.document, set()).add(row.holder)
    names = {person: {key.holder for key in own_keys(tx, as_caller(tx, person))} for person in persons}
    return [person for person, own in names.items() if all(own & holders.get(document, set()) for document in documents)]


def seen_of(tx: Tx, documents: Collection[str]) -> frozenset[str]:
    """Those of the documents that the caller may see."""
    table = tables.documents
    return frozenset(row.id for row in tx.all(select(table.c.id).where(table.c.id.in_(documents), visible(tx))))


def ensure(tx: Tx, document_id: str, by: Sequence[Key] | None = None) -> None:
    """Refuses Missing for a document that is not there or not to be seen by the caller: the answer is the same."""
    if not seen(tx, document_id, by):
        raise Missing()
