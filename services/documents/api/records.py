"""What packs want stated of documents and recorded on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, queries, store
from services.documents.commands import records
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import record_service_pb2, record_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports


class RecordService(record_service_pb2_grpc.RecordServiceServicer):
    """Keeps dated records on documents."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def ListDeclarations(self, request: Any, context: grpc.ServicerContext) -> record_service_pb2.ListDeclarationsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return convert.declarations(tx.rules())

    def AddRecord(self, request: Any, context: grpc.ServicerContext) -> record_service_pb2.Record:
        cmd = convert.command(records.AddRecord, request, caller(context))
        return run(self._ports, records.add_record, cmd, queries.recorded)

    def WithdrawRecord(self, request: Any, context: grpc.ServicerContext) -> record_service_pb2.Record:
        cmd = convert.command(records.WithdrawRecord, request, caller(context))
        return run(self._ports, records.withdraw_record, cmd, queries.recorded)

    def ListRecords(self, request: Any, context: grpc.ServicerContext) -> record_service_pb2.ListRecordsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("records", who.tenant, who.person, request.name), now=tx.now)
            shown, token = page.cut(queries.list_records(tx, request.name, page), key=lambda row: (row.recorded_at, row.id))
            rules = queries.open_case(tx, request.name).rules
        found = [convert.record(store.record_of(row), rules) for row in shown]
        return record_service_pb2.ListRecordsResponse(records=found, next_page_token=token)
