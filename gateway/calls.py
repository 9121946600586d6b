"""Calls to the services: one channel each, and what travels with every call."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message

from gateway import body, errors
from gateway.descriptors import Contract, Method
from services.kit.rpc import tls
from services.kit.rpc.channel import repeatable

_MOST_BYTES = 16 * 1024 * 1024
_LOOK_SECONDS = 5
_OLD_CALLS_SECONDS = 900

Metadata = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Outgoing:
    """What travels beside a message."""

    metadata: Metadata
    timeout: float


class Calls:
    """Channels to the services of `addresses`. Made inside the event loop that uses it."""

    def __init__(self, contract: Contract, addresses: Mapping[str, str], certificates: tls.Files | None = None) -> None:
        self._config = service_config(contract)
        self._addresses = addresses
        self._certificates = certificates
        self._credentials = tls.channel_credentials(certificates) if certificates is not None else None
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._threads: dict[str, grpc.Channel] = {}
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
        """Sends a stream; what it takes from `messages` waits until the service has room.

        With grpc's threads: its asyncio client reports INTERNAL instead of the status when a service refuses in the
        middle of a stream. An exception of `messages` cancels the call and is raised here.
        """
        make = self._threaded(method.service).stream_unary
        call = make(method.path, request_serializer=_serialize, response_deserializer=method.output.FromString)
        feed = _Feed(messages, asyncio.get_running_loop())
        future = call.future(feed.pull(), metadata=tuple(out.metadata), timeout=out.timeout)
        feed.give_up = future.cancel
        try:
            return await asyncio.wrap_future(feed.answer(future))
        except BaseException:
            future.cancel()
            if feed.failure is not None:
                raise feed.failure from None
            raise
        finally:
            feed.stop()

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
        for threaded in self._threads.values():
            threaded.close()

    async def keep_certificates(self) -> None:
        """Opens the channels anew whenever the certificates have changed, until it is cancelled."""
        while self._certificates is not None:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._certificates.changed():
                await self._renew(self._certificates)

    async def _renew(self, certificates: tls.Files) -> None:
        """New calls take new channels; those that run have time to end over the old ones."""
        self._credentials = tls.channel_credentials(certificates)
        channels, threads = list(self._channels.values()), list(self._threads.values())
        self._channels, self._threads, self._methods = {}, {}, {}
        await asyncio.gather(*(channel.close(_OLD_CALLS_SECONDS) for channel in channels))
        for threaded in threads:
            threaded.close()

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
            found = self._open(grpc.aio, service)
            self._channels[service] = found
        return found

    def _threaded(self, service: str) -> grpc.Channel:
        found = self._threads.get(service)
        if found is None:
            found = self._open(grpc, service)
            self._threads[service] = found
        return found

    def _open(self, kind: Any, service: str) -> Any:
        address, options = self._addresses[service], _options(self._config)
        if self._credentials is None:
            return kind.insecure_channel(address, options=options)
        return kind.secure_channel(address, self._credentials, options=options)


class _Feed:
    """Hands messages of the event loop to a thread of grpc, one at a time."""

    def __init__(self, messages: AsyncIterator[Message], loop: asyncio.AbstractEventLoop) -> None:
        self._messages = messages
        self._loop = loop
        self._pending: concurrent.futures.Future[Message | None] | None = None
        self._stopped = False
        self.failure: BaseException | None = None
        self.give_up: Callable[[], object] = lambda: None

    def pull(self) -> Iterator[Message]:
        """Runs in grpc's thread. Never ends a stream that has failed: the service would take the part for the whole."""
        while not self._stopped:
            self._pending = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
            try:
                message = self._pending.result()
            except concurrent.futures.CancelledError:
                self.give_up()
                return
            if self.failure is not None:
                self.give_up()
                return
            if message is None:
                return
            yield message

    async def _next(self) -> Message | None:
        try:
            return await anext(self._messages, None)
        except (errors.HTTPError, body.Gone) as failed:
            self.failure = failed
            return None

    @staticmethod
    def answer(call: Any) -> concurrent.futures.Future[Message]:
        """The outcome of a call as a future that asyncio understands."""
        waiting: concurrent.futures.Future[Message] = concurrent.futures.Future()

        def done(call: Any) -> None:
            if waiting.cancelled():
                return
            if call.cancelled():
                waiting.cancel()
            elif call.code() is grpc.StatusCode.OK:
                waiting.set_result(call.result())
            else:
                waiting.set_exception(call)

        call.add_done_callback(done)
        return waiting

    def stop(self) -> None:
        self._stopped = True
        if self._pending is not None:
            self._pending.cancel()


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


def _options(config: str) -> list[tuple[str, Any]]:
    return [
        ("grpc.max_receive_message_length", _MOST_BYTES),
        ("grpc.max_send_message_length", _MOST_BYTES),
        ("grpc.keepalive_time_ms", 60_000),
        # A service that was away for long is found again soon after it is back; the default waits up to two minutes.
        ("grpc.max_reconnect_backoff_ms", 1_000),
        ("grpc.service_config", config),
        # Several gateways in one process (tests) must not share a connection whose server is gone.
        ("grpc.use_local_subchannel_pool", 1),
    ]


def service_config(contract: Contract) -> str:
    """The kit's retries for the methods of the contract that may be repeated.

    Unlike a service, the gateway does not wait for one that is away: a browser is better told at once.
    """
    file = resources.files("services.kit.rpc").joinpath("service_config.json")
    config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    retried = config["methodConfig"][0]
    retried.pop("waitForReady", None)
    retried["name"] = [
        {"service": m.descriptor.containing_service.full_name, "method": m.descriptor.name}
        for m in contract.methods()
        if repeatable(m.descriptor)
    ]
    return json.dumps(config)
