"""Views and background exports of ledgers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import grpc
from google.api import httpbody_pb2
from google.protobuf.any_pb2 import Any as Packed

from services.documents import convert, export, exporter, queries
from services.documents.commands import ledgers
from services.documents.commands.names import own_id
from services.documents.domain.errors import ExportNotReady
from services.documents.domain.listing import View, wish_of
from services.documents.store import reads
from services.kit import pages
from services.kit.db.command import run
from services.kit.errors import Missing
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import ledger_service_pb2, ledger_service_pb2_grpc
from xiaoneng.kit.v1 import file_pb2

if TYPE_CHECKING:
    from services.kit.service import Ports

_STATES = {"pending": "尚未生成", "failed": "生成失败", "expired": "已过期"}


class LedgerService(ledger_service_pb2_grpc.LedgerServiceServicer):
    """Keeps views, makes exports."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def SaveLedgerView(self, request: Any, context: grpc.ServicerContext) -> ledger_service_pb2.SavedLedgerView:
        wish = convert.wish(request.filter)
        cmd = ledgers.SaveView(caller=caller(context), request_id=request.request_id, display_name=request.display_name, wish=wish)
        return run(self._ports, ledgers.save_view, cmd, view_of)

    def ListLedgerViews(self, request: Any, context: grpc.ServicerContext) -> ledger_service_pb2.ListLedgerViewsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("views", who.tenant, who.person), now=tx.now)
            shown, token = page.cut(queries.ledger_views(tx, page), key=lambda row: (row.id,))
        return ledger_service_pb2.ListLedgerViewsResponse(views=[view_of(dict(row._mapping)) for row in shown], next_page_token=token)

    def DeleteLedgerView(self, request: Any, context: grpc.ServicerContext) -> ledger_service_pb2.SavedLedgerView:
        cmd = ledgers.DeleteView(caller=caller(context), request_id=request.request_id, name=request.name)
        return run(self._ports, ledgers.delete_view, cmd, view_of)

    def CreateLedgerExport(self, request: Any, context: grpc.ServicerContext) -> ledger_service_pb2.LedgerExport:
        wish = convert.wish(request.filter)
        if wish.view is View.ALL:
            request.filter.view = convert.VIEW[View.SUPERVISED]
            wish = convert.wish(request.filter)
        cmd = ledgers.CreateExport(caller=caller(context), request_id=request.request_id, wish=wish)
        return run(self._ports, ledgers.create_export, cmd, export_of)

    def ListLedgerExports(self, request: Any, context: grpc.ServicerContext) -> ledger_service_pb2.ListLedgerExportsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("exports", who.tenant, who.person), now=tx.now)
            shown, token = page.cut(queries.ledger_exports(tx, page), key=lambda row: (row.id,))
        return ledger_service_pb2.ListLedgerExportsResponse(exports=[export_of(dict(row._mapping)) for row in shown], next_page_token=token)

    def DownloadLedgerExport(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        who = caller(context)
        with self._ports.db.tenant(who.tenant, who) as tx:
            row = reads.export(tx, who.person, own_id(request.name))
            if row is None:
                raise Missing()
            if row.state != "done":
                raise ExportNotReady(state=_STATES[row.state])
            tx.audit("documents.ledger_export.download", request.name)
            exporter.fetched(tx, row)
        offset, length = convert.byte_range(request.range, row.size)
        info = file_pb2.FileInfo(file_name=row.file_name, size=row.size, sha256=row.sha256, offset=offset, length=length)
        info.create_time.FromDatetime(row.finished_at)
        packed = Packed()
        packed.Pack(info)
        pieces = self._ports.blobs.read(who.tenant, row.sha256, offset, length) if length else iter(())
        yield httpbody_pb2.HttpBody(content_type=export.CONTENT_TYPE, data=next(pieces, b""), extensions=[packed])
        for piece in pieces:
            yield httpbody_pb2.HttpBody(data=piece)


def view_of(row: Mapping[str, Any]) -> ledger_service_pb2.SavedLedgerView:
    """A view from its row."""
    return ledger_service_pb2.SavedLedgerView(
        name=f"ledgerViews/{row['id']}",
        display_name=row["display_name"],
        filter=convert.ledger_filter(wish_of(row["wish"])),
        create_time=convert.moment(row["created_at"]),
    )


def export_of(row: Mapping[str, Any]) -> ledger_service_pb2.LedgerExport:
    """An export from its row."""
    return ledger_service_pb2.LedgerExport(
        name=f"ledgerExports/{row['id']}",
        filter=convert.ledger_filter(wish_of(row["wish"])),
        state=convert.EXPORT[row["state"]],
        file_name=row["file_name"],
        row_count=row["rows"],
        size=row["size"],
        create_time=convert.moment(row["created_at"]),
        finish_time=convert.moment(row["finished_at"]),
        expire_time=convert.moment(row["expires_at"]),
    )
