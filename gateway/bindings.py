"""From `google.api.http` annotations to routes. What decision 20 does not list is refused here, when the process starts."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway import template
from gateway.descriptors import HTTP_BODY, BadContract, Contract, Method, is_map

BYTE_RANGE = "xiaoneng.kit.v1.ByteRange"
# Messages whose JSON form is one string: a query parameter of their own.
_STRING_MESSAGES = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"})
_VERBS = ("get", "put", "post", "delete", "patch")


class Kind(enum.Enum):
    """How the bytes go."""

    UNARY = "unary"
    DOWNLOAD = "download"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Parameter:
    """A query parameter: the fields on the way to it, outermost first."""

    fields: tuple[FieldDescriptor, ...]

    @property
    def leaf(self) -> FieldDescriptor:
        return self.fields[-1]

    @property
    def name(self) -> str:
        return ".".join(f.json_name for f in self.fields)

    @property
    def proto_name(self) -> str:
        return ".".join(f.name for f in self.fields)


@dataclass(frozen=True)
class Binding:
    """One route of a method. `body` is empty, `*` or the name of a field."""

    method: Method
    verb: str
    template: template.Template
    body: str
    kind: Kind
    position: int
    query: Mapping[str, Parameter] = field(default_factory=dict)
    range_field: str = ""
    has_request_id: bool = False


@dataclass(frozen=True)
class Match:
    """A binding that a request meets, with what its path binds."""

    binding: Binding
    bound: Mapping[str, str]


class Routes:
    """All bindings, found by verb and path."""

    def __init__(self, bindings: Iterable[Binding]) -> None:
        self.bindings = tuple(bindings)
        self._by_shape: dict[tuple[str, str], list[Binding]] = {}
        for binding in self.bindings:
            self._by_shape.setdefault(_bucket(binding), []).append(binding)
        for bucket in self._by_shape.values():
            bucket.sort(key=lambda b: b.template.specificity)

    def match(self, verb: str, raw_path: str) -> Match | None:
        """The binding for a request, or None."""
        return self._find(raw_path, lambda b: b.verb == verb)

    def allowed(self, raw_path: str) -> list[str]:
        """Which methods the path takes."""
        verbs = {"GET", "PUT", "POST", "DELETE", "PATCH"}
        return sorted(v for v in verbs if self._find(raw_path, lambda b, v=v: b.verb == v))  # type: ignore[misc]

    def _find(self, raw_path: str, wanted: Callable[[Binding], bool]) -> Match | None:
        split = template.split_path(raw_path)
        if split is None:
            return None
        segments, verb = split
        for bucket in ((verb, segments[1] if len(segments) > 1 else ""), (verb, "*")):
            for binding in self._by_shape.get(bucket, ()):
                if wanted(binding):
                    bound = binding.template.match(segments, verb)
                    if bound is not None:
                        return Match(binding, bound)
        return None


def _bucket(binding: Binding) -> tuple[str, str]:
    """Routes are looked up by custom verb and second segment (the first is the version)."""
    segments = binding.template.segments
    second = segments[1] if len(segments) > 1 else ""
    return binding.template.verb, "*" if second in ("*", "**") or "**" in segments[:2] else second


def build(contract: Contract, offered: Callable[[str], bool] = lambda service: True) -> Routes:
    """All routes of the services that are `offered`. Raises `BadContract` for what is not supported."""
    bindings: list[Binding] = []
    seen: dict[tuple[str, str], str] = {}
    for method in contract.methods():
        if not method.http or not offered(method.service):
            continue
        for position, rule in enumerate(method.http):
            binding = _binding(method, rule, position)
            shape = (binding.verb, "/".join(binding.template.segments) + ":" + binding.template.verb)
            if shape in seen:
                raise BadContract(f"{method.name}: {seen[shape]} has the same path {binding.template.text}")
            seen[shape] = method.name
            bindings.append(binding)
    return Routes(bindings)


def _binding(method: Method, rule: Any, position: int) -> Binding:
    pattern = rule.WhichOneof("pattern")
    if pattern not in _VERBS:
        raise _bad(method, f"`{pattern}` is not supported")
    if rule.response_body:
        raise _bad(method, "`response_body` is not supported")
    if position and rule.additional_bindings:
        raise _bad(method, "additional bindings must not be nested")
    if method.access.need == "internal":
        raise _bad(method, "an internal method must not have a path")
    body: str = rule.body
    if body and pattern in ("get", "delete"):
        raise _bad(method, f"`{pattern}` must not have a body")
    kind = _kind(method, body)
    parsed = template.parse(getattr(rule, pattern))
    bound = {v.field for v in parsed.variables}
    for name in bound:
        _check_bound(method, name, body)
    if body not in ("", "*") and body not in method.descriptor.input_type.fields_by_name:
        raise _bad(method, f"body field `{body}` is not in the request")
    parameters = {} if body == "*" else _parameters(method, bound, body)
    return Binding(
        method=method,
        verb=pattern.upper(),
        template=parsed,
        body=body,
        kind=kind,
        position=position,
        query=parameters,
        range_field=_range_field(method) if kind is Kind.DOWNLOAD else "",
        has_request_id=_has_request_id(method.descriptor.input_type),
    )


def _kind(method: Method, body: str) -> Kind:
    descriptor = method.descriptor
    gives_bytes = descriptor.output_type.full_name == HTTP_BODY
    if descriptor.client_streaming and descriptor.server_streaming:
        raise _bad(method, "streams both ways are not supported")
    if descriptor.client_streaming:
        taken = descriptor.input_type.fields_by_name.get(body)
        if taken is None or taken.message_type is None or taken.message_type.full_name != HTTP_BODY:
            raise _bad(method, f"a client stream needs a body field of type {HTTP_BODY}")
        if gives_bytes:
            raise _bad(method, "an upload must answer with a message of its own")
        return Kind.UPLOAD
    if any(f.message_type is not None and f.message_type.full_name == HTTP_BODY for f in _fields(method)):
        raise _bad(method, f"{HTTP_BODY} in a request needs a client stream")
    if descriptor.server_streaming and not gives_bytes:
        raise _bad(method, f"a server stream must be of {HTTP_BODY}")
    return Kind.DOWNLOAD if gives_bytes else Kind.UNARY


def _fields(method: Method) -> Iterable[FieldDescriptor]:
    return method.descriptor.input_type.fields


def _check_bound(method: Method, path: str, body: str) -> None:
    fields = walk(method.descriptor.input_type, path)
    if fields is None:
        raise _bad(method, f"path binds `{path}`, which is not in the request")
    if any(f.is_repeated for f in fields):
        raise _bad(method, f"path binds `{path}`, which is repeated")
    if fields[-1].message_type is not None or fields[-1].type == FieldDescriptor.TYPE_BYTES:
        raise _bad(method, f"path binds `{path}`, which is not a scalar or enum")
    if path == body:
        raise _bad(method, f"`{path}` is bound by the path and is the body")


def walk(message: Any, path: str) -> tuple[FieldDescriptor, ...] | None:
    """The fields along a dotted path of proto names, or None."""
    fields: list[FieldDescriptor] = []
    current: Any = message
    for name in path.split("."):
        found = current.fields_by_name.get(name) if current is not None else None
        if found is None:
            return None
        fields.append(found)
        current = found.message_type
    return tuple(fields)


def _parameters(method: Method, bound: set[str], body: str) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    # An upload's body field carries bytes; a download's range comes from its header.
    for fields in _leaves(method, method.descriptor.input_type, (), body):
        parameter = Parameter(fields)
        if parameter.proto_name in bound:
            continue
        found[parameter.name] = parameter
        found[parameter.proto_name] = parameter
    return found


def _leaves(method: Method, message: Descriptor, above: tuple[FieldDescriptor, ...], body: str) -> Iterable[tuple[FieldDescriptor, ...]]:
    for one in message.fields:
        here = (*above, one)
        if not above and one.name == body:
            continue
        if one.message_type is None or one.message_type.full_name in _STRING_MESSAGES:
            yield here
        elif one.message_type.full_name == BYTE_RANGE:
            continue
        elif one.is_repeated or is_map(one):
            raise _bad(method, f"field `{one.name}` cannot be a query parameter: give the method a body")
        elif one.message_type.full_name.startswith("google.protobuf."):
            raise _bad(method, f"{one.message_type.full_name} (`{one.name}`) cannot be a query parameter")
        elif one.message_type.full_name in {message.full_name, *(_owner(f) for f in above)}:
            raise _bad(method, f"field `{one.name}` contains itself and cannot be a query parameter")
        else:
            yield from _leaves(method, one.message_type, here, "")


def _owner(one: Any) -> str:
    return str(one.containing_type.full_name)


def _range_field(method: Method) -> str:
    for one in _fields(method):
        if one.message_type is not None and one.message_type.full_name == BYTE_RANGE:
            return str(one.name)
    return ""


def _has_request_id(message: Any) -> bool:
    found = message.fields_by_name.get("request_id")
    return found is not None and found.type == FieldDescriptor.TYPE_STRING and not found.is_repeated


def _bad(method: Method, what: str) -> BadContract:
    return BadContract(f"{method.name}: {what}")
