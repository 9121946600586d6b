"""The audit of documents."""

from __future__ import annotations

from services.kit.rpc.audit import AuditReading
from xiaoneng.documents.v1 import audit_service_pb2_grpc


class AuditService(AuditReading, audit_service_pb2_grpc.AuditServiceServicer):
    """Who did what, and whether the records are whole."""
