"""The audit of directory."""

from __future__ import annotations

from typing import Any

import grpc

from services.kit.rpc.audit import AuditReading
from xiaoneng.directory.v1 import audit_service_pb2, audit_service_pb2_grpc


class AuditService(AuditReading, audit_service_pb2_grpc.AuditServiceServicer):
    """Who did what, and whether the records are whole."""

    pb = audit_service_pb2

    def ListAuditRecords(self, request: Any, context: grpc.ServicerContext) -> audit_service_pb2.ListAuditRecordsResponse:
        return self._listed(request, context)

    def VerifyAudit(self, request: Any, context: grpc.ServicerContext) -> audit_service_pb2.VerifyAuditResponse:
        return self._verified(request, context)
