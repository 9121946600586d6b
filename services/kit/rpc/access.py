"""What each method needs of its caller, read from the protos. A method that does not say it keeps the server from starting."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from xiaoneng.kit.v1 import options_pb2


class AccessMissing(RuntimeError):
    """A method without `option (xiaoneng.kit.v1.access)`."""


class _Recorder:
    """Stands in for a server and remembers which services are added to it."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add_generic_rpc_handlers(self, handlers: Iterable[Any]) -> None:
        """Older generated code names the service only here."""
        self.names.extend(handler.service_name() for handler in handlers)

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """Newer generated code calls both."""


def services_of(servicers: Iterable[tuple[Callable[[Any, Any], None], Any]]) -> list[ServiceDescriptor]:
    """The descriptors of the services that these servicers serve."""
    recorder = _Recorder()
    for add, servicer in servicers:
        # The generated servicer of a contract without messages of its own does not load that contract.
        importlib.import_module(add.__module__.removesuffix("_grpc"))
        add(servicer, recorder)
    pool = descriptor_pool.Default()
    return [pool.FindServiceByName(name) for name in dict.fromkeys(recorder.names)]


def access_of(method: MethodDescriptor) -> options_pb2.Access:
    """What a method needs. Raises AccessMissing when its proto does not say it."""
    options, extension = method.GetOptions(), cast(Any, options_pb2.access)
    if not options.HasExtension(extension):
        raise AccessMissing(method.full_name)
    access: options_pb2.Access = options.Extensions[extension]
    need = access.WhichOneof("need")
    if need is None or not getattr(access, need):
        raise AccessMissing(method.full_name)
    return access


def access_table(services: Iterable[ServiceDescriptor]) -> dict[str, tuple[MethodDescriptor, options_pb2.Access]]:
    """What every method needs, by its path `/package.Service/Method`."""
    return {f"/{method.containing_service.full_name}/{method.name}": (method, access_of(method)) for method in _methods(services)}


def permissions(package: str = "xiaoneng") -> frozenset[str]:
    """Every permission that a method of the generated code asks for; import that code before (`kit.bus.catalogue.import_all`)."""
    return frozenset(access_of(method).permission for method in _methods(all_services(package))) - {""}


def all_services(package: str = "xiaoneng") -> list[ServiceDescriptor]:
    """The descriptors of all services of the generated code that is imported."""
    pool, root = descriptor_pool.Default(), importlib.import_module(package)
    found: list[ServiceDescriptor] = []
    for module in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
        if module.name.endswith("_pb2"):
            file = pool.FindFileByName(module.name.removesuffix("_pb2").replace(".", "/") + ".proto")
            found.extend(file.services_by_name.values())
    return found


def _methods(services: Iterable[ServiceDescriptor]) -> Iterator[MethodDescriptor]:
    for service in services:
        yield from service.methods
