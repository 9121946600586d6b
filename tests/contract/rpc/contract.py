"""The methods of the contract as they stand in the descriptors: what each needs, what it changes, which requests it must refuse."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2
from services.kit.bus.catalogue import import_all
from services.kit.rpc.access import access_of, all_services
from xiaoneng.kit.v1 import options_pb2

# The clock of a driven platform has no database: moving it to the same moment twice changes nothing by nature.
WITHOUT_DATABASE = "platform"
_LONGEST = 6 * 1024 * 1024  # what fits into a call


@dataclass(frozen=True)
class Method:
    """One RPC."""

    descriptor: MethodDescriptor

    @property
    def name(self) -> str:
        """`documents.StepService.SubmitProposal`."""
        return f"{self.service}.{self.descriptor.containing_service.name}.{self.descriptor.name}"

    @property
    def service(self) -> str:
        """The service that serves it; also the beginning of the domain of its refusals."""
        return self.descriptor.containing_service.full_name.split(".")[1]

    @property
    def access(self) -> options_pb2.Access:
        """What it needs of its caller."""
        return access_of(self.descriptor)

    @property
    def need(self) -> str:
        """`permission`, `member`, `signed_in`, `public` or `internal`."""
        return self.access.WhichOneof("need") or ""

    @property
    def changes(self) -> bool:
        """Whether it changes something: then it has a request id."""
        return "request_id" in self.descriptor.input_type.fields_by_name

    @property
    def refers(self) -> bool:
        """Whether its requests name resources: a field with the pattern of a name."""
        request = self.descriptor.input_type
        inner = [field.message_type for field in request.fields if field.message_type]
        return any("/" in pattern_of(field) for message in (request, *inner) for field in message.fields)

    def request(self) -> Any:
        """An empty request."""
        return message_factory.GetMessageClass(self.descriptor.input_type)()

    def stub(self, channel: Any) -> Any:
        """What calls it."""
        service = self.descriptor.containing_service
        module = importlib.import_module(service.file.name.removesuffix(".proto").replace("/", ".") + "_pb2_grpc")
        return getattr(getattr(module, f"{service.name}Stub")(channel), self.descriptor.name)


@cache
def methods() -> tuple[Method, ...]:
    """All of them, by name."""
    import_all()
    found = [Method(method) for service in all_services() for method in service.methods]
    return tuple(sorted(found, key=lambda method: method.name))


@dataclass(frozen=True)
class Violation:
    """A request with one field that is wrong, and the path of that field."""

    field: str
    rule: str
    request: Any

    def __str__(self) -> str:
        return f"{self.field}: {self.rule}"


def violations(method: Method) -> Iterator[Violation]:
    """For every rule of every field of a request a request that breaks it; fields of messages inside one level deep."""
    for field in method.descriptor.input_type.fields:
        for rule, value in _broken(field):
            request = method.request()
            _put(request, field, value)
            yield Violation(_path(field, rule), rule, request)
        if field.message_type is None or field.is_repeated or not field.message_type.full_name.startswith("xiaoneng."):
            continue
        for inner in field.message_type.fields:
            for rule, value in _broken(inner):
                request = method.request()
                message = getattr(request, field.name)
                message.SetInParent()
                _put(message, inner, value)
                yield Violation(f"{field.name}.{_path(inner, rule)}", rule, request)
        for choice in field.message_type.oneofs:
            if choice.GetOptions().Extensions[validate_pb2.oneof].required:
                request = method.request()
                getattr(request, field.name).SetInParent()
                yield Violation(f"{field.name}.{choice.name}", "oneof.required", request)


def pattern_of(field: FieldDescriptor) -> str:
    """The pattern that the contract sets for a field; empty for none."""
    return str(field.GetOptions().Extensions[validate_pb2.field].string.pattern)


def is_required(field: FieldDescriptor) -> bool:
    """Whether the contract says that a field must be filled."""
    return field_behavior_pb2.REQUIRED in field.GetOptions().Extensions[field_behavior_pb2.field_behavior]


def _path(field: FieldDescriptor, rule: str) -> str:
    return f"{field.name}[0]" if rule.startswith("items.") else str(field.name)


def _broken(field: FieldDescriptor) -> Iterator[tuple[str, Any]]:
    """Values that break the rules of a field, with the rule's name; None leaves the field out."""
    rules = field.GetOptions().Extensions[validate_pb2.field]
    if rules.required or is_required(field):
        yield "required", None
    if field.is_repeated:
        yield from _broken_lists(field, rules.repeated)
    else:
        yield from _broken_values(rules)


def _broken_values(rules: Any) -> Iterator[tuple[str, Any]]:
    text, raw, number, choice = rules.string, rules.bytes, rules.int32, rules.enum
    if text.HasField("pattern") or text.HasField("well_known_regex") or text.uuid:
        yield "string.pattern", "///\u0007///"
    if text.min_len:
        yield "string.min_len", ""
    if text.max_len:
        yield "string.max_len", "公" * (text.max_len + 1)
    if text.max_bytes:
        yield "string.max_bytes", "x" * (text.max_bytes + 1)
    if raw.min_len:
        yield "bytes.min_len", b""
    if 0 < raw.max_len < _LONGEST:
        yield "bytes.max_len", b"x" * (raw.max_len + 1)
    if number.HasField("gte"):
        yield "int32.gte", number.gte - 1
    if number.HasField("lte"):
        yield "int32.lte", number.lte + 1
    if choice.defined_only:
        yield "enum.defined_only", 999
    if getattr(choice, "in"):
        yield "enum.in", 0
    for value in choice.not_in:
        yield "enum.not_in", value


def _broken_lists(field: FieldDescriptor, rules: Any) -> Iterator[tuple[str, Any]]:
    sample = _sample(field)
    if rules.min_items:
        yield "repeated.min_items", []
    if rules.max_items and sample is not None:
        yield "repeated.max_items", [sample] * (rules.max_items + 1)
    if rules.unique:
        yield "repeated.unique", [sample, sample]
    if rules.HasField("items"):
        yield from ((f"items.{rule}", [value]) for rule, value in _broken_values(rules.items))


def _sample(field: FieldDescriptor) -> Any:
    if field.message_type is not None:
        return message_factory.GetMessageClass(field.message_type)()
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        return "x"
    return 1


def _put(message: Message, field: FieldDescriptor, value: Any) -> None:
    if value is None:
        return
    if field.is_repeated:
        getattr(message, field.name).extend(value)
    else:
        setattr(message, field.name, value)
