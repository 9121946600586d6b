"""What responsible units do with a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, queries
from services.documents.commands import extend, handle
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import handling_service_pb2, handling_service_pb2_grpc, types_pb2

if TYPE_CHECKING:
    from services.kit.service import Ports


class HandlingService(handling_service_pb2_grpc.HandlingServiceServicer):
    """Start, dispatch, material, report, feedback, extension."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def StartHandling(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(handle.start_handling, handle.StartHandling, request, context, queries.acted)

    def RecordDispatch(self, request: Any, context: grpc.ServicerContext) -> handling_service_pb2.Handling:
        return self._run(handle.record_dispatch, handle.RecordDispatch, request, context, queries.handling_view)

    def RequestMaterial(self, request: Any, context: grpc.ServicerContext) -> handling_service_pb2.Handling:
        return self._run(handle.request_material, handle.RequestMaterial, request, context, queries.handling_view)

    def SupplyMaterial(self, request: Any, context: grpc.ServicerContext) -> handling_service_pb2.Handling:
        return self._run(handle.supply_material, handle.SupplyMaterial, request, context, queries.handling_view)

    def ReportHandling(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(handle.report_handling, handle.ReportHandling, request, context, queries.acted)

    def SubmitFeedback(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(handle.submit_feedback, handle.SubmitFeedback, request, context, queries.acted)

    def RequestExtension(self, request: Any, context: grpc.ServicerContext) -> handling_service_pb2.Extension:
        return self._run(extend.request_extension, extend.RequestExtension, request, context, queries.extended)

    def DecideExtension(self, request: Any, context: grpc.ServicerContext) -> handling_service_pb2.Extension:
        return self._run(extend.decide_extension, extend.DecideExtension, request, context, queries.extended)

    def GetHandling(self, request: Any, context: grpc.ServicerContext) -> handling_service_pb2.Handling:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return queries.handling_view(queries.open_case(tx, request.name))

    def ListExtensions(self, request: Any, context: grpc.ServicerContext) -> handling_service_pb2.ListExtensionsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("extensions", who.tenant, who.person), now=tx.now)
            shown, token = page.cut(queries.pending_extensions(tx, page), key=lambda row: (row.requested_at, row.id))
            mine = queries.mine_to_decide(tx, shown)
        return handling_service_pb2.ListExtensionsResponse(extensions=mine, next_page_token=token)

    def _run(self, use_case: Any, kind: Any, request: Any, context: grpc.ServicerContext, reply: Any) -> Any:
        return run(self._ports, use_case, convert.command(kind, request, caller(context)), reply)
