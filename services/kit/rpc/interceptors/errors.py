"""Turns refusals into statuses. One of the three edges where everything is caught: what is no refusal is INTERNAL with an id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import structlog
from google.rpc import status_pb2
from opentelemetry import trace
from prometheus_client import Counter

from services.kit import ids
from services.kit.errors import Refusal
from services.kit.rpc.call import Call, Interceptor
from services.kit.rpc.status import internal, to_status

REFUSALS = Counter("xiaoneng_refusals_total", "Calls that were refused, by reason code.", ["service", "method", "reason"])
FAILURES = Counter("xiaoneng_rpc_failures_total", "Calls that failed with INTERNAL; the log has the details.", ["service", "method"])

log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """The caller no longer waits; nothing is answered."""


def errors(service: str) -> Interceptor:
    """The interceptor of one service."""

    @contextmanager
    def answered(call: Call) -> Iterator[None]:
        try:
            yield
        except Cancelled:
            call.context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "the caller's deadline has passed")
        except Refusal as refusal:
            REFUSALS.labels(service, call.method, refusal.code).inc()
            log.info("rpc_refused", method=call.method, reason=refusal.code)
            _abort(call, to_status(refusal, service))
        except Exception as failure:  # edge: whatever escapes is answered with an id and logged whole
            error_id = ids.new()
            FAILURES.labels(service, call.method).inc()
            trace.get_current_span().record_exception(failure)
            log.exception("rpc_failed", method=call.method, error_id=error_id)
            _abort(call, internal(error_id, service))

    return answered


def _abort(call: Call, status: status_pb2.Status) -> None:
    call.context.abort_with_status(_Rich(status))


class _Rich(grpc.Status):  # type: ignore[misc]
    """A status with its details, as grpc wants it."""

    def __init__(self, status: status_pb2.Status) -> None:
        self.code: Any = next(code for code in grpc.StatusCode if code.value[0] == status.code)
        self.details = status.message
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)
