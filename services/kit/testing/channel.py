"""A service behind a real grpc server in this process: what a client sends and gets has been serialised both ways.

with channel.served(SPEC, ports) as documents:
    clerk = documents.client("clerk")                    # a member of the tenant; `testing.office` makes members
    done = clerk.RegisterDocument(a_registration())      # any method of the service whose name is unique in it
    no = clerk.refused(clerk.RegisterDocument, a_registration(title=""))
    assert (no.reason, no.clause) == ("…", "…")
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from services.kit.clock import SystemClock
from services.kit.identity import TokenSigner, TokenVerifier, key_set
from services.kit.rpc.access import services_of
from services.kit.rpc.channel import metadata
from services.kit.rpc.interceptors.identity import ACTING_FOR_KEY, DIRECTORY_KEY
from services.kit.rpc.server import Server, serve
from services.kit.rpc.status import Answer, read

if TYPE_CHECKING:
    from services.kit.service import Ports, ServiceSpec

TENANT = "office"
_TIMEOUT_SECONDS = 30.0
_GRACE_SECONDS = 1.0


class NotRefused(AssertionError):
    """The call was done although the test expects a refusal."""


class Client:
    """Calls a service as one person in one tenant. A fresh token goes with every call."""

    def __init__(self, served: Served, person: str, tenant: str, *, kind: str = "person", extra: Sequence[tuple[str, str]] = ()) -> None:
        self._served = served
        self._person = person
        self._tenant = tenant
        self._kind = kind
        self._extra = tuple(extra)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = self._served.method(name)

        def call(request: Any = None, **fields: Any) -> Any:
            return self.call(method, request, **fields)

        call.__name__ = name
        return call

    def call(self, method: MethodDescriptor | str, request: Any = None, **fields: Any) -> Any:
        """Calls a method, by its name or as `Service.Method`, with a request or with the request's fields."""
        found = self._served.method(method) if isinstance(method, str) else method
        if request is None:
            request = message_factory.GetMessageClass(found.input_type)(**fields)
        return self._served.invoke(found, request, self._metadata())

    def refused(self, method: Callable[..., Any] | str, request: Any = None, **fields: Any) -> Answer:
        """Calls a method and returns with what it was refused. Raises NotRefused when it was done."""
        name = method if isinstance(method, str) else method.__name__
        try:
            done = self.call(name, request, **fields)
            done = list(done) if isinstance(done, grpc.Call) and not hasattr(done, "DESCRIPTOR") else done
        except grpc.RpcError as error:
            return read(error)
        raise NotRefused(f"{name} was done: {done}")

    def for_person(self, other: str) -> Client:
        """The same person acting for somebody else."""
        return self._with((ACTING_FOR_KEY, other))

    def at_least(self, number: int) -> Client:
        """The same person, content only with a service that has seen change `number` of the directory."""
        return self._with((DIRECTORY_KEY, str(number)))

    def in_tenant(self, tenant: str) -> Client:
        """The same person with another tenant active."""
        return Client(self._served, self._person, tenant, kind=self._kind, extra=self._extra)

    def _with(self, *extra: tuple[str, str]) -> Client:
        return Client(self._served, self._person, self._tenant, kind=self._kind, extra=(*self._extra, *extra))

    def _metadata(self) -> list[tuple[str, str]]:
        if not self._person:
            return list(self._extra)
        token = self._served.token(self._person, kind=self._kind)
        return [*metadata(token, self._tenant), *self._extra]


class Served:
    """A service that answers on a port of this machine."""

    def __init__(self, spec: ServiceSpec, ports: Ports, server: Server, signer: TokenSigner, channel: grpc.Channel) -> None:
        self.ports = ports
        self.server = server
        self.channel = channel
        self.signer = signer
        self.services: list[ServiceDescriptor] = services_of(spec.servicers(ports))
        self._stubs: dict[str, Any] = {}

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server.port}"

    def client(self, person: str, tenant: str = TENANT) -> Client:
        """Calls as a person; an empty id is nobody."""
        return Client(self, person, tenant)

    def anonymous(self, tenant: str = TENANT) -> Client:
        """Calls without a token."""
        return Client(self, "", tenant)

    def internal(self, service: str = "gateway", tenant: str = "") -> Client:
        """Calls as a service of the installation."""
        return Client(self, f"service:{service}", tenant, kind="service")

    def token(self, person: str, *, kind: str = "person", lifetime: timedelta = timedelta(seconds=60)) -> str:
        """A token of the gateway's, in real time."""
        known: Literal["person", "service"] = "service" if kind == "service" else "person"
        return self.signer.sign(person, now=SystemClock().now(), session="test", kind=known, lifetime=lifetime)

    def method(self, name: str) -> MethodDescriptor:
        """A method by its name, or by `Service.Method` where several services have one of that name."""
        service, _, method = name.rpartition(".")
        found = [m for s in self.services for m in s.methods if m.name == method and service in ("", s.name)]
        if len(found) != 1:
            raise AttributeError(f"{name}: {[m.full_name for m in found] or 'no such method'}")
        return found[0]

    def invoke(self, method: MethodDescriptor, request: Any, sent: list[tuple[str, str]]) -> Any:
        """Calls a method with this metadata; a streamed answer comes as an iterator."""
        return getattr(self._stub(method.containing_service), method.name)(request, timeout=_TIMEOUT_SECONDS, metadata=sent)

    def _stub(self, service: ServiceDescriptor) -> Any:
        if service.full_name not in self._stubs:
            module = importlib.import_module(service.file.name.removesuffix(".proto").replace("/", ".") + "_pb2_grpc")
            self._stubs[service.full_name] = getattr(module, f"{service.name}Stub")(self.channel)
        return self._stubs[service.full_name]


@contextmanager
def served(spec: ServiceSpec, ports: Ports, signer: TokenSigner | None = None) -> Iterator[Served]:
    """Serves a service on a free port of this machine until the end of the block."""
    signer = signer or TokenSigner.generate()
    server = serve(spec, ports, "127.0.0.1:0", verifier=TokenVerifier(key_set(signer.public_json()))).start()
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        try:
            yield Served(spec, ports, server, signer, channel)
        finally:
            server.stop(_GRACE_SECONDS)
