"""The published catalogue of events, as AsyncAPI 3.0: generated from the protos, so that it cannot differ from them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from services.kit.bus.catalogue import Catalogue, EventType, Visibility
from services.kit.bus.envelope import CONTENT_TYPE, DATA_CONTENT_TYPE, PUBLIC_KEY

Schema = dict[str, Any]

_INT64 = {
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_SINT64,
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED64,
}
_FLOAT = {FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT}
_WELL_KNOWN: Mapping[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?\d+(\.\d+)?s$"},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Empty": {"type": "object"},
}


class Comments:
    """The comments of the protos, by full name. Empty where the descriptor set lies not beside the generated code."""

    def __init__(self, path: Path | None = None) -> None:
        self._texts: dict[str, str] = {}
        path = path or Path(str(importlib.import_module("xiaoneng").__path__[0])).parent / "xiaoneng.binpb"
        if path.exists():
            for file in descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file:
                self._read(file)

    def of(self, full_name: str) -> str:
        """Gives the comment of a message, a field or an enum value in one paragraph."""
        return self._texts.get(full_name, "")

    def _read(self, file: descriptor_pb2.FileDescriptorProto) -> None:
        for location in file.source_code_info.location:
            if location.leading_comments:
                name = _named(file, list(location.path))
                if name:
                    self._texts[f"{file.package}.{name}"] = " ".join(location.leading_comments.split())


def _named(file: Any, path: list[int]) -> str:
    """Finds what a path of source information speaks of, such as `[4, 0, 2, 1]`: the second field of the first message."""
    at, names = file, []
    for field, index in zip(path[::2], path[1::2], strict=False):
        descriptor = at.DESCRIPTOR.fields_by_number.get(field)
        if descriptor is None or not descriptor.is_repeated or descriptor.message_type is None:
            return ""
        at = getattr(at, descriptor.name)[index]
        if not hasattr(at, "name"):
            return ""
        names.append(at.name)
    return ".".join(names) if len(path) % 2 == 0 else ""


def document(types: Catalogue, version: str, *, internal: bool = False, comments: Comments | None = None) -> Schema:
    """Builds the document. Events that stay inside the installation are listed only when asked for."""
    texts = comments or Comments()
    shown = [entry for entry in types if internal or entry.visibility is not Visibility.INTERNAL]
    schemas: dict[str, Schema] = {"Envelope": _envelope()}
    messages, channels, operations = {}, {}, {}
    for entry in shown:
        _add(schemas, entry.message.DESCRIPTOR, texts)
        messages[entry.type] = _message(entry, texts)
        channels[entry.type] = _channel(entry)
        operations[f"receive.{entry.type}"] = {"action": "receive", "channel": {"$ref": f"#/channels/{_pointer(entry.type)}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Xiaoneng events",
            "version": version,
            "description": "CloudEvents 1.0 in the JSON event format, on RabbitMQ (AMQP 0-9-1). How to subscribe: docs/subscribers.md.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def _channel(entry: EventType) -> Schema:
    public = entry.visibility is Visibility.PUBLIC
    channel: Schema = {
        "address": f"{PUBLIC_KEY if public else '{tenant}'}.{entry.type}",
        "messages": {"event": {"$ref": f"#/components/messages/{_pointer(entry.type)}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": entry.exchange, "type": "topic", "durable": True}}},
    }
    if not public:
        channel["parameters"] = {"tenant": {"description": "Slug of the tenant."}}
    return channel


def _message(entry: EventType, texts: Comments) -> Schema:
    name = str(entry.message.DESCRIPTOR.full_name)
    return {
        "name": entry.full_type,
        "title": str(entry.message.DESCRIPTOR.name),
        "description": texts.of(name),
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": entry.full_type},
                        "dataschema": {"const": entry.dataschema},
                        "data": {"$ref": f"#/components/schemas/{name}"},
                    },
                },
            ]
        },
    }


def _envelope() -> Schema:
    text: Schema = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "required": [
            "specversion",
            "id",
            "source",
            "type",
            "subject",
            "time",
            "datacontenttype",
            "dataschema",
            "tenant",
            "subjectversion",
            "data",
        ],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {**text, "description": "The key of idempotency: the same event may arrive more than once."},
            "source": {**text, "pattern": "^//[^/]+/[a-z]+$"},
            "type": text,
            "subject": {**text, "description": "What it happened to, as a resource name."},
            "time": {"type": "string", "format": "date-time", "description": "When it happened, not when it was sent."},
            "datacontenttype": {"const": DATA_CONTENT_TYPE},
            "dataschema": text,
            "tenant": text,
            "subjectversion": {"type": "integer", "minimum": 1, "description": "Counts the events of a subject without gaps; order by it."},
            "actor": {**text, "description": "Id of the person who caused it."},
            "unit": {**text, "description": "Id of the unit that it concerns."},
            "clause": {**text, "description": "The article's entry, where a rule caused it."},
            "traceparent": text,
            "receivers": {**text, "description": "Tenants that are to handle it, separated by commas."},
            "data": {"type": "object"},
        },
    }


def _add(schemas: dict[str, Schema], descriptor: Any, texts: Comments) -> None:
    name = str(descriptor.full_name)
    if name in schemas or name in _WELL_KNOWN:
        return
    properties: Schema = {}
    schemas[name] = {"type": "object", "description": texts.of(name), "properties": properties}
    for field in descriptor.fields:
        described = _field(schemas, field, texts)
        comment = texts.of(str(field.full_name))
        properties[field.json_name] = {**described, "description": comment} if comment and "$ref" not in described else described


def _field(schemas: dict[str, Schema], field: FieldDescriptor, texts: Comments) -> Schema:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return {"type": "object", "additionalProperties": _single(schemas, field.message_type.fields_by_name["value"], texts)}
    single = _single(schemas, field, texts)
    return {"type": "array", "items": single} if field.is_repeated else single


def _single(schemas: dict[str, Schema], field: FieldDescriptor, texts: Comments) -> Schema:
    if field.message_type is not None:
        name = str(field.message_type.full_name)
        if name in _WELL_KNOWN:
            return dict(_WELL_KNOWN[name])
        _add(schemas, field.message_type, texts)
        return {"$ref": f"#/components/schemas/{name}"}
    if field.enum_type is not None:
        return _enum(field.enum_type)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return {"type": "boolean"}
    if field.type == FieldDescriptor.TYPE_BYTES:
        return {"type": "string", "contentEncoding": "base64"}
    if field.type == FieldDescriptor.TYPE_STRING:
        return {"type": "string"}
    if field.type in _INT64:
        return {"type": "string", "pattern": r"^-?\d+$"}
    return {"type": "number"} if field.type in _FLOAT else {"type": "integer"}


def _enum(descriptor: EnumDescriptor) -> Schema:
    return {"type": "string", "enum": [value.name for value in descriptor.values]}


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
