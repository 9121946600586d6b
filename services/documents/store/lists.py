"""Lists of documents: a page, a total, all of them for an export, under row-level security and under who may see what.

Every list starts from `access`, whose indexes have for each holder the documents in each order. Where the wish names something rare (a
word, a unit, a class), its documents are gathered first and sorted; else the page is read along the index of the order, and the rest is
looked up row by row until the page is full. Which of both is decided by counting what is named, up to a bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CTE, ColumnElement, Row, Select, and_, exists, func, literal, or_, select, tuple_, union_all

from services.documents.domain.listing import Order, View, Wish
from services.documents.domain.search import phrases, wanted
from services.documents.store import tables, visibility

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

EXACT = 1000
FEW = 2_000
MANY = 50_000
BATCH = 2_000
NOT_CLOSED = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTED_TERMS = 12
# By which copy a list is sorted, and whether the largest comes first.
SORT = {
    Order.NEWEST: ("listed_at", True),
    Order.OLDEST: ("listed_at", False),
    Order.NUMBER: ("ordinal", True),
    Order.DUE: ("due_at", False),
    Order.CLOSED: ("closed_at", True),
}
# Lines of a head in `search_texts`.
_SENDER, _NUMBERS = 2, 3


def page(tx: Tx, wish: Wish, after: tuple[Any, ...] | None, size: int) -> Sequence[Row[Any]]:
    """Up to `size` documents in the order of the wish after the place `after`; `place` is what they are sorted by."""
    found = _ordered(tx, wish, after, size).subquery("page")
    documents = tables.documents
    _, falling = SORT[wish.sorted_by]
    order = (found.c.place, found.c.document)
    listed = select(documents, found.c.place).join(found, found.c.document == documents.c.id)
    return tx.all(listed.order_by(*(column.desc() for column in order) if falling else order))


def total(tx: Tx, wish: Wish) -> tuple[int, bool]:
    """How many there are: exact to a thousand, and whether there are more."""
    few = _narrow(tx, wish)
    if few is not None:
        found = _gathered(tx, wish, few).limit(EXACT + 1)
    else:
        parts = [branch.limit(EXACT + 1) for branch in _branches(tx, wish)]
        found = _united(parts, "document").distinct().limit(EXACT + 1) if parts else _nothing()
    number = int(tx.scalar(select(func.count()).select_from(found.subquery())))
    return min(number, EXACT), number > EXACT


def everything(tx: Tx, wish: Wish) -> Iterator[Row[Any]]:
    """All documents of a list, batch by batch: never whole in memory. In one snapshot it is one state."""
    after: tuple[Any, ...] | None = None
    while rows := page(tx, wish, after, BATCH):
        yield from rows
        after = (rows[-1].place, rows[-1].id)


def _ordered(tx: Tx, wish: Wish, after: tuple[Any, ...] | None, size: int) -> Select[Any]:
    """The places of a page: gathered and sorted, or read along the index of each holder and merged."""
    few = _narrow(tx, wish)
    if few is not None:
        return _sorted(_gathered(tx, wish, few), wish, after).limit(size)
    parts = [_sorted(branch, wish, after).limit(size) for branch in _branches(tx, wish)]
    if not parts:
        return _nothing()
    united = _united(parts, "document", "place").distinct()
    columns = united.selected_columns
    order = (columns.place, columns.document)
    return united.order_by(*(column.desc() for column in order) if SORT[wish.sorted_by][1] else order).limit(size)


def _united(parts: Sequence[Select[Any]], *columns: str) -> Select[Any]:
    found = (union_all(*(select(part.subquery()) for part in parts)) if len(parts) > 1 else parts[0]).subquery("holders")
    return select(*(found.c[name] for name in columns))


def _nothing() -> Select[Any]:
    return select(tables.access.c.document, tables.access.c.listed_at.label("place")).where(literal(False)).limit(0)


def _sorted(found: Select[Any], wish: Wish, after: tuple[Any, ...] | None) -> Select[Any]:
    """In the order of the wish, after a place."""
    document, place = found.selected_columns.document, found.selected_columns.place
    falling = SORT[wish.sorted_by][1]
    if after is not None:
        here, there = tuple_(place, document), tuple_(*(literal(value) for value in after))
        found = found.where(here < there if falling else here > there)
    return found.order_by(*((place.desc(), document.desc()) if falling else (place, document)))


def _branches(tx: Tx, wish: Wish) -> list[Select[Any]]:
    """For each holder of the caller and each part of the view what one index has in order."""
    access = tables.access
    name, parts = ("ledger", wish.ledgers) if wish.view is View.SUPERVISED else ("kind", wish.kinds)
    rest = [visibility.shown(tx), *_conditions(tx, wish, by_terms=False)]
    place = access.c[SORT[wish.sorted_by][0]].label("place")
    return [
        select(access.c.document, place).where(visibility.admits(key), access.c[name] == part, *rest)
        for key in visibility.keys(tx)
        for part in parts
    ]


def _gathered(tx: Tx, wish: Wish, few: CTE) -> Select[Any]:
    """The documents that are wanted among a few, each once."""
    access = tables.access
    parts = [access.c.ledger.in_(wish.ledgers)] if wish.view is View.SUPERVISED else [access.c.kind.in_(wish.kinds)]
    place = access.c[SORT[wish.sorted_by][0]].label("place")
    found = select(access.c.document, place).join_from(few, access, access.c.document == few.c.document)
    return found.where(visibility.sees(tx), *parts, *_conditions(tx, wish)).distinct()


# ---- what is rare -------------------------------------------------------------------------------------------------------


def _narrow(tx: Tx, wish: Wish) -> CTE | None:
    """The documents of the rarest thing that the wish names; None where everything that it names is common."""
    named = _named(wish)
    if not named:
        return None
    known: dict[tuple[str, ...], int] = tx.memo.setdefault("documents.lists.narrow", {})
    if wish.scope not in known:
        known[wish.scope] = _rarest(tx, named)
    place = known[wish.scope]
    return named[place].distinct().cte("few").prefix_with("MATERIALIZED") if place >= 0 else None


def _rarest(tx: Tx, named: Sequence[Select[Any]]) -> int:
    """Which of these has the fewest documents; -1 when all have many. A small bound first: mostly something is rare."""
    for bound in (FEW, MANY):
        bounded = [select(func.count()).select_from(one.limit(bound + 1).subquery()).scalar_subquery() for one in named]
        counts = list(tx.all(select(*(count.label(f"n{i}") for i, count in enumerate(bounded))))[0])
        if min(counts) <= bound:
            return counts.index(min(counts))
    return -1


def _named(wish: Wish) -> list[Select[Any]]:
    """What the wish names that an index knows: the ids of its documents, each."""
    documents, access, terms = tables.documents, tables.access, tables.search_terms
    found: list[Select[Any]] = []
    for name, value in (
        ("state", wish.state), ("document_class", wish.document_class), ("document_type", wish.document_type),
        ("ledger_clause", wish.clause),
    ):  # fmt: skip
        if value:
            rare = documents.c[name] == value
            found.append(select(documents.c.id.label("document")).where(rare, *([documents.c.ledger_clause != ""] if wish.clause else [])))
    found += [
        select(access.c.document).where(access.c.holder == holder)
        for holder, wished in ((f"unit:{wish.unit}", wish.unit), (f"person:{wish.person}", wish.person))
        if wished
    ]
    words = dict.fromkeys(term for text in (wish.text, wish.number, wish.sender) for term in wanted(text))
    found += [select(terms.c.document).where(terms.c.term == term) for term in list(words)[:_COUNTED_TERMS]]
    return found


# ---- conditions on a row of `access` ------------------------------------------------------------------------------------


def _conditions(tx: Tx, wish: Wish, *, by_terms: bool = True) -> list[ColumnElement[bool]]:
    """What the wish narrows a list to. `by_terms`: also by the terms of its words, which the phrases imply.

    The terms of a phrase come together, which the planner does not know: along an index it would expect next to nothing and read all.
    """
    access = tables.access
    found: list[ColumnElement[bool]] = []
    for name in ("state", "document_class", "document_type", "ledger"):
        if value := getattr(wish, name):
            found.append(access.c[name] == value)
    if wish.kind and wish.view is View.SUPERVISED:
        found.append(access.c.kind == wish.kind)
    if wish.listed_from is not None:
        found.append(access.c.listed_at >= wish.listed_from)
    if wish.listed_until is not None:
        found.append(access.c.listed_at < wish.listed_until)
    if wish.overdue:
        late = or_(access.c.closed_at == NOT_CLOSED, access.c.due_at < access.c.closed_at)
        found += [access.c.due_at < tx.now, late]
    return found + _of_document(wish) + (_of_terms(wish) if by_terms else []) + _of_phrases(wish)


def _of_document(wish: Wish) -> list[ColumnElement[bool]]:
    access, documents = tables.access, tables.documents
    found: list[ColumnElement[bool]] = []
    if wish.clause:
        found.append(_document(documents.c.ledger_clause == wish.clause))
    if wish.unit:
        leads = [documents.c.lead_unit] if wish.view is View.SUPERVISED else [documents.c.lead_unit, documents.c.initiating_unit]
        steps = tables.steps
        handles = select(steps.c.id).where(steps.c.document == access.c.document, steps.c.unit == wish.unit, steps.c.act == "handle")
        found.append(or_(_document(or_(*(column == wish.unit for column in leads))), exists(handles)))
    if wish.person:
        involved = tables.access.alias("involved")
        found.append(
            exists(
                select(involved.c.document).where(involved.c.document == access.c.document, involved.c.holder == f"person:{wish.person}")
            )
        )
    return found


def _document(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    documents = tables.documents
    return exists(select(documents.c.id).where(documents.c.id == tables.access.c.document, condition))


def _of_terms(wish: Wish) -> list[ColumnElement[bool]]:
    """The terms of every word are there: cheaper to look up than the phrase."""
    access, terms = tables.access, tables.search_terms
    found: list[ColumnElement[bool]] = []
    for term in dict.fromkeys(term for text in (wish.text, wish.number, wish.sender) for term in wanted(text)):
        found.append(exists(select(terms.c.term).where(terms.c.term == term, terms.c.document == access.c.document)))
    return found


def _of_phrases(wish: Wish) -> list[ColumnElement[bool]]:
    """Every word stands there as it is written."""
    access, texts = tables.access, tables.search_texts
    found: list[ColumnElement[bool]] = []
    for phrase in phrases(wish.text):
        held = and_(texts.c.document == access.c.document, func.strpos(texts.c.folded, phrase) > 0)
        found.append(exists(select(texts.c.source).where(held)))
    for text, line in ((wish.sender, _SENDER), (wish.number, _NUMBERS)):
        for phrase in phrases(text):
            head = and_(texts.c.document == access.c.document, texts.c.source == "head")
            found.append(exists(select(texts.c.source).where(head, func.strpos(func.split_part(texts.c.folded, "\n", line), phrase) > 0)))
    return found


def texts_of_files(tx: Tx, documents: Sequence[str], wanted_phrases: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Of some documents the files in which a phrase stands: their names and words."""
    texts, files = tables.search_texts, tables.attachments
    said = or_(*(func.strpos(texts.c.folded, phrase) > 0 for phrase in wanted_phrases))
    named = and_(files.c.tenant == texts.c.tenant, files.c.document == texts.c.document, texts.c.source == "attachments/" + files.c.id)
    rows = tx.all(
        select(texts.c.document, files.c.file_name, texts.c.text)
        .join(files, named)
        .where(texts.c.document.in_(documents), said)
        .order_by(texts.c.document, files.c.created_at, files.c.id)
    )
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.document, []).append(row)
    return found
