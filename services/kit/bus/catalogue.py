"""The event types of the platform, read from the descriptors of the protos.

A message with the option `(xiaoneng.kit.v1.event)` is the data of an event. Types of the kit begin with `{service}.`
and exist once for every service. Nothing else lists event types: what is not in here cannot be emitted, handled or
subscribed to.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.message import Message

MessageClass = type[Message]
PREFIX = "cn.xiaoneng."
PER_SERVICE = "{service}."
KIT_PACKAGE = "xiaoneng.kit.v1"


class Visibility(StrEnum):
    """Who may read an event."""

    INTERNAL = "internal"
    TENANT = "tenant"
    PUBLIC = "public"


class UnknownEventType(LookupError):
    """Raised for a type that no proto declares."""


class BadCatalogue(ValueError):
    """Raised when the protos contradict themselves: two messages of one type, a type without visibility."""


@dataclass(frozen=True)
class EventType:
    """One type of event: its name without the prefix, who may read it and the message that is its data."""

    type: str
    visibility: Visibility
    message: MessageClass

    @property
    def service(self) -> str:
        """The service that emits it."""
        return self.type.split(".", 1)[0]

    @property
    def full_type(self) -> str:
        """The CloudEvents `type`."""
        return PREFIX + self.type

    @property
    def dataschema(self) -> str:
        """The CloudEvents `dataschema`."""
        return "urn:xiaoneng:proto:" + str(self.message.DESCRIPTOR.full_name)

    @property
    def exchange(self) -> str:
        """The exchange on which it is published."""
        return exchange_of(self.service, self.visibility)


def exchange_of(service: str, visibility: Visibility | str) -> str:
    """Gives the exchange of a service for events of this visibility."""
    return f"{service}.internal" if visibility == Visibility.INTERNAL else f"{service}.events"


class Catalogue:
    """All event types, by type."""

    def __init__(self, types: Iterable[EventType], services: Iterable[str] = ()) -> None:
        self._types: dict[str, EventType] = {}
        for entry in types:
            if entry.type in self._types:
                raise BadCatalogue(f"{entry.type} is declared by two messages")
            self._types[entry.type] = entry
        self.services = tuple(sorted({*services, *(entry.service for entry in self._types.values())}))

    def __iter__(self) -> Iterator[EventType]:
        return iter(sorted(self._types.values(), key=lambda entry: entry.type))

    def __len__(self) -> int:
        return len(self._types)

    def __contains__(self, type_: str) -> bool:
        return type_ in self._types

    def get(self, type_: str) -> EventType:
        """Gives the entry of a type; raises `UnknownEventType`."""
        try:
            return self._types[type_.removeprefix(PREFIX)]
        except KeyError:
            raise UnknownEventType(type_) from None

    def matching(self, pattern: str) -> list[EventType]:
        """Gives the entries for a type or for a pattern whose service is `*`, such as `*.deadline.breached.v1`."""
        if not pattern.startswith("*."):
            return [self._types[pattern]] if pattern in self._types else []
        return [entry for entry in self if entry.type.split(".", 1)[1] == pattern[2:]]


def import_all(package: str = "xiaoneng") -> None:
    """Imports every generated message module, so that its descriptors are known. Leaves the gRPC modules alone."""
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
        if module.name.endswith("_pb2"):
            importlib.import_module(module.name)


def build(files: Iterable[FileDescriptor]) -> Catalogue:
    """Reads the catalogue from file descriptors."""
    options: Any = importlib.import_module(f"{KIT_PACKAGE}.options_pb2")
    files = list(files)
    services = {
        parts[1]
        for parts in (file.package.split(".") for file in files)
        if len(parts) == 3 and parts[0] == "xiaoneng" and parts[1] != "kit"
    }
    types: list[EventType] = []
    for file in files:
        for descriptor in file.message_types_by_name.values():
            if descriptor.GetOptions().HasExtension(options.event):
                types.extend(_entries(descriptor, descriptor.GetOptions().Extensions[options.event], services))
    return Catalogue(types, services)


def _entries(descriptor: Descriptor, option: Any, services: Iterable[str]) -> Iterator[EventType]:
    visibility = {1: Visibility.INTERNAL, 2: Visibility.TENANT, 3: Visibility.PUBLIC}.get(option.visibility)
    if visibility is None:
        raise BadCatalogue(f"{descriptor.full_name} does not say who may read it")
    message = message_factory.GetMessageClass(descriptor)
    if option.type.startswith(PER_SERVICE):
        for service in sorted(services):
            yield EventType(option.type.replace("{service}", service, 1), visibility, message)
    else:
        yield EventType(option.type, visibility, message)


@cache
def catalogue() -> Catalogue:
    """The catalogue of the generated code on the path; read once per process."""
    import_all()
    return build(_files_of_the_platform())


def _files_of_the_platform() -> Iterator[FileDescriptor]:
    pool = descriptor_pool.Default()
    root = importlib.import_module("xiaoneng")
    for module in pkgutil.walk_packages(root.__path__, prefix="xiaoneng."):
        if module.name.endswith("_pb2"):
            yield pool.FindFileByName(module.name.removesuffix("_pb2").replace(".", "/") + ".proto")
