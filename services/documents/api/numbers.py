"""Numbers of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, queries
from services.documents.commands import numbers
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import number_service_pb2, number_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports


class NumberService(number_service_pb2_grpc.NumberServiceServicer):
    """Keeps the numbers of documents."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def ReserveNumber(self, request: Any, context: grpc.ServicerContext) -> number_service_pb2.DocumentNumber:
        return run(self._ports, numbers.reserve_number, convert.command(numbers.ReserveNumber, request, caller(context)), convert.taken)

    def VoidNumber(self, request: Any, context: grpc.ServicerContext) -> number_service_pb2.DocumentNumber:
        return run(self._ports, numbers.void_number, convert.command(numbers.VoidNumber, request, caller(context)), convert.taken)

    def ImportNumbers(self, request: Any, context: grpc.ServicerContext) -> number_service_pb2.ImportNumbersResponse:
        return run(self._ports, numbers.import_numbers, convert.command(numbers.ImportNumbers, request, caller(context)), convert.imported)

    def ListNumbers(self, request: Any, context: grpc.ServicerContext) -> number_service_pb2.ListNumbersResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("numbers", who.tenant, who.person, request.series, request.year)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            shown, token = page.cut(queries.list_numbers(tx, request.series, request.year, page), key=lambda row: (row.position,))
        return number_service_pb2.ListNumbersResponse(numbers=[convert.number_line(row) for row in shown], next_page_token=token)
