"""Calls to the services: one channel each, and what travels with every call."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message

from gateway.descriptors import Method

_SERVICE_CONFIG = Path(__file__).parent.parent / "services" / "kit" / "rpc" / "service_config.json"
_MOST_BYTES = 16 * 1024 * 1024

Metadata = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Outgoing:
    """What travels beside a message."""

    metadata: Metadata
    timeout: float


class Calls:
    """Channels to the services of `addresses`. Made inside the event loop that uses it."""

    def __init__(self, addresses: Mapping[str, str], ca: Path | None = None) -> None:
        self._addresses = addresses
        self._credentials = grpc.ssl_channel_credentials(ca.read_bytes()) if ca is not None else None
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._methods: dict[str, Any] = {}

    def offers(self, service: str) -> bool:
        return service in self._addresses

    async def unary(self, method: Method, message: Message, out: Outgoing) -> Message:
        """Asks a question that has one answer."""
        call = self._callable(method, "unary_unary")
        return await call(message, metadata=out.metadata, timeout=out.timeout)  # type: ignore[no-any-return]

    def download(self, method: Method, message: Message, out: Outgoing) -> Any:
        """Starts a stream of answers; the call can be iterated and cancelled."""
        return self._callable(method, "unary_stream")(message, metadata=out.metadata, timeout=out.timeout)

    async def upload(self, method: Method, messages: AsyncIterator[Message], out: Outgoing) -> Message:
        """Sends a stream; what it takes from `messages` waits until the service has room."""
        call = self._callable(method, "stream_unary")
        return await call(messages, metadata=out.metadata, timeout=out.timeout)  # type: ignore[no-any-return]

    async def ask(self, service: str, path: str, message: Message, answer: type[Message], out: Outgoing) -> Any:
        """A question of the gateway's own."""
        call = self._methods.get(path)
        if call is None:
            call = self._channel(service).unary_unary(path, request_serializer=_serialize, response_deserializer=answer.FromString)
            self._methods[path] = call
        return await call(message, metadata=out.metadata, timeout=out.timeout)

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close(None)

    def _callable(self, method: Method, kind: str) -> Any:
        found = self._methods.get(method.path)
        if found is None:
            make = getattr(self._channel(method.service), kind)
            found = make(method.path, request_serializer=_serialize, response_deserializer=method.output.FromString)
            self._methods[method.path] = found
        return found

    def _channel(self, service: str) -> grpc.aio.Channel:
        found = self._channels.get(service)
        if found is None:
            address = self._addresses[service]
            options = _options()
            if self._credentials is None:
                found = grpc.aio.insecure_channel(address, options=options)
            else:
                found = grpc.aio.secure_channel(address, self._credentials, options=options)
            self._channels[service] = found
        return found


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


def _options() -> list[tuple[str, Any]]:
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", _MOST_BYTES),
        ("grpc.max_send_message_length", _MOST_BYTES),
        ("grpc.keepalive_time_ms", 60_000),
        # Several gateways in one process (tests) must not share a connection whose server is gone.
        ("grpc.use_local_subchannel_pool", 1),
    ]
    if _SERVICE_CONFIG.exists():
        options.append(("grpc.service_config", json.dumps(json.loads(_SERVICE_CONFIG.read_text(encoding="utf-8")))))
    return options
