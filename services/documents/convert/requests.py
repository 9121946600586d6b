"""Requests in the words of the domain."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date
from typing import TYPE_CHECKING, Any, TypeVar

from google.protobuf import json_format
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from services.documents.convert.words import WORD_OF
from services.documents.domain.document import Document, Proposal
from services.documents.domain.errors import OrderInvalid
from services.documents.domain.listing import ORDERS, Column, Order, View, Wish
from services.kit.errors import Invalid
from xiaoneng.documents.v1 import issue_list_service_pb2, listing_pb2, types_pb2

if TYPE_CHECKING:
    from services.kit.identity import Caller


C = TypeVar("C")


def command(kind: type[C], request: Message, caller: Caller) -> C:
    """A command's input from its request: fields of the same name, in the words of the domain."""
    values: dict[str, Any] = {"caller": caller}
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    for field in request.DESCRIPTOR.fields:
        if field.name in known:
            values[field.name] = value_of(request, field)
    return kind(**values)


def value_of(message: Message, field: Any) -> Any:
    """One field in the words of the domain; None where it is not set and its absence says something. Refuses a day that no calendar has."""
    value = getattr(message, field.name)
    if field.is_repeated:
        words = WORD_OF.get(field.enum_type.full_name, {}) if field.enum_type is not None else {}
        return tuple(words.get(item, item) if words else plain(item) for item in value)
    if field.message_type is not None:
        try:
            return plain(value) if message.HasField(field.name) else None
        except ValueError as wrong:
            raise Invalid.of(field.name, "日期或时刻不存在", "DAY_INVALID") from wrong
    if field.enum_type is not None:
        return WORD_OF.get(field.enum_type.full_name, {}).get(value, "") if field.enum_type.full_name in WORD_OF else value
    if field.has_presence and not message.HasField(field.name):
        return None
    return value


def word(request: Message, name: str) -> str:
    """An enum field of a request as a word; empty when it is not set."""
    found: str = value_of(request, request.DESCRIPTOR.fields_by_name[name])
    return found


def wish(filter_: listing_pb2.LedgerFilter, **beside: Any) -> Wish:
    """What a list is narrowed to, with what stands beside the filter. Refuses OrderInvalid, a period that ends before it begins."""
    values = {field.name: value_of(filter_, field) for field in filter_.DESCRIPTOR.fields}
    values["ledger"] = values.pop("ledger_state")
    values["overdue"] = filter_.overdue or beside.pop("overdue", False)
    values |= {name: values.get(name) or value for name, value in beside.items()}
    view, order = View(values.pop("view")), values.pop("order")
    columns = tuple(Column(name) for name in values.pop("columns"))
    found = Wish(view=view, order=Order(order) if order else None, columns=columns, **values)
    if found.order is not None and found.order not in ORDERS[view]:
        raise OrderInvalid()
    if found.listed_from and found.listed_until and found.listed_until <= found.listed_from:
        raise Invalid.of("listed_until", "结束时间须晚于开始时间")
    return found


def plain(value: Any) -> Any:
    """A message of the well-known kinds as a Python value."""
    if isinstance(value, Timestamp):
        return value.ToDatetime(UTC)
    if isinstance(value, Date):
        return date(value.year, value.month, value.day)
    if isinstance(value, FieldMask):
        return tuple(value.paths)
    if isinstance(value, Struct):
        return struct_in(value)
    if isinstance(value, types_pb2.Proposal):
        return proposal_in(value)
    if isinstance(value, types_pb2.Document):
        return document_in(value)
    if isinstance(value, issue_list_service_pb2.IssueMarks):
        return tuple(value.codes)
    return value


def struct_in(value: Struct) -> dict[str, Any]:
    """What packs want stated, as JSON in the order of the names."""
    found = json_format.MessageToDict(value)
    return {name: found[name] for name in sorted(found)}


def proposal_in(value: types_pb2.Proposal) -> Proposal:
    """The proposal that somebody writes; proposer and time are not his to say."""
    names = {f.name for f in fields(Proposal)}
    found = {field.name: value_of(value, field) for field in value.DESCRIPTOR.fields if field.name in names and field.name != "proposer"}
    return Proposal(**found)


def document_in(value: types_pb2.Document) -> tuple[tuple[str, Any], ...]:
    """What somebody writes on a document: its fields in the words of the domain, with its name and etag."""
    names = {f.name for f in fields(Document)} | {"name", "etag"}
    return tuple((field.name, value_of(value, field)) for field in value.DESCRIPTOR.fields if field.name in names)
