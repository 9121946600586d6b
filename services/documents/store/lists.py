"""Lists of documents: a page, a total, all of them for an export, under row-level security and under who may see what.

Every list starts from `access`, whose indexes have for each holder the documents in each order. Where the wish names something rare (a
word, a unit, a class), its documents are gathered first and sorted; else the page is read along the index of the order, and the rest is
looked up row by row until the page is full. Which of both is decided by counting what is named, up to a bound. What is common may still
lie far behind, like a word of years ago: reading along the index stops after so many rows, and the documents are gathered after all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, func, literal, or_, select, true, tuple_, union_all

from services.documents.domain.listing import Order, View, Wish
from services.documents.domain.search import phrases, wanted
from services.documents.store import tables, visibility

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

EXACT = 1000
FEW = 2_000
"""As many are gathered at once."""
LOOK = 20_000
"""As far a page is read along an index where its documents can be gathered as well."""
MANY = 50_000
"""As many are counted, and gathered if need be."""
BATCH = 2_000
# What a line of a ledger shows; the rest of a document is not read for an export.
LINE = {
    *("id", "kind", "state", "title", "sender", "sender_number", "document_class", "document_type", "initiator", "initiating_unit"),
    *("registration_number", "document_number", "registered_at", "created_at", "ledger", "ledger_clause", "lead_unit", "proposal"),
    *("due_at", "closed_at", "pins"),
}
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


def page(tx: Tx, wish: Wish, after: tuple[Any, ...] | None, size: int, *, whole: bool = False) -> Sequence[Row[Any]]:
    """Up to `size` documents in the order of the wish after the place `after`; `place` is what they are sorted by.

    `whole`: one page of all that there are, each of which will be asked for; of its documents only what a line of a ledger shows.
    """
    reach = _reach(tx, wish)
    if reach.rare:
        return _rows(tx, wish, _gathered(tx, wish, reach, after, size), whole=whole)
    bound = LOOK if reach.named and reach.own > LOOK and not whole else 0
    rows = _rows(tx, wish, _walked(tx, wish, after, size, bound), whole=whole)
    if not bound or len(rows) == size:
        return rows
    together = reach.number <= MANY or len(reach.named) > 1
    return _rows(tx, wish, _gathered(tx, wish, reach, after, size) if together else _walked(tx, wish, after, size, 0), whole=whole)


def total(tx: Tx, wish: Wish) -> tuple[int, bool]:
    """How many there are: exact to a thousand, and whether there are more."""
    reach = _reach(tx, wish)
    if reach.rare or (reach.named and reach.own > LOOK):
        few = _few(reach).subquery("few")
        seen = _seen(tx, wish, few.c.document, *_of_phrases(wish, tables.access.c.document))
        found = select(few.c.document).where(_asked(seen)).limit(EXACT + 1)
    else:
        parts = [branch.limit(EXACT + 1) for branch in _branches(tx, wish)]
        found = _united(parts, "document").distinct().limit(EXACT + 1) if parts else _nothing()
    number = int(tx.scalar(select(func.count()).select_from(found.subquery())))
    return min(number, EXACT), number > EXACT


def everything(tx: Tx, wish: Wish) -> Iterator[Row[Any]]:
    """All documents of a list, batch by batch: never whole in memory. In one snapshot it is one state."""
    after: tuple[Any, ...] | None = None
    while rows := page(tx, wish, after, BATCH, whole=True):
        yield from rows
        after = (rows[-1].place, rows[-1].id)


def _rows(tx: Tx, wish: Wish, places: Select[Any], *, whole: bool) -> Sequence[Row[Any]]:
    """The documents of some places, in the order of the wish; their bodies only where a word was looked for in them."""
    found, documents = places.subquery("page"), tables.documents
    order = (found.c.place, found.c.document)
    shown = [column if wish.text or column.name != "body" else literal("").label("body") for column in documents.c]
    if whole:
        shown = [column for column in documents.c if column.name in LINE]
    listed = select(*shown, found.c.place).join(found, found.c.document == documents.c.id)
    return tx.all(listed.order_by(*(column.desc() for column in order) if SORT[wish.sorted_by][1] else order))


def _in_order(found: Select[Any], wish: Wish, after: tuple[Any, ...] | None = None) -> Select[Any]:
    """In the order of the wish, after a place."""
    document, place = found.selected_columns.document, found.selected_columns.place
    falling = SORT[wish.sorted_by][1]
    if after is not None:
        here, there = tuple_(place, document), tuple_(*(literal(value) for value in after))
        found = found.where(here < there if falling else here > there)
    return found.order_by(*((place.desc(), document.desc()) if falling else (place, document)))


# ---- along the index ----------------------------------------------------------------------------------------------------


def _walked(tx: Tx, wish: Wish, after: tuple[Any, ...] | None, size: int, bound: int) -> Select[Any]:
    """The places of a page, read along the index of each holder and merged; no further than `bound` rows of each, 0 for all."""
    parts = [part.limit(size) for part in _branches(tx, wish, after, bound, ordered=True)]
    return _in_order(_united(parts, "document", "place").distinct(), wish).limit(size) if parts else _nothing()


def _branches(tx: Tx, wish: Wish, after: tuple[Any, ...] | None = None, bound: int = 0, *, ordered: bool = False) -> list[Select[Any]]:
    """For each holder of the caller and each part of the view what one index has in order; the rest of the wish is asked row by row."""
    access = tables.access
    name, parts = ("ledger", wish.ledgers) if wish.view is View.SUPERVISED else ("kind", wish.kinds)
    found: list[Select[Any]] = []
    for key in visibility.keys(tx):
        for part in parts:
            held = select(access, _place(wish)).where(visibility.admits(key), access.c[name] == part, visibility.shown(tx))
            near = _in_order(held, wish, after).limit(bound).subquery("near") if bound else None
            row: FromClause = access if near is None else near
            said = [*_of_row(tx, wish, row), *_of_document(wish, row.c.document), *_of_terms(wish, row.c.document)]
            said += _of_phrases(wish, row.c.document)
            if near is not None:
                found.append(_in_order(select(near.c.document, near.c.place).where(*said), wish))
                continue
            held = held.with_only_columns(access.c.document, _place(wish)).where(*said)
            found.append(_in_order(held, wish, after) if ordered else held)
    return found


def _united(parts: Sequence[Select[Any]], *columns: str) -> Select[Any]:
    found = (union_all(*(select(part.subquery()) for part in parts)) if len(parts) > 1 else parts[0]).subquery("holders")
    return select(*(found.c[name] for name in columns))


def _nothing() -> Select[Any]:
    return select(tables.access.c.document, tables.access.c.listed_at.label("place")).where(literal(False)).limit(0)


def _place(wish: Wish) -> ColumnElement[Any]:
    return tables.access.c[SORT[wish.sorted_by][0]].label("place")


# ---- what is rare, gathered -----------------------------------------------------------------------------------------------


def _gathered(tx: Tx, wish: Wish, reach: Reach, after: tuple[Any, ...] | None, size: int) -> Select[Any]:
    """The places of a page: what is named is gathered and sorted, then phrases are looked for in that order until the page is full."""
    few = _few(reach).cte("few").prefix_with("MATERIALIZED")
    seen = _seen(tx, wish, few.c.document).lateral("seen")
    places = _in_order(select(few.c.document, seen.c.place).join_from(few, seen, true()), wish, after)
    if not _of_phrases(wish, few.c.document):
        return places.limit(size)
    found = places.offset(0).subquery("found")  # without OFFSET the planner would look for the phrases before it sorts
    return _in_order(select(found.c.document, found.c.place).where(*_of_phrases(wish, found.c.document)), wish).limit(size)


def _few(reach: Reach) -> Select[Any]:
    """The documents of everything that is named, the rarest first."""
    first, *others = reach.named
    found = first.subquery("named")
    return select(found.c.document).where(*(found.c.document.in_(other) for other in others if reach.number > FEW)).distinct()


def _seen(tx: Tx, wish: Wish, document: ColumnElement[Any], *more: ColumnElement[bool]) -> Select[Any]:
    """The place of a document in a list of the caller, if it stands there; phrases are asked for by `more`."""
    access = tables.access
    part = access.c.ledger.in_(wish.ledgers) if wish.view is View.SUPERVISED else access.c.kind.in_(wish.kinds)
    said = [*_of_row(tx, wish, access), *_of_document(wish, access.c.document), *_of_terms(wish, access.c.document), *more]
    return select(_place(wish)).where(access.c.document == document, visibility.sees(tx), part, *said).limit(1)


@dataclass(frozen=True)
class Reach:
    """How much there is: what the wish names, the rarest first, of which there are `number`; how much the caller has. Up to a bound."""

    named: Sequence[Select[Any]] = ()
    number: int = 0
    own: int = 0

    @property
    def rare(self) -> bool:
        """Something that is named is rare."""
        return bool(self.named) and self.number <= FEW


def _reach(tx: Tx, wish: Wish) -> Reach:
    known: dict[tuple[str, ...], Reach] = tx.memo.setdefault("documents.lists.reach", {})
    if wish.scope not in known:
        named = _named(wish)
        known[wish.scope] = _counted(tx, named) if named else Reach()
    return known[wish.scope]


def _counted(tx: Tx, named: Sequence[Select[Any]]) -> Reach:
    """What is named in the order of how many there are. A small bound first: mostly something is rare."""
    for bound in (FEW, MANY):
        counts = _numbers(tx, named, bound)
        if min(counts) <= bound:
            break
    order = sorted(range(len(named)), key=counts.__getitem__)
    ordered, number = [named[place] for place in order], min(counts)
    if number <= FEW:
        return Reach(ordered, number)
    access = tables.access
    held = [select(access.c.document).where(access.c.holder == key.holder) for key in visibility.keys(tx)]
    return Reach(ordered, number, sum(_numbers(tx, held, LOOK)))


def _numbers(tx: Tx, sets: Sequence[Select[Any]], bound: int) -> list[int]:
    """How many there are of each, counted to one more than the bound."""
    bounded = [select(func.count()).select_from(one.limit(bound + 1).subquery()).scalar_subquery() for one in sets]
    return list(tx.all(select(*(count.label(f"n{i}") for i, count in enumerate(bounded))))[0])


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


# ---- what a wish narrows a list to ----------------------------------------------------------------------------------------


def _of_row(tx: Tx, wish: Wish, row: FromClause) -> list[ColumnElement[bool]]:
    """What a row of `access` says itself."""
    names = ("state", "document_class", "document_type", "ledger")
    found: list[ColumnElement[bool]] = [row.c[name] == value for name in names if (value := getattr(wish, name))]
    if wish.kind and wish.view is View.SUPERVISED:
        found.append(row.c.kind == wish.kind)
    if wish.listed_from is not None:
        found.append(row.c.listed_at >= wish.listed_from)
    if wish.listed_until is not None:
        found.append(row.c.listed_at < wish.listed_until)
    if wish.overdue:
        found += [row.c.due_at < tx.now, or_(row.c.closed_at == NOT_CLOSED, row.c.due_at < row.c.closed_at)]
    return found


def _asked(one: Select[Any]) -> ColumnElement[bool]:
    """Whether there is such a row, looked up for one document at a time. LIMIT keeps the planner from making a join of it: it does not know
    that the terms of a phrase come together, would expect next to nothing and read all."""
    return one.limit(1).scalar_subquery().is_not(None)


def _of_document(wish: Wish, document: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """What stands in other tables."""
    documents, steps, involved = tables.documents.alias("about"), tables.steps, tables.access.alias("involved")
    found: list[ColumnElement[bool]] = []
    if wish.clause:
        found.append(_asked(select(documents.c.id).where(documents.c.id == document, documents.c.ledger_clause == wish.clause)))
    if wish.unit:
        leads = [documents.c.lead_unit] if wish.view is View.SUPERVISED else [documents.c.lead_unit, documents.c.initiating_unit]
        leading = select(documents.c.id).where(documents.c.id == document, or_(*(column == wish.unit for column in leads)))
        handling = select(steps.c.id).where(steps.c.document == document, steps.c.unit == wish.unit, steps.c.act == "handle")
        found.append(or_(_asked(leading), _asked(handling)))
    if wish.person:
        holder = f"person:{wish.person}"
        found.append(_asked(select(involved.c.document).where(involved.c.document == document, involved.c.holder == holder)))
    return found


def _of_terms(wish: Wish, document: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The terms of every word are there: cheaper to look up than the phrase."""
    terms = tables.search_terms
    words = dict.fromkeys(term for text in (wish.text, wish.number, wish.sender) for term in wanted(text))
    return [_asked(select(terms.c.term).where(terms.c.term == term, terms.c.document == document)) for term in words]


def _of_phrases(wish: Wish, document: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Every word stands there as it is written. A word that is a term itself does where its term is."""
    texts = tables.search_texts
    found: list[ColumnElement[bool]] = []
    for phrase in phrases(wish.text):
        if wanted(phrase) != (phrase,):
            held = and_(texts.c.document == document, func.strpos(texts.c.folded, phrase) > 0)
            found.append(_asked(select(texts.c.source).where(held)))
    for text, line in ((wish.sender, _SENDER), (wish.number, _NUMBERS)):
        for phrase in phrases(text):
            head = and_(texts.c.document == document, texts.c.source == "head")
            said = func.strpos(func.split_part(texts.c.folded, "\n", line), phrase) > 0
            found.append(_asked(select(texts.c.source).where(head, said)))
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
