"""Finding documents by their words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, finding, queries, store
from services.documents.domain.errors import NothingToSearch
from services.documents.domain.search import phrases
from services.kit import pages
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import search_service_pb2, search_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports


class SearchService(search_service_pb2_grpc.SearchServiceServicer):
    """Finds documents."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def SearchDocuments(self, request: Any, context: grpc.ServicerContext) -> search_service_pb2.SearchDocumentsResponse:
        who = caller(context)
        if not phrases(request.text):
            raise NothingToSearch()
        wish = replace(convert.wish(request.filter), text=request.text)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("search", who.tenant, who.person, *wish.scope)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            shown, token = page.cut(queries.list_documents(tx, wish, page), key=lambda row: (row.place, row.id))
            total, more = store.lists.total(tx, wish)
            found = finding.hits(tx, request.text, shown)
        return search_service_pb2.SearchDocumentsResponse(hits=found, next_page_token=token, total=total, total_is_least=more)
