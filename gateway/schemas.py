"""JSON schemas (2020-12) of messages and enums, with what protovalidate demands of their fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from gateway.descriptors import Contract, is_map

_REQUIRED = 2
_OUTPUT_ONLY = 3
_INPUT_ONLY = 4
_WELL_KNOWN: dict[str, dict[str, Any]] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"},
    "google.protobuf.FieldMask": {"type": "string", "description": "Names of fields in lowerCamelCase, separated by commas."},
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
    "google.protobuf.Value": {},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Empty": {"type": "object", "additionalProperties": False},
    "google.protobuf.Any": {"type": "object", "required": ["@type"], "additionalProperties": True},
}
_SCALARS: dict[int, dict[str, Any]] = {
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}
_INT32 = {FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_SINT32, FieldDescriptor.TYPE_SFIXED32}
_UINT32 = {FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_FIXED32}
_UINT64 = {FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_FIXED64}
_FORMATS = {"uuid": "uuid", "email": "email", "uri": "uri", "ipv4": "ipv4", "ipv6": "ipv6", "hostname": "hostname"}


class Book:
    """Collects the schemas that a document refers to."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._found: dict[str, dict[str, Any]] = {}
        self._taken: set[str] = set()

    def schemas(self) -> dict[str, dict[str, Any]]:
        """All that were referred to. Messages of requests refuse unknown fields; in answers new ones may come."""
        for name in self._taken:
            if name in self._found:
                self._found[name]["additionalProperties"] = False
        return dict(sorted(self._found.items()))

    def message(self, descriptor: Any) -> dict[str, Any]:
        """A reference to a message's schema."""
        name = descriptor.full_name
        if name in _WELL_KNOWN:
            return dict(_WELL_KNOWN[name])
        if name.startswith("google.protobuf.") and name.endswith("Value"):
            return {"anyOf": [self.field(descriptor.fields_by_name["value"]), {"type": "null"}]}
        if name not in self._found:
            self._found[name] = {}  # breaks the circle of messages that contain themselves
            self._found[name].update(self._object(descriptor, ()))
        return {"$ref": f"#/components/schemas/{name}"}

    def without(self, descriptor: Any, bound: Collection[str]) -> dict[str, Any]:
        """The schema of a request without the fields that its path binds."""
        schema = self._object(descriptor, bound)
        schema["additionalProperties"] = False
        for one in descriptor.fields:
            if one.name not in bound:
                self.taken(one.message_type)
        return schema

    def taken(self, descriptor: Any) -> None:
        """Notes a message, and all inside, as part of a request."""
        if descriptor is None or descriptor.full_name in self._taken:
            return
        self._taken.add(descriptor.full_name)
        for one in descriptor.fields:
            self.taken(one.message_type)

    def field(self, one: FieldDescriptor, query: bool = False) -> dict[str, Any]:
        """The schema of a field's value."""
        rules = self._contract.option(one.GetOptions(), "buf.validate.field")
        if is_map(one):
            entry: Any = one.message_type
            return {"type": "object", "additionalProperties": self.field(entry.fields_by_name["value"])}
        if not one.is_repeated:
            return self._singular(one, rules, query)
        found: dict[str, Any] = {"type": "array", "items": self._singular(one, None, query)}
        if rules is not None and rules.HasField("repeated"):
            repeated = rules.repeated
            found["items"] = self._singular(one, repeated.items if repeated.HasField("items") else None, query)
            if repeated.HasField("min_items"):
                found["minItems"] = repeated.min_items
            if repeated.HasField("max_items"):
                found["maxItems"] = repeated.max_items
            if repeated.unique:
                found["uniqueItems"] = True
        return found

    def is_required(self, one: FieldDescriptor) -> bool:
        return _REQUIRED in self._behaviour(one)

    def _object(self, descriptor: Any, without: Collection[str]) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        for one in descriptor.fields:
            if one.name in without:
                continue
            properties[one.json_name] = self._property(one)
            if self.is_required(one):
                required.append(one.json_name)
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        comment = self._contract.comment(descriptor.full_name)
        if comment:
            schema["description"] = comment
        return schema

    def _property(self, one: FieldDescriptor) -> dict[str, Any]:
        schema = self.field(one)
        comment = self._contract.comment(one.full_name)
        if comment:
            schema = {**schema, "description": comment}
        behaviour = self._behaviour(one)
        if _OUTPUT_ONLY in behaviour:
            schema = {**schema, "readOnly": True}
        if _INPUT_ONLY in behaviour:
            schema = {**schema, "writeOnly": True}
        if one.GetOptions().deprecated:
            schema = {**schema, "deprecated": True}
        return schema

    def _behaviour(self, one: FieldDescriptor) -> list[int]:
        return self._contract.options(one.GetOptions(), "google.api.field_behavior")

    def _singular(self, one: FieldDescriptor, rules: Any | None, query: bool) -> dict[str, Any]:
        if one.message_type is not None:
            return self.message(one.message_type)
        if one.enum_type is not None:
            return self._enum(one.enum_type, rules)
        if one.type in _SCALARS:
            schema = dict(_SCALARS[one.type])
            if one.type == FieldDescriptor.TYPE_STRING and rules is not None and rules.HasField("string"):
                schema.update(_string_rules(rules))
            if one.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
                schema.update(_number_rules(rules, "double") or _number_rules(rules, "float"))
            return schema
        if one.type in _INT32 or one.type in _UINT32:
            unsigned = one.type in _UINT32
            limits = {"minimum": 0, "maximum": 2**32 - 1} if unsigned else {"minimum": -(2**31), "maximum": 2**31 - 1}
            kind = "uint32" if unsigned else "int32"
            return {"type": "integer", "format": kind, **limits, **_number_rules(rules, kind)}
        # 64-bit integers are strings in the JSON form of proto3: browsers cannot hold them as numbers.
        unsigned = one.type in _UINT64
        return {
            "type": "string",
            "format": "uint64" if unsigned else "int64",
            "pattern": r"^[0-9]{1,18}$" if unsigned else r"^-?[0-9]{1,18}$",
        }

    def _enum(self, descriptor: Any, rules: Any | None) -> dict[str, Any]:
        name = descriptor.full_name
        if name not in self._found:
            values = [f"`{v.name}`: {self._contract.comment(f'{name}.{v.name}')}".rstrip(": ") for v in descriptor.values]
            comment = self._contract.comment(name)
            self._found[name] = {
                "type": "string",
                "enum": [v.name for v in descriptor.values],
                "description": "\n".join(t for t in (comment, *(f"- {v}" for v in values)) if t),
            }
        if rules is not None and rules.HasField("enum") and rules.enum.not_in:
            banned = set(rules.enum.not_in)
            return {"type": "string", "enum": [v.name for v in descriptor.values if v.number not in banned]}
        return {"$ref": f"#/components/schemas/{name}"}


def _string_rules(rules: Any) -> dict[str, Any]:
    """Length, pattern and format. Where an empty value is let through, only what an empty value meets is written."""
    string = rules.string
    lenient = rules.ignore == 1
    found: dict[str, Any] = {}
    if string.HasField("max_len"):
        found["maxLength"] = string.max_len
    if string.HasField("len"):
        found["maxLength"] = found["minLength"] = string.len
    if string.HasField("min_len"):
        found["minLength"] = string.min_len
    if string.HasField("pattern"):
        found["pattern"] = string.pattern
    if string.HasField("const"):
        found["const"] = string.const
    if list(getattr(string, "in")):
        found["enum"] = list(getattr(string, "in"))
    known = string.WhichOneof("well_known")
    if known in _FORMATS and getattr(string, known):
        found["format"] = _FORMATS[known]
    if lenient and found:
        return {"anyOf": [{"const": ""}, found]} if set(found) != {"maxLength"} else found
    return found


def _number_rules(rules: Any | None, kind: str) -> dict[str, Any]:
    if rules is None or not rules.HasField(kind):
        return {}
    number = getattr(rules, kind)
    names = {"gte": "minimum", "gt": "exclusiveMinimum", "lte": "maximum", "lt": "exclusiveMaximum"}
    return {names[rule]: getattr(number, rule) for rule in names if number.HasField(rule)}
