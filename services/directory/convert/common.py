"""Names, moments and masks, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2

from services.directory.domain.errors import DayInvalid
from services.kit.errors import Citation, FieldViolation, Invalid
from xiaoneng.kit.v1 import citation_pb2

Changes = tuple[tuple[str, Any], ...]


def tail(name: str) -> str:
    """The id in a name: `units/office` is `office`. Empty stays empty."""
    return name.rpartition("/")[2]


def named(collection: str, id_: str) -> str:
    """The name of an id; empty stays empty."""
    return f"{collection}/{id_}" if id_ else ""


def moment(message: Message, field: str) -> datetime | None:
    """A timestamp, None where it is not set."""
    return getattr(message, field).ToDatetime(UTC) if message.HasField(field) else None


def stamp(at: datetime | None) -> Timestamp | None:
    """A timestamp for a message's constructor."""
    if at is None:
        return None
    result = Timestamp()
    result.FromDatetime(at)
    return result


def day(message: date_pb2.Date, field: str) -> date:
    """A date. Refuses one that is not in the calendar: DayInvalid."""
    try:
        return date(message.year, message.month, message.day)
    except ValueError as wrong:
        raise DayInvalid([FieldViolation(field, "日期不存在", "DAY_INVALID")]) from wrong


def to_day(at: date) -> date_pb2.Date:
    """A date as it travels."""
    return date_pb2.Date(year=at.year, month=at.month, day=at.day)


def to_citation(cited: Citation) -> citation_pb2.Citation:
    """An article as it travels."""
    return citation_pb2.Citation(
        clause=cited.clause, article=cited.article, quote=cited.quote, regulation=cited.regulation, pack=cited.pack,
        version=cited.version,
    )  # fmt: skip


def changes(values: Mapping[str, Any], mask: FieldMask) -> Changes:
    """The values that a mask names, without one those that are said: what is absent stays. Refuses what cannot be changed: Invalid."""
    unknown = [path for path in mask.paths if path not in values]
    if unknown:
        raise Invalid([FieldViolation("update_mask", f"不能修改“{path}”", "FIELD_NOT_MUTABLE") for path in unknown])
    wanted = set(mask.paths) or {name for name, value in values.items() if value}
    return tuple(sorted((name, value) for name, value in values.items() if name in wanted))


def required(values: Mapping[str, str]) -> None:
    """Refuses the fields that are empty: Invalid."""
    empty = [FieldViolation(name, f"{name}：必须填写", "REQUIRED") for name, value in values.items() if not value]
    if empty:
        raise Invalid(empty)
