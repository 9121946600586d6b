"""Upkeep of documents."""

from __future__ import annotations

from services.kit.rpc.upkeep import LimitUpkeep
from xiaoneng.documents.v1 import upkeep_service_pb2_grpc


class UpkeepService(LimitUpkeep, upkeep_service_pb2_grpc.UpkeepServiceServicer):
    """What documents could not do by itself."""
