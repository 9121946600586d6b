"""Upkeep of documents."""

from __future__ import annotations

from typing import Any

import grpc

from services.kit.rpc.upkeep import Upkeep
from xiaoneng.documents.v1 import upkeep_service_pb2, upkeep_service_pb2_grpc


class UpkeepService(Upkeep, upkeep_service_pb2_grpc.UpkeepServiceServicer):
    """What documents could not do by itself."""

    pb = upkeep_service_pb2

    def ListDeadLetters(self, request: Any, context: grpc.ServicerContext) -> upkeep_service_pb2.ListDeadLettersResponse:
        return self._dead(request, context)

    def ReplayDeadLetters(self, request: Any, context: grpc.ServicerContext) -> upkeep_service_pb2.ReplayDeadLettersResponse:
        return self._replayed(request, context)

    def ListStuckDeadlines(self, request: Any, context: grpc.ServicerContext) -> upkeep_service_pb2.ListStuckDeadlinesResponse:
        return self._stuck(request, context)

    def RetryStuckDeadlines(self, request: Any, context: grpc.ServicerContext) -> upkeep_service_pb2.RetryStuckDeadlinesResponse:
        return self._retried(request, context)
