"""Copies of documents that may be read only, and the permits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, queries
from services.documents.api.refused import on_record
from services.documents.commands import permits
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import permit_service_pb2, permit_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports


class PermitService(permit_service_pb2_grpc.PermitServiceServicer):
    """Asks, decides, copies, passes on."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def RequestPermit(self, request: Any, context: grpc.ServicerContext) -> permit_service_pb2.Permit:
        cmd = convert.command(permits.RequestPermit, request, caller(context))
        return run(self._ports, permits.request_permit, cmd, queries.permitted)

    def DecidePermit(self, request: Any, context: grpc.ServicerContext) -> permit_service_pb2.Permit:
        cmd = convert.command(permits.DecidePermit, request, caller(context))
        return run(self._ports, permits.decide_permit, cmd, queries.permitted)

    def ListPermits(self, request: Any, context: grpc.ServicerContext) -> permit_service_pb2.ListPermitsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("permits", who.tenant, who.person, request.name), now=tx.now)
            shown, token = page.cut(queries.permits_of(tx, request.name, page), key=lambda done: (done.permit.asked_at, done.permit.id))
            return permit_service_pb2.ListPermitsResponse(permits=[queries.permitted(done) for done in shown], next_page_token=token)

    def CopyDocument(self, request: Any, context: grpc.ServicerContext) -> permit_service_pb2.Copy:
        who = caller(context)
        cmd = convert.command(permits.CopyDocument, request, who)
        with on_record(self._ports, who, lambda tx: permits.attempted(tx, request.name, cmd.act)):
            return run(self._ports, permits.copy_document, cmd, queries.copied)

    def ForwardDocument(self, request: Any, context: grpc.ServicerContext) -> permit_service_pb2.ForwardDocumentResponse:
        who = caller(context)
        cmd = convert.command(permits.ForwardDocument, request, who)

        def forwarded(case: Any) -> permit_service_pb2.ForwardDocumentResponse:
            return permit_service_pb2.ForwardDocumentResponse(name=case.document.name, persons=cmd.persons)

        with on_record(self._ports, who, lambda tx: permits.attempted(tx, request.name, "forward")):
            return run(self._ports, permits.forward_document, cmd, forwarded)
