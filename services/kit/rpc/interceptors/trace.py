"""A span per call, below the caller's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind

from services.kit import ids
from services.kit.rpc.call import Call

_tracer = trace.get_tracer("xiaoneng.kit.rpc")


@contextmanager
def traced(call: Call) -> Iterator[None]:
    """Opens the span and binds what every line of the log carries."""
    parent = propagate.extract(call.metadata)
    attributes = {"rpc.system": "grpc", "rpc.service": call.service, "rpc.method": call.method}
    with _tracer.start_as_current_span(f"{call.service}/{call.method}", parent, SpanKind.SERVER, attributes) as span:
        context = span.get_span_context()
        with structlog.contextvars.bound_contextvars(
            request_id=call.metadata.get("x-request-id") or ids.new(),
            trace_id=f"{context.trace_id:032x}" if context.is_valid else "",
            tenant=call.metadata.get("x-xiaoneng-tenant", ""),
        ):
            yield
