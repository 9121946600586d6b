"""Channels to services: every call has a deadline, carries the trace, and is repeated only where that is harmless."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from opentelemetry.propagate import inject

from services.kit.bus.catalogue import import_all
from services.kit.identity import LIFETIME, TokenSigner
from services.kit.rpc.access import all_services
from services.kit.rpc.interceptors.identity import TENANT_KEY, TOKEN

TIMEOUT_SECONDS = 10.0
_READS = ("Get", "List", "Search", "Export", "Check", "Resolve", "Explain")
_OPTIONS = (
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", 8 * 1024 * 1024),
    ("grpc.max_send_message_length", 8 * 1024 * 1024),
    ("grpc.keepalive_time_ms", 60_000),
    # A service that was away for long is found again soon after it is back; the default waits up to two minutes.
    ("grpc.max_reconnect_backoff_ms", 1_000),
)


def connect(target: str, credentials: grpc.ChannelCredentials | None = None, *, timeout: float = TIMEOUT_SECONDS) -> grpc.Channel:
    """Opens a channel to the service at `target` (`host:port`, `dns:///…`, `unix:…`); `timeout` in seconds is for calls without one."""
    options = [*_OPTIONS, ("grpc.service_config", service_config())]
    channel = grpc.secure_channel(target, credentials, options) if credentials else grpc.insecure_channel(target, options)
    return grpc.intercept_channel(channel, _Defaults(timeout))


def metadata(token: str, tenant: str = "") -> tuple[tuple[str, str], ...]:
    """What a call carries to say who calls."""
    said = [(TOKEN, f"Bearer {token}")]
    return tuple([*said, (TENANT_KEY, tenant)] if tenant else said)


def service_metadata(signer: TokenSigner, service: str, now: Any, tenant: str = "") -> tuple[tuple[str, str], ...]:
    """What a call of a service itself carries; it holds for `LIFETIME`."""
    return metadata(signer.sign(f"service:{service}", now=now, kind="service", lifetime=LIFETIME), tenant)


@cache
def service_config() -> str:
    """The service config with the names of all methods that may be repeated: `service_config.json`, names from the protos."""
    import_all()
    config = json.loads(resources.files("services.kit.rpc").joinpath("service_config.json").read_text(encoding="utf-8"))
    config["methodConfig"][0]["name"] = [
        {"service": method.containing_service.full_name, "method": method.name}
        for service in all_services()
        for method in service.methods
        if repeatable(method)
    ]
    return json.dumps(config)


def repeatable(method: MethodDescriptor) -> bool:
    """Says whether a call may be sent again when nobody knows whether the first arrived: a read, or one with a request id."""
    if method.client_streaming or method.server_streaming:
        return False
    return method.name.startswith(_READS) or "request_id" in method.input_type.fields_by_name


class _Defaults(
    grpc.UnaryUnaryClientInterceptor,  # type: ignore[misc]
    grpc.UnaryStreamClientInterceptor,  # type: ignore[misc]
    grpc.StreamUnaryClientInterceptor,  # type: ignore[misc]
    grpc.StreamStreamClientInterceptor,  # type: ignore[misc]
):
    """Gives each call a deadline where it has none, and the trace."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout

    def _details(self, given: grpc.ClientCallDetails) -> grpc.ClientCallDetails:
        carrier: dict[str, str] = {}
        inject(carrier)
        details = grpc.ClientCallDetails()
        details.method = given.method
        details.timeout = given.timeout if given.timeout is not None else self._timeout
        details.metadata = [*(given.metadata or ()), *carrier.items()]
        details.credentials = given.credentials
        details.wait_for_ready = given.wait_for_ready
        details.compression = given.compression
        return details

    def _go_on(self, continuation: Callable[..., Any], details: grpc.ClientCallDetails, request: Any) -> Any:
        return continuation(self._details(details), request)

    intercept_unary_unary = _go_on
    intercept_unary_stream = _go_on
    intercept_stream_unary = _go_on
    intercept_stream_stream = _go_on
