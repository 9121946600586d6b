"""Deliberation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, queries, store
from services.documents.api.refused import on_record
from services.documents.commands import threads
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import thread_service_pb2, thread_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports


class ThreadService(thread_service_pb2_grpc.ThreadServiceServicer):
    """Threads and their opinions."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def OpenThread(self, request: Any, context: grpc.ServicerContext) -> thread_service_pb2.Thread:
        cmd = convert.command(threads.OpenThread, request, caller(context))
        return run(self._ports, threads.open_thread, cmd, convert.talk)

    def AddOpinion(self, request: Any, context: grpc.ServicerContext) -> thread_service_pb2.Thread:
        who = caller(context)
        with on_record(self._ports, who, lambda tx: threads.attempted(tx, request.name)):
            return run(self._ports, threads.add_opinion, convert.command(threads.AddOpinion, request, who), convert.talk)

    def GetThread(self, request: Any, context: grpc.ServicerContext) -> thread_service_pb2.Thread:
        who = caller(context)
        refused = on_record(self._ports, who, lambda tx: threads.attempted(tx, request.name))
        with refused, self._ports.db.tenant(who.tenant, who) as tx:
            return convert.talk(threads.read(tx, request.name))

    def ListThreads(self, request: Any, context: grpc.ServicerContext) -> thread_service_pb2.ListThreadsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("threads", who.tenant, who.person, request.document)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            shown, token = page.cut(queries.my_threads(tx, request.document, page), key=lambda row: (row.opened_at, row.id))
            found = [convert.thread(store.thread_of(row)) for row in shown]
        return thread_service_pb2.ListThreadsResponse(threads=found, next_page_token=token)
