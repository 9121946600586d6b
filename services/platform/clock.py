"""The driven clock of the embedded platform, as an RPC: for demos, tests and the web app's tests. Never on another clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import grpc

from services.kit.clock import Clock
from services.kit.errors import Invalid
from xiaoneng.platform.v1 import clock_service_pb2, clock_service_pb2_grpc

NAME = "platform"


class ClockGoesBack(Invalid):
    """A driven clock goes forward only."""

    reason = "CLOCK_GOES_BACK"
    text = "时钟只能向前拨"

    def __init__(self) -> None:
        super().__init__(summary=self.text)


class ClockService(clock_service_pb2_grpc.ClockServiceServicer):
    """Reads and moves the clock."""

    def __init__(self, clock: Clock, advance: Callable[[datetime], None]) -> None:
        self._clock = clock
        self._advance = advance

    def GetClock(self, request: Any, context: grpc.ServicerContext) -> clock_service_pb2.Clock:  # noqa: N802  the name is the contract's
        return self._now()

    def AdvanceClock(self, request: Any, context: grpc.ServicerContext) -> clock_service_pb2.Clock:  # noqa: N802  the name is the contract's
        now = self._clock.now()
        to = request.time.ToDatetime(UTC) if request.HasField("time") else now
        if to < now:
            raise ClockGoesBack()
        self._advance(to)
        return self._now()

    def _now(self) -> clock_service_pb2.Clock:
        clock = clock_service_pb2.Clock()
        clock.time.FromDatetime(self._clock.now())
        return clock
