"""Traces: spans of the platform's rooms and of the libraries below, sent to a collector where one is set.

OTLP over HTTP only: the gRPC exporter stalls a worker's hub whenever the collector does.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from sqlalchemy import Engine

_PATH = "/v1/traces"


def configure(service: str, process: str, endpoint: str = "", *, processor: SpanProcessor | None = None) -> TracerProvider:
    """Sets up the process's traces. Without an endpoint spans still carry ids, so that logs and events join; none leave.

    `processor` takes the place of the exporter (tests). Once per process; a second call is an error of the caller.
    """
    resource = Resource.create({"service.name": f"xiaoneng-{service}", "service.instance.id": process, "service.version": _version()})
    provider = TracerProvider(resource=resource)
    if processor is None and endpoint:
        # Here, like the one below: a tenth of a second of every start that needs neither.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint.rstrip("/") + _PATH))
    if processor is not None:
        provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    return provider


def instrument(engine: Engine) -> None:
    """Gives the statements of a database spans of their own: worth their cost where traces leave the process."""
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

    SQLAlchemyInstrumentor().instrument(engine=engine)


def _version() -> str:
    try:
        return version("xiaoneng")
    except PackageNotFoundError:
        return "0"
