"""Shape of requests: the protovalidate rules of the protos. Everything that needs the database or a policy is the command's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from protovalidate import Validator, Violation

from services.kit.errors import FieldViolation, Invalid
from services.kit.rpc.call import Call

_validator = Validator()
_MOST = 20
_NANOS = 1_000_000_000
# The years 1 to 9999, with a day to spare at both ends for every zone.
_FIRST_SECOND, _LAST_SECOND = -62_135_510_400, 253_402_214_400
# What is wrong, in Chinese, by protovalidate's rule; without an entry the rule's own English words are shown after it.
_TEXTS = {
    "required": "必须填写",
    "string.min_len": "不能为空或太短",
    "string.max_len": "太长",
    "string.max_bytes": "太长",
    "string.pattern": "格式不正确",
    "string.uuid": "必须是UUID",
    "string.in": "不在可选范围内",
    "repeated.min_items": "项数太少",
    "repeated.max_items": "项数太多",
    "repeated.unique": "有重复项",
    "int32.gte": "数值太小",
    "int32.lte": "数值太大",
    "enum.defined_only": "不在可选范围内",
    "bytes.max_len": "文件太大",
    "bytes.min_len": "不能为空",
}


@contextmanager
def validated(call: Call) -> Iterator[None]:
    """Refuses a malformed request with every field that is wrong: Invalid."""
    if call.request is not None:
        check(call.request)
    yield


def check(request: Message) -> None:
    """Refuses a malformed message: Invalid."""
    found = violations(request)
    if found:
        raise Invalid(found)


def violations(request: Message) -> list[FieldViolation]:
    """Every field of a message that has the wrong shape, the first twenty.

    Besides the rules of the proto two hold everywhere: a text has no NUL (PostgreSQL takes none), an instant lies in the years 1 to 9999.
    """
    found = [_field(violation) for violation in _validator.collect_violations(request)[:_MOST]]
    return [*found, *islice(_unsound(request, ""), _MOST - len(found))]


def _unsound(message: Message, path: str) -> Iterator[FieldViolation]:
    if isinstance(message, Timestamp):
        if not _FIRST_SECOND <= message.seconds <= _LAST_SECOND or not 0 <= message.nanos < _NANOS:
            yield FieldViolation(path, f"{path}：时间无效", "TIMESTAMP_INVALID")
        return
    for field, value in message.ListFields():
        name = f"{path}.{field.name}" if path else field.name
        if field.type == FieldDescriptor.TYPE_STRING:
            texts = value if field.is_repeated else (value,)
            if any("\x00" in text for text in texts):
                yield FieldViolation(name, f"{name}：含有无效字符", "STRING_HAS_NUL")
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            if not field.is_repeated:
                yield from _unsound(value, name)
            elif field.message_type is not None and not field.message_type.GetOptions().map_entry:
                for index, element in enumerate(value):
                    yield from _unsound(element, f"{name}[{index}]")


def _field(violation: Violation) -> FieldViolation:
    said = violation.proto
    path = _path(said)
    rule = said.rule_id or ""
    text = _TEXTS.get(rule) or f"不符合要求（{said.message or rule}）"
    return FieldViolation(path, f"{path}：{text}", rule.upper().replace(".", "_") or "INVALID_FIELD")


def _path(said: object) -> str:
    """The path of a field as clients write it: `unit.aliases[2]`."""
    elements = getattr(getattr(said, "field", None), "elements", None) or ()
    parts: list[str] = []
    for element in elements:
        name = str(element.field_name or "")
        subscript = getattr(element, "subscript", None)
        index = getattr(subscript, "value", None) if subscript is not None else None
        parts.append(name if index is None else f"{name}[{index}]")
    return ".".join(parts)
