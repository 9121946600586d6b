"""Requests that nobody would send, made from the descriptors: whatever comes, a service answers or refuses, it never fails.

@given(data=st.data())
def test_no_request_makes_it_fail(scene, method, data):
    answer = fuzz.answered(client, method, data.draw(fuzz.requests(method, names)))
    assert answer not in fuzz.FAILURES
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

if TYPE_CHECKING:
    from services.kit.testing.channel import Client

FAILURES = ("INTERNAL", "UNKNOWN", "UNAVAILABLE", "DATA_LOSS", "UNIMPLEMENTED")
_DEPTH = 3
_ODD = ("", "\x00", "a\x00b", "'; DROP TABLE audit; --", "%", "../../etc/passwd", "＝１＋１", "\u202e", "🙂" * 3, "x" * 300, "-", "0")
_FLOATS = (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT)
_SMALL = st.integers(-3, 300)


def requests(method: MethodDescriptor, names: Sequence[str] = ()) -> st.SearchStrategy[Message]:
    """Requests of a method; `names` are resource names and other values that exist, so that some requests get far."""
    return _messages(method.input_type, tuple(names), _DEPTH)


def answered(client: Client, method: MethodDescriptor, request: Message) -> str:
    """Calls a method and says with which code it ended."""
    try:
        client.call(method, request)
    except grpc.RpcError as error:
        return str(error.code().name)  # every error of a call is a call
    return "OK"


def _messages(descriptor: Descriptor, names: Sequence[str], depth: int) -> st.SearchStrategy[Message]:
    made = message_factory.GetMessageClass(descriptor)
    fields = {field.name: st.none() | _field(field, names, depth) for field in descriptor.fields}
    return st.fixed_dictionaries(fields).map(lambda values: made(**{k: v for k, v in values.items() if v is not None}))


def _field(field: FieldDescriptor, names: Sequence[str], depth: int) -> st.SearchStrategy[Any]:
    value = _value(field, names, depth)
    return st.lists(value, max_size=3) if field.is_repeated else value


def _value(field: FieldDescriptor, names: Sequence[str], depth: int) -> st.SearchStrategy[Any]:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        assert field.message_type is not None
        return _messages(field.message_type, names, depth - 1) if depth else st.none()
    if field.type == FieldDescriptor.TYPE_STRING:
        known = [st.sampled_from(names)] if names else []
        return st.one_of(st.sampled_from(_ODD), st.text(max_size=20), *known)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=40)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    if field.type == FieldDescriptor.TYPE_ENUM:
        return st.integers(0, 9)
    if field.type in _FLOATS:
        return st.floats(width=32)
    wide = field.type in (FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_SINT64, FieldDescriptor.TYPE_SFIXED64)
    most = 2 ** (63 if wide else 31) - 1
    unsigned = field.type in (FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_UINT64)
    return (st.integers(0, 300) if unsigned else _SMALL) | st.sampled_from([0, most, *([] if unsigned else [-most - 1])])
