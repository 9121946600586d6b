"""Traces of a process: who it is, and where its spans go."""

from __future__ import annotations

import pytest
from opentelemetry import trace as api
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.kit import trace


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    monkeypatch.setattr(api, "set_tracer_provider", lambda provider: None)  # the process's own stays
    return InMemorySpanExporter()


def test_spans_name_the_service_and_the_process(exported: InMemorySpanExporter) -> None:
    provider = trace.configure("documents", "api", processor=SimpleSpanProcessor(exported))
    with provider.get_tracer("test").start_as_current_span("act"):
        pass
    (span,) = exported.get_finished_spans()
    assert (span.name, span.resource.attributes["service.name"], span.resource.attributes["service.instance.id"]) == (
        "act",
        "xiaoneng-documents",
        "api",
    )


def test_without_a_collector_spans_have_ids_and_none_leave(exported: InMemorySpanExporter) -> None:
    provider = trace.configure("documents", "api")
    with provider.get_tracer("test").start_as_current_span("act") as span:
        assert span.get_span_context().is_valid
    provider.shutdown()
