"""What the AuditService of every service does; their contracts differ in addresses and permissions only."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from services.kit import audit_reading as reading
from services.kit import pages
from services.kit.rpc.call import caller
from xiaoneng.kit.v1 import audit_view_pb2 as view

if TYPE_CHECKING:
    from sqlalchemy import Row

    from services.kit.service import Ports

_KINDS = {
    "changed": view.AUDIT_FAULT_KIND_CHANGED,
    "missing": view.AUDIT_FAULT_KIND_MISSING,
    "reordered": view.AUDIT_FAULT_KIND_REORDERED,
    "cut": view.AUDIT_FAULT_KIND_CUT,
}


class AuditReading:
    """Shows who did what, and whether the records are whole."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def ListAuditRecords(self, request: Any, context: grpc.ServicerContext) -> view.ListAuditRecordsResponse:
        who, db = caller(context), self._ports.db
        wanted = reading.Wanted(request.person, request.act, request.subject, _moment(request, "start_time"), _moment(request, "end_time"))
        with db.snapshot(who.tenant, who) as tx:
            scope = ("audit", who.tenant, who.person, wanted.person, wanted.act, wanted.subject, wanted.since, wanted.until)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            shown, token = page.cut(reading.records(db, tx, wanted, page), key=lambda row: (row.id,))
        return view.ListAuditRecordsResponse(records=map(_record, shown), next_page_token=token)

    def VerifyAudit(self, request: Any, context: grpc.ServicerContext) -> view.VerifyAuditResponse:
        who, db = caller(context), self._ports.db
        with db.snapshot(who.tenant, who) as tx:
            found = reading.stretch(db, tx, request.after_position)
        return view.VerifyAuditResponse(
            verified_position=found.verified,
            sealed_position=found.sealed,
            complete=found.complete,
            unsealed_count=found.unsealed,
            head=found.head,
            faults=[view.AuditFault(kind=_KINDS[each.kind], position=each.position, record=each.record) for each in found.faults],
        )


def _record(row: Row[Any]) -> view.AuditRecord:
    found = view.AuditRecord(
        id=row.id, person=row.person, on_behalf_of=row.on_behalf_of, act=row.act, subject=row.subject,
        clause=row.clause, pack=row.pack, version=row.version, position=row.position or 0,
    )  # fmt: skip
    found.act_time.FromDatetime(row.at)
    for name, value in (row.details or {}).items():
        found.details.add(name=name, value=value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return found


def _moment(request: Any, field: str) -> datetime | None:
    if not request.HasField(field):
        return None
    stamp: Timestamp = getattr(request, field)
    return stamp.ToDatetime(UTC)
