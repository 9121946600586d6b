"""Upkeep of directory."""

from __future__ import annotations

from services.kit.rpc.upkeep import Upkeep
from xiaoneng.directory.v1 import upkeep_service_pb2_grpc


class UpkeepService(Upkeep, upkeep_service_pb2_grpc.UpkeepServiceServicer):
    """What directory could not do by itself."""
