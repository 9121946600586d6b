"""How long each call takes and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import grpc
from prometheus_client import Gauge, Histogram

from services.kit.rpc.call import Call

RPC_DURATION = Histogram(
    "xiaoneng_rpc_duration_seconds",
    "Time from the first interceptor of a call to its answer.",
    ["service", "method", "code"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
RPC_RUNNING = Gauge("xiaoneng_rpc_running", "Calls that are being answered.", ["service"])


@contextmanager
def measured(call: Call) -> Iterator[None]:
    """Observes the duration, whatever the outcome."""
    started = perf_counter()
    running = RPC_RUNNING.labels(call.service)
    running.inc()
    try:
        yield
    finally:
        running.dec()
        code = call.context.code()
        name = code.name if isinstance(code, grpc.StatusCode) else "OK"
        RPC_DURATION.labels(call.service, call.method, name).observe(perf_counter() - started)
