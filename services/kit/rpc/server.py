"""The grpc server of a service: threads, interceptors, health, reflection, an end without losses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from services.kit.identity import TokenVerifier, key_set
from services.kit.rpc.access import access_table, services_of
from services.kit.rpc.call import Call, Interceptor, metadata_of
from services.kit.rpc.interceptors.deadline import in_time
from services.kit.rpc.interceptors.errors import errors
from services.kit.rpc.interceptors.identity import identity
from services.kit.rpc.interceptors.metrics import measured
from services.kit.rpc.interceptors.trace import traced
from services.kit.rpc.interceptors.validate import check, validated
from xiaoneng.kit.v1 import options_pb2

if TYPE_CHECKING:
    from services.kit.service import Ports, ServiceSpec
    from services.kit.settings import Settings

T = TypeVar("T")
Table = dict[str, tuple[MethodDescriptor, options_pb2.Access]]
_BUILT_IN = ("/grpc.health.", "/grpc.reflection.")
_THREADS_PER_CONNECTION = 2
GRACE_SECONDS = 25.0
OPTIONS = (
    # Clients come back after five minutes, so that they find new pods; a call that runs has half a minute to end.
    ("grpc.max_connection_age_ms", 300_000),
    ("grpc.max_connection_age_grace_ms", 30_000),
    ("grpc.max_receive_message_length", 8 * 1024 * 1024),
    ("grpc.max_send_message_length", 8 * 1024 * 1024),
    ("grpc.so_reuseport", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)


class CannotListen(RuntimeError):
    """The address is taken or not ours."""


class Server:
    """A running service. `stop` answers what has begun and begins nothing new."""

    def __init__(
        self, server: grpc.Server, port: int, servicer: health.HealthServicer, names: Sequence[str], threads: ThreadPoolExecutor
    ) -> None:
        self._server = server
        self._health = servicer
        self._names = names
        self._threads = threads
        self.port = port
        self.serving = False

    def start(self) -> Server:
        """Begins to answer and says so to health checks."""
        self._server.start()
        for name in ("", *self._names):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        self.serving = True
        return self

    def has_room(self, seconds: float = 1.0) -> bool:
        """Whether a thread is free for another call within `seconds`."""
        try:
            self._threads.submit(_nothing).result(seconds)
        except (TimeoutError, RuntimeError):  # all are busy, or the pool is closed
            return False
        return True

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Tells health checks, then lets running calls end for up to `grace` seconds."""
        self.serving = False
        self._health.enter_graceful_shutdown()
        self._server.stop(grace).wait()

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until the server has stopped; returns True when `timeout` seconds passed before."""
        return bool(self._server.wait_for_termination(timeout))


def serve(
    spec: ServiceSpec,
    ports: Ports,
    address: str,
    credentials: grpc.ServerCredentials | None = None,
    *,
    verifier: TokenVerifier | None = None,
) -> Server:
    """Puts the server of a service together; `start` it. Refuses a method without access option (AccessMissing), a taken address."""
    servicers = list(spec.servicers(ports))
    services = services_of(servicers)
    table = access_table(services)
    chain: list[Interceptor] = [
        traced,
        measured,
        errors(spec.name),
        in_time,
        identity(ports, verifier or verifier_from(ports.settings)),
        validated,
    ]
    threads = ThreadPoolExecutor(ports.settings.pool_size * _THREADS_PER_CONNECTION, thread_name_prefix=f"{spec.name}-rpc")
    server = grpc.server(threads, interceptors=[_Chain(table, chain)], options=list(OPTIONS))
    for add, servicer in servicers:
        add(servicer, server)
    names = [service.full_name for service in services]
    health_servicer = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    reflection.enable_server_reflection([*names, health.SERVICE_NAME, reflection.SERVICE_NAME], server)
    port = _listen(server, address, credentials)
    return Server(server, port, health_servicer, names, threads)


def _nothing() -> None:
    """What a thread does to show that it is free."""


def verifier_from(settings: Settings) -> TokenVerifier:
    """The verifier of exactly two key sets that the settings name."""
    issuer_keys = key_set(settings.issuer_keys) if settings.issuer_keys else None
    return TokenVerifier(key_set(settings.gateway_keys), settings.issuer_url, issuer_keys)


def _listen(server: grpc.Server, address: str, credentials: grpc.ServerCredentials | None) -> int:
    try:
        port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    except RuntimeError as taken:
        raise CannotListen(address) from taken
    if not port and not address.startswith("unix:"):
        raise CannotListen(address)
    return int(port)


class _Chain(grpc.ServerInterceptor):  # type: ignore[misc]
    """All interceptors as one: each is a context around the servicer's method, entered in order."""

    def __init__(self, table: Table, interceptors: Sequence[Interceptor]) -> None:
        self._table = table
        self._interceptors = interceptors

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        """Part of grpc."""
        handler = continuation(details)
        if handler is None or details.method.startswith(_BUILT_IN):
            return handler
        method, access = self._table[details.method]
        name = method.containing_service.name

        def begin(context: grpc.ServicerContext) -> Call:
            return Call(name, method.name, access, context, metadata_of(context))

        return _wrap(handler, begin, self._interceptors)


def _wrap(handler: Any, begin: Callable[[Any], Call], chain: Sequence[Interceptor]) -> Any:
    kind = ("stream" if handler.request_streaming else "unary") + "_" + ("stream" if handler.response_streaming else "unary")
    behaviour = getattr(handler, kind)

    def prepared(request: Any, context: Any) -> tuple[Call, Any]:
        call = begin(context)
        if handler.request_streaming:
            return call, _checked(request)
        return replace(call, request=request), request

    def answer(request: Any, context: Any) -> Any:
        call, passed = prepared(request, context)
        with ExitStack() as stack:
            for interceptor in chain:
                stack.enter_context(interceptor(call))
            return behaviour(passed, context)

    def answers(request: Any, context: Any) -> Iterator[Any]:
        call, passed = prepared(request, context)
        with ExitStack() as stack:
            for interceptor in chain:
                stack.enter_context(interceptor(call))
            yield from behaviour(passed, context)

    make = getattr(grpc, f"{kind}_rpc_method_handler")
    return make(answers if handler.response_streaming else answer, handler.request_deserializer, handler.response_serializer)


def _checked(requests: Iterator[T]) -> Iterator[T]:
    for request in requests:
        check(request)  # type: ignore[arg-type]
        yield request
