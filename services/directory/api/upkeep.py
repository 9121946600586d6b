"""Upkeep of directory."""

from __future__ import annotations

from typing import Any

import grpc

from services.kit.rpc.upkeep import Upkeep
from xiaoneng.directory.v1 import upkeep_service_pb2, upkeep_service_pb2_grpc


class UpkeepService(Upkeep, upkeep_service_pb2_grpc.UpkeepServiceServicer):
    """What directory could not do by itself."""

    pb = upkeep_service_pb2

    def ListDeadLetters(self, request: Any, context: grpc.ServicerContext) -> upkeep_service_pb2.ListDeadLettersResponse:
        return self._dead(request, context)

    def ReplayDeadLetters(self, request: Any, context: grpc.ServicerContext) -> upkeep_service_pb2.ReplayDeadLettersResponse:
        return self._replayed(request, context)
