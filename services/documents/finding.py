"""What a search answers: the documents of a page with the places at which the words stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from services.documents import queries, store
from services.documents.commands import text
from services.documents.domain.search import AROUND, Snippet, phrases, snippet
from xiaoneng.documents.v1 import search_service_pb2

if TYPE_CHECKING:
    from sqlalchemy import Row

    from services.kit.db.tx import Tx

_MOST = 3
_HEAD = (
    search_service_pb2.SEARCH_SOURCE_TITLE,
    search_service_pb2.SEARCH_SOURCE_SENDER,
    search_service_pb2.SEARCH_SOURCE_NUMBER,
)


def hits(tx: Tx, asked: str, rows: Sequence[Row[Any]]) -> list[search_service_pb2.SearchHit]:
    """The documents of a page with their snippets."""
    wanted = phrases(asked)
    files = store.lists.texts_of_files(tx, [row.id for row in rows], wanted)
    return [_hit(tx, row, wanted, files.get(row.id, ())) for row in rows]


def _hit(tx: Tx, row: Row[Any], wanted: Sequence[str], files: Sequence[Row[Any]]) -> search_service_pb2.SearchHit:
    document = store.document_of(row)
    found = search_service_pb2.SearchHit(document=queries.document_line(tx, row))
    head = text.head_of(document)
    for source, part in zip(_HEAD, head, strict=True):
        _add(found, source, snippet(part, wanted, around=len(part)))
    _add(found, search_service_pb2.SEARCH_SOURCE_BODY, snippet(document.body, wanted, AROUND))
    for file in files:
        _add(found, search_service_pb2.SEARCH_SOURCE_ATTACHMENT, snippet(file.text, wanted, AROUND), file.file_name)
    return found


def _add(hit: search_service_pb2.SearchHit, source: Any, found: Snippet | None, file_name: str = "") -> None:
    if found is not None and len(hit.snippets) < _MOST:
        spans = [search_service_pb2.TextSpan(start=start, length=length) for start, length in found.hits]
        hit.snippets.append(search_service_pb2.SearchSnippet(source=source, file_name=file_name, text=found.text, spans=spans))
