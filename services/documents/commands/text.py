"""What makes a document findable: its head in the transaction that changes it, its body and its files by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from services.documents import store
from services.documents.domain.search import fold, terms
from services.documents.store.texts import HEAD, put_terms
from services.kit import ids

if TYPE_CHECKING:
    from services.documents.domain.document import Document
    from services.kit.db.tx import Tx

_QUEUED = "documents.text.queued"


def head_of(document: Document) -> tuple[str, str, str]:
    """Title, sender and numbers: by what a document is found at once."""
    numbers = " ".join(n for n in (document.registration_number, document.document_number, document.sender_number) if n)
    return document.title, document.sender, numbers


def index_head(tx: Tx, document: Document, *, new: bool) -> None:
    """Makes a document findable by its title, sender and numbers from this transaction on; its full text follows."""
    head = head_of(document)
    found = sorted(terms(*head))
    row = {"document": document.id, "source": HEAD, "folded": folded_head(head), "text": ""}
    if new:
        tx.insert(store.search_texts, row)
        for term in found:
            tx.insert(store.search_terms, {"term": term, "document": document.id})
    else:
        tx.upsert(store.search_texts, row)
        tx.delete(store.search_terms, {"document": document.id, "field": HEAD})
        tx.flush()
        put_terms(tx, document.id, found, HEAD)
    if document.body or not new:
        queue(tx, document.id)


def folded_head(head: Iterable[str]) -> str:
    """Title, sender and numbers as they are compared, a line each."""
    return "\n".join(fold(part) for part in head)


def queue(tx: Tx, document: str) -> None:
    """Lets the worker read the full text of a document anew. Asking twice in a transaction is asking once."""
    asked = tx.memo.setdefault(_QUEUED, set())
    if document not in asked:
        asked.add(document)
        row = {"document": document, "stamp": ids.new(), "next_at": tx.now, "attempts": 0, "error": ""}
        tx.upsert(store.text_jobs, row)
