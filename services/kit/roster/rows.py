"""Rows of the roster as proto messages, as columns and as values: names are the same in all three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, cast

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2
from sqlalchemy import Row as SqlRow

from services.kit.roster.model import Row, Tenant
from services.kit.roster.tables import KIND_OF, KINDS, Kind
from xiaoneng.kit.v1 import roster_pb2


def to_proto(rows: Iterable[Row]) -> roster_pb2.RosterRows:
    """Rows as they travel."""
    result = roster_pb2.RosterRows()
    for row in rows:
        _fill(getattr(result, KIND_OF[type(row)].field).add(), row, [f.name for f in fields(row)])
    return result


def keys_to_proto(rows: Iterable[Row]) -> roster_pb2.RosterRows:
    """The keys of rows that are no longer there."""
    result = roster_pb2.RosterRows()
    for row in rows:
        kind = KIND_OF[type(row)]
        _fill(getattr(result, kind.field).add(), row, kind.key)
    return result


def from_proto(tenant: str, rows: roster_pb2.RosterRows) -> Iterator[Row]:
    """Rows as they arrived."""
    for kind in KINDS:
        for message in getattr(rows, kind.field):
            known = {f.name: _value(message, f.name) for f in fields(kind.row) if f.name in message.DESCRIPTOR.fields_by_name}
            yield kind.row(id=tenant, **known) if kind.row is Tenant else kind.row(**known)


def keys_from_proto(rows: roster_pb2.RosterRows) -> Iterator[tuple[Kind, dict[str, Any]]]:
    """The keys of removed rows as they arrived."""
    for kind in KINDS:
        for message in getattr(rows, kind.field):
            yield kind, {name: _value(message, name) for name in kind.key}


def from_columns(kind: Kind, columns: SqlRow[Any] | Mapping[str, Any]) -> Row:
    """A row as the database gave it."""
    found = columns if isinstance(columns, Mapping) else cast(Mapping[str, Any], columns._mapping)
    values = {f.name: _read(found[f.name]) for f in fields(kind.row) if f.name in found}
    if kind.row is Tenant:
        values["id"] = found["tenant"]
    return kind.row(**values)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value


def _fill(message: Message, row: Row, names: Iterable[str]) -> None:
    for name in names:
        if name not in message.DESCRIPTOR.fields_by_name:
            continue
        value = getattr(row, name)
        if isinstance(value, datetime):
            getattr(message, name).FromDatetime(value)
        elif isinstance(value, date):
            getattr(message, name).CopyFrom(date_pb2.Date(year=value.year, month=value.month, day=value.day))
        elif isinstance(value, tuple):
            getattr(message, name).extend(value)
        elif isinstance(value, Mapping):
            getattr(message, name).update(value)
        elif value is not None:
            setattr(message, name, value)


def _value(message: Message, name: str) -> Any:
    value = getattr(message, name)
    if isinstance(value, Timestamp):
        return value.ToDatetime(UTC) if message.HasField(name) else None
    if isinstance(value, date_pb2.Date):
        return date(value.year, value.month, value.day)
    field = message.DESCRIPTOR.fields_by_name[name]
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return dict(value)
    if field.is_repeated:
        return tuple(value)
    return value
