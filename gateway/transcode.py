"""HTTP/JSON to messages and back, as `google.api.http` and the JSON form of proto3 say. Pure: no network here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from gateway.bindings import Binding, Match, Parameter, walk
from gateway.descriptors import Contract, is_map
from gateway.errors import Violation, invalid

_UNKNOWN = "没有这个字段"
_UNKNOWN_PARAMETER = "没有这个查询参数"
_MAX_DEPTH = 60
# What XML 1.0 cannot hold: such a text could be stored and never leave again as a spreadsheet or a document. PostgreSQL takes no NUL.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Duplicate(ValueError):
    """A key that stands twice in one JSON object."""


class Transcoder:
    """Turns requests into messages of `contract` and messages into JSON."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def request(self, match: Match, query: bytes, body: bytes | None, request_id: str = "") -> Message:
        """The message of a request. Refuses with the path of everything that does not fit."""
        binding = match.binding
        message = binding.method.input()
        if binding.body and body is not None:
            self._read_body(message, binding, body)
        self._read_parameters(message, binding, query)
        self._bind(message, match)
        if request_id and binding.has_request_id:
            _set_request_id(message, request_id)
        return message

    def response(self, message: Message) -> bytes:
        """A message as JSON. Empty scalars and lists are written out: clients need no defaults of their own."""
        return json.dumps(self.as_dict(message), ensure_ascii=False, separators=(",", ":")).encode()

    def as_dict(self, message: Message) -> dict[str, Any]:
        return json_format.MessageToDict(message, always_print_fields_with_no_presence=True, descriptor_pool=self._contract.pool)

    def _read_body(self, message: Message, binding: Binding, body: bytes) -> None:
        value = _load_json(body) if body.strip() else {}
        if binding.body != "*":
            name = message.DESCRIPTOR.fields_by_name[binding.body].json_name
            self._merge(message, {name: value}, strip=name)
        elif isinstance(value, dict):
            self._merge(message, value)
        else:
            raise invalid([Violation("", "请求体须为 JSON 对象", "NOT_AN_OBJECT")])

    def _read_parameters(self, message: Message, binding: Binding, query: bytes) -> None:
        if not query:
            return
        given: dict[Parameter, list[str]] = {}
        wrong: list[Violation] = []
        for name, value in _pairs(query):
            parameter = binding.query.get(name)
            if parameter is None:
                wrong.append(Violation(name, _UNKNOWN_PARAMETER, "UNKNOWN_PARAMETER"))
            else:
                given.setdefault(parameter, []).append(value)
        tree: dict[str, Any] = {}
        for parameter, values in given.items():
            if len(values) > 1 and not parameter.leaf.is_repeated:
                wrong.append(Violation(parameter.name, "该参数只能出现一次", "REPEATED"))
                continue
            read = [_from_text(parameter.leaf, v) for v in values]
            if any(v is None for v in read):
                wrong.append(Violation(parameter.name, "须为 true 或 false", "INVALID_VALUE"))
                continue
            _put(tree, parameter.fields, read if parameter.leaf.is_repeated else read[0])
        if wrong:
            raise invalid(wrong)
        self._merge(message, tree)

    def _bind(self, message: Message, match: Match) -> None:
        for path, text in match.bound.items():
            fields = walk(message.DESCRIPTOR, path)
            assert fields is not None  # checked when the routes were built
            before = _value_at(message, fields)
            tree: dict[str, Any] = {}
            _put(tree, fields, _from_text(fields[-1], text))
            self._merge(message, tree)
            if before is not None and before != _value_at(message, fields):
                raise invalid([Violation(path, "与地址中的值不一致", "DIFFERS_FROM_PATH")])

    def _merge(self, message: Message, value: dict[str, Any], strip: str = "") -> None:
        try:
            json_format.ParseDict(value, message, descriptor_pool=self._contract.pool, max_recursion_depth=_MAX_DEPTH)
        except (json_format.ParseError, ValueError, TypeError, RecursionError) as failed:
            violations = list(self._diagnose(message.DESCRIPTOR, value, "", 0))
            if not violations:
                violations = [Violation("", "请求内容有误", "INVALID_VALUE")]
            if strip:
                violations = [Violation(_stripped(v.field, strip), v.description, v.reason) for v in violations]
            raise invalid(violations) from failed
        if _UNPRINTABLE.search(_strings(value)):
            raise invalid([Violation("", "不允许控制字符", "CONTROL_CHARACTER")])

    def _diagnose(self, kind: Any, value: Any, path: str, depth: int) -> Iterator[Violation]:
        """Looks again at what did not fit, field by field, to say where and what."""
        if depth > _MAX_DEPTH:
            yield Violation(path, "嵌套过深", "TOO_DEEP")
            return
        if not isinstance(value, dict):
            yield Violation(path, "须为 JSON 对象", "NOT_AN_OBJECT")
            return
        seen: dict[str, str] = {}
        for key, item in value.items():
            here = f"{path}.{key}" if path else key
            one = _field(kind, key)
            if one is None:
                yield Violation(here, _UNKNOWN, "UNKNOWN_FIELD")
                continue
            oneof: Any = one.containing_oneof
            clash = oneof.full_name if oneof is not None and item is not None else one.full_name
            if clash in seen:
                yield Violation(here, f"与 {seen[clash]} 不能同时填写", "CONFLICT")
                continue
            seen[clash] = here
            yield from self._diagnose_field(one, item, here, depth)

    def _diagnose_field(self, one: FieldDescriptor, item: Any, path: str, depth: int) -> Iterator[Violation]:
        nested = one.message_type
        if item is None:
            return
        if nested is not None and not is_map(one) and not nested.full_name.startswith("google.protobuf."):
            if not one.is_repeated:
                yield from self._diagnose(nested, item, path, depth + 1)
            elif isinstance(item, list):
                for index, element in enumerate(item):
                    yield from self._diagnose(nested, element, f"{path}[{index}]", depth + 1)
            else:
                yield Violation(path, "须为列表", "NOT_A_LIST")
            return
        elements = [(path, item)]
        if one.is_repeated and not is_map(one) and isinstance(item, list):
            elements = [(f"{path}[{index}]", [element]) for index, element in enumerate(item)]
        for place, element in elements:
            if not self._fits(one, element):
                yield Violation(place, _expected(one), "INVALID_VALUE")

    def _fits(self, one: FieldDescriptor, item: Any) -> bool:
        holder = self._contract.message_class(one.containing_type)()
        try:
            json_format.ParseDict({one.json_name: item}, holder, descriptor_pool=self._contract.pool)
        except (json_format.ParseError, ValueError, TypeError, RecursionError):
            return False
        return True


def _load_json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except _Duplicate as twice:
        raise invalid([Violation(str(twice), "字段重复", "DUPLICATE_FIELD")]) from twice
    except (ValueError, RecursionError) as failed:
        raise invalid([Violation("", "请求体不是有效的 JSON", "NOT_JSON")]) from failed


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Duplicate(next(name for name in names if names.count(name) > 1))
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        text = query.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError as failed:
        raise invalid([Violation("", "查询参数有误", "QUERY_MALFORMED")]) from failed


def _from_text(one: FieldDescriptor, text: str) -> Any:
    """The JSON value for the text of a parameter; None where a truth value is neither. json_format takes the rest as text."""
    if one.type == FieldDescriptor.TYPE_BOOL:
        return {"true": True, "false": False}.get(text)
    return text


def _put(tree: dict[str, Any], fields: Sequence[FieldDescriptor], value: Any) -> None:
    for one in fields[:-1]:
        tree = tree.setdefault(one.json_name, {})
    tree[fields[-1].json_name] = value


def _value_at(message: Message, fields: Sequence[FieldDescriptor]) -> Any:
    """What a singular scalar holds, None where it is not set."""
    holder: Any = message
    for one in fields[:-1]:
        if not holder.HasField(one.name):
            return None
        holder = getattr(holder, one.name)
    value = getattr(holder, fields[-1].name)
    return value if value != fields[-1].default_value else None


def _set_request_id(message: Any, request_id: str) -> None:
    if message.request_id and message.request_id != request_id:
        raise invalid([Violation("requestId", "与 Idempotency-Key 不一致", "DIFFERS_FROM_HEADER")])
    message.request_id = request_id


def _field(kind: Any, key: str) -> FieldDescriptor | None:
    found = kind.fields_by_name.get(key)
    return found if found is not None else kind.fields_by_camelcase_name.get(key) or _by_json_name(kind, key)


def _by_json_name(kind: Any, key: str) -> FieldDescriptor | None:
    return next((f for f in kind.fields if f.json_name == key), None)


def _stripped(path: str, prefix: str) -> str:
    """A path inside a body that is one field, as the caller of HTTP sees it."""
    return path.removeprefix(prefix).removeprefix(".")


def _strings(value: Any) -> str:
    """All text inside a JSON value, in one string."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "".join(str(k) + _strings(v) for k, v in value.items())
    if isinstance(value, list):
        return "".join(_strings(v) for v in value)
    return ""


_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
}


def _expected(one: FieldDescriptor) -> str:
    """What a field takes, in words."""
    if is_map(one):
        return "须为 JSON 对象"
    if one.message_type is not None:
        known = {
            "google.protobuf.Timestamp": "须为 RFC 3339 时刻，如 2026-01-05T08:30:00+08:00",
            "google.protobuf.Duration": "须为秒数，如 3.5s",
            "google.protobuf.FieldMask": "须为以逗号分隔的字段名",
        }
        return known.get(one.message_type.full_name, "值不符合要求")
    if one.enum_type is not None:
        return "须为下列之一：" + "、".join(v.name for v in one.enum_type.values[:30])
    if one.cpp_type in _INTEGERS:
        return "须为范围内的整数"
    if one.type == FieldDescriptor.TYPE_BOOL:
        return "须为 true 或 false"
    if one.type == FieldDescriptor.TYPE_STRING:
        return "须为文本"
    return "须为 Base64 编码" if one.type == FieldDescriptor.TYPE_BYTES else "须为数值"
