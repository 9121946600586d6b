"""Documents from registration or draft to close."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, export, queries, store
from services.documents.commands import correct, draft, issue, register, send_home
from services.documents.commands.case import peek_many
from services.documents.domain.listing import Order, Wish
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import document_service_pb2, document_service_pb2_grpc, listing_pb2, types_pb2

if TYPE_CHECKING:
    from services.kit.service import Ports


class DocumentService(document_service_pb2_grpc.DocumentServiceServicer):
    """Registers, drafts, finds and corrects documents."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def RegisterDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(register.register_document, register.RegisterDocument, request, context)

    def ClassifyDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(register.classify_document, register.ClassifyDocument, request, context)

    def PreforwardDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(register.preforward_document, register.PreforwardDocument, request, context)

    def MarkDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(register.mark_document, register.MarkDocument, request, context)

    def CreateDraft(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(draft.create_draft, draft.CreateDraft, request, context)

    def UpdateDraft(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(draft.update_draft, draft.UpdateDraft, request, context)

    def SubmitDraft(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(draft.submit_draft, draft.SubmitDraft, request, context)

    def DeleteDraft(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(draft.delete_draft, draft.DeleteDraft, request, context)

    def IssueDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(issue.issue_document, issue.IssueDocument, request, context)

    def SendReply(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(issue.send_reply, issue.SendReply, request, context)

    def CorrectDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(correct.correct_document, correct.CorrectDocument, request, context)

    def ReturnDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(send_home.return_document, send_home.ReturnDocument, request, context)

    def VoidDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(correct.void_document, correct.VoidDocument, request, context)

    def MergeDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        return self._run(correct.merge_document, correct.MergeDocument, request, context)

    def GetDocument(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        who = caller(context)
        with self._ports.db.tenant(who.tenant, who) as tx:
            case = queries.open_case(tx, request.name)
            tx.audit("documents.document.read", case.document.name)
            return queries.document_view(case)

    def GetRoute(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Route:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return queries.route_view(queries.open_case(tx, request.name))

    def FindDuplicates(self, request: Any, context: grpc.ServicerContext) -> document_service_pb2.FindDuplicatesResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            rows = queries.find_duplicates(tx, request.sender, request.sender_number)
            cases = peek_many(tx, {row.id for row in rows})
            found = [queries.document_view(cases[row.id]) for row in rows]
        return document_service_pb2.FindDuplicatesResponse(documents=found)

    def ListDocuments(self, request: Any, context: grpc.ServicerContext) -> document_service_pb2.ListDocumentsResponse:
        who = caller(context)
        wish = Wish(
            kind=convert.word(request, "kind"),
            state=convert.word(request, "state"),
            document_class=request.document_class,
            unit=request.unit,
            text=request.text,
            order=Order.OLDEST if request.order == document_service_pb2.DOCUMENT_ORDER_OLDEST else Order.NEWEST,
        )
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("documents", who.tenant, who.person, *wish.scope)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            shown, token = page.cut(queries.list_documents(tx, wish, page), key=lambda row: (row.place, row.id))
            total, more = store.lists.total(tx, wish)
            found = [queries.document_line(tx, row) for row in shown]
        return document_service_pb2.ListDocumentsResponse(documents=found, next_page_token=token, total=total, total_is_least=more)

    def ListLedger(self, request: Any, context: grpc.ServicerContext) -> document_service_pb2.ListLedgerResponse:
        who, wish = caller(context), _ledger_wish(request)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("ledger", who.tenant, who.person, *wish.scope)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            shown, token = page.cut(queries.list_documents(tx, wish, page), key=lambda row: (row.place, row.id))
            total, more = store.lists.total(tx, wish)
            entries = [queries.ledger_entry(tx, row) for row in shown]
        return document_service_pb2.ListLedgerResponse(entries=entries, next_page_token=token, total=total, total_is_least=more)

    def ExportLedger(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        who, wish = caller(context), _ledger_wish(request)
        with self._ports.db.tenant(who.tenant, who) as tx:
            tx.audit("documents.ledger.export", details={"filter": wish.stored()})
        with tempfile.TemporaryFile() as file:
            with self._ports.db.snapshot(who.tenant, who) as tx:
                entries = (queries.ledger_entry(tx, row) for row in queries.whole_ledger(tx, wish))
                size, _ = export.write(file, wish, entries, export.Names.of(tx))
            yield from convert.download(export.pieces(file), export.CONTENT_TYPE, export.file_name(wish.view), size)

    def _run(self, use_case: Any, kind: Any, request: Any, context: grpc.ServicerContext) -> Any:
        return run(self._ports, use_case, convert.command(kind, request, caller(context)), queries.document_view)


def _ledger_wish(request: Any) -> Wish:
    """The filter of a ledger; without a view it is that of what has to be closed."""
    filter_ = request.filter
    if not filter_.view:
        filter_.view = listing_pb2.LEDGER_VIEW_SUPERVISED
    return convert.wish(filter_, ledger=convert.word(request, "state"), unit=request.unit, overdue=request.overdue_only)
