"""The contract as the gateway sees it: methods, their options and comments, read from a descriptor set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message

HTTP_BODY = "google.api.HttpBody"
_ACCESS = "xiaoneng.kit.v1.access"


class BadContract(Exception):
    """The protos ask of the gateway what it does not do. Raised at start, never for a request."""


@dataclass(frozen=True)
class Access:
    """What a method needs of its caller: `need` is permission, member, signed_in, public or internal."""

    need: str
    permission: str = ""


@dataclass(frozen=True)
class Method:
    """One RPC with what its options say."""

    descriptor: MethodDescriptor
    input: type[Message]
    output: type[Message]
    access: Access
    http: tuple[Any, ...]

    @property
    def name(self) -> str:
        return str(self.descriptor.full_name)

    @cached_property
    def path(self) -> str:
        """Path of the RPC on the wire."""
        return f"/{self.descriptor.containing_service.full_name}/{self.descriptor.name}"

    @cached_property
    def service(self) -> str:
        """Which of our services answers: the second part of its package, `xiaoneng.<service>.v1`."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == "xiaoneng" and len(parts) > 2 else parts[0]


class Contract:
    """A descriptor set with its comments. The set must hold all imports."""

    def __init__(self, files: descriptor_pb2.FileDescriptorSet) -> None:
        self.pool = descriptor_pool.DescriptorPool()
        self.comments: dict[str, str] = {}
        self._files = files
        for file in files.file:
            self.pool.AddSerializedFile(file.SerializeToString())
            self.comments.update(_comments(file))

    @classmethod
    def load(cls, path: Path) -> Contract:
        return cls(descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()))

    def message(self, full_name: str) -> type[Message]:
        return self.message_class(self.pool.FindMessageTypeByName(full_name))

    @staticmethod
    def message_class(descriptor: Any) -> type[Message]:
        return message_factory.GetMessageClass(descriptor)

    def knows(self, full_name: str) -> bool:
        try:
            self.pool.FindMessageTypeByName(full_name)
        except KeyError:
            return False
        return True

    def option(self, options: Message, extension: str) -> Any:
        """The value of an extension of `options`. The pool is not the default one, so the options are read anew."""
        try:
            field = self.pool.FindExtensionByName(extension)
        except KeyError:
            return None
        parsed: Any = self.message(options.DESCRIPTOR.full_name).FromString(options.SerializeToString())
        return parsed.Extensions[field] if parsed.HasExtension(field) else None

    def options(self, options: Message, extension: str) -> list[int]:
        """The values of a repeated enum extension of `options`."""
        try:
            field = self.pool.FindExtensionByName(extension)
        except KeyError:
            return []
        parsed: Any = self.message(options.DESCRIPTOR.full_name).FromString(options.SerializeToString())
        return list(parsed.Extensions[field])

    def methods(self) -> Iterator[Method]:
        """Every method of every service of the set, in the order of the files."""
        for file in self._files.file:
            for service in self.pool.FindFileByName(file.name).services_by_name.values():
                for descriptor in service.methods:
                    yield self._method(descriptor)

    def _method(self, descriptor: MethodDescriptor) -> Method:
        options = descriptor.GetOptions()
        http = self.option(options, "google.api.http")
        rules = () if http is None else (http, *http.additional_bindings)
        return Method(
            descriptor=descriptor,
            input=self.message_class(descriptor.input_type),
            output=self.message_class(descriptor.output_type),
            access=self._access(options),
            http=rules,
        )

    def _access(self, options: Message) -> Access:
        access = self.option(options, _ACCESS)
        if access is None:
            return Access("signed_in")
        need = access.WhichOneof("need")
        if need is None or (need != "permission" and not getattr(access, need)):
            return Access("signed_in")
        return Access(need, access.permission if need == "permission" else "")

    def comment(self, full_name: str) -> str:
        return self.comments.get(full_name, "")


def is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _comments(file: descriptor_pb2.FileDescriptorProto) -> dict[str, str]:
    names = dict(_paths(file))
    found = {}
    for location in file.source_code_info.location:
        text = location.leading_comments or location.trailing_comments
        name = names.get(tuple(location.path))
        if name and text.strip():
            found[name] = "\n".join(line.removeprefix(" ").rstrip() for line in text.strip("\n").split("\n")).strip()
    return found


def _paths(file: descriptor_pb2.FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], str]]:
    prefix = f"{file.package}." if file.package else ""
    for i, service in enumerate(file.service):
        yield (6, i), prefix + service.name
        for j, method in enumerate(service.method):
            yield (6, i, 2, j), f"{prefix}{service.name}.{method.name}"
    for i, message in enumerate(file.message_type):
        yield from _message_paths(message, (4, i), prefix)
    for i, enum in enumerate(file.enum_type):
        yield from _enum_paths(enum, (5, i), prefix)


def _message_paths(message: descriptor_pb2.DescriptorProto, path: tuple[int, ...], prefix: str) -> Iterator[tuple[tuple[int, ...], str]]:
    name = prefix + message.name
    yield path, name
    for i, field in enumerate(message.field):
        yield (*path, 2, i), f"{name}.{field.name}"
    for i, nested in enumerate(message.nested_type):
        yield from _message_paths(nested, (*path, 3, i), f"{name}.")
    for i, enum in enumerate(message.enum_type):
        yield from _enum_paths(enum, (*path, 4, i), f"{name}.")


def _enum_paths(enum: descriptor_pb2.EnumDescriptorProto, path: tuple[int, ...], prefix: str) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, prefix + enum.name
    # The comment of a value is kept below its enum: in protobuf's own scoping two enums could share the name.
    for i, value in enumerate(enum.value):
        yield (*path, 2, i), f"{prefix}{enum.name}.{value.name}"
