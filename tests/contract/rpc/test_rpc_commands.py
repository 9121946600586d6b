"""What every method promises who calls it rightly: it is done, once per request id, and not on what has changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor

from services.kit import ids
from services.kit.testing.builders import BUILDERS, Act
from services.kit.testing.builders.desk import INSTALLATION
from tests.contract.rpc.contract import WITHOUT_DATABASE, Method, methods
from tests.contract.rpc.office import OfficeDesk, request_of

CHANGES = [method for method in methods() if method.changes]
STORED = [method for method in CHANGES if method.service != WITHOUT_DATABASE]
READS = [method for method in methods() if not method.changes]
_WORDS, _NUMBER, _BOOL = FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_BOOL
# What says which request or which state is meant, and not what is wanted.
_NOT_THE_BODY = {"request_id", "etag", "update_mask"}


def built(desk: OfficeDesk, method: Method) -> Act:
    """What the builder of a method makes; a read that asks for nothing needs none."""
    if method.name in BUILDERS:
        return BUILDERS[method.name](desk)
    assert not method.changes, f"{method.name} changes something and has no builder in services/kit/testing/builders"
    return Act("registry_head")


def etag_of(method: Method) -> str:
    """Where a request has an etag: at its top or in what it changes; empty where it has none."""
    request = method.descriptor.input_type
    if "etag" in request.fields_by_name:
        return "etag"
    inner = [field.name for field in request.fields if field.message_type and "etag" in field.message_type.fields_by_name]
    creates = method.descriptor.name.startswith("Create")
    return f"{inner[0]}.etag" if inner and not creates else ""


def test_every_builder_is_of_a_method() -> None:
    assert set(BUILDERS) <= {method.name for method in methods()}


@pytest.mark.parametrize("method", CHANGES, ids=lambda method: method.name)
def test_every_method_that_changes_something_has_a_builder(method: Method) -> None:
    assert method.name in BUILDERS, "one request that is done, in services/kit/testing/builders"


@pytest.mark.parametrize("method", READS, ids=lambda method: method.name)
def test_a_read_is_answered(home: OfficeDesk, method: Method) -> None:
    act = built(home, method)
    before = home.count()
    answer = home.line.call(method, request_of(method, act), home.said(act.who))
    assert answer is not None
    assert {name for name, number in home.count().items() if number != before[name]} <= {f"{method.service}.audit"}


@pytest.mark.parametrize("method", STORED, ids=lambda method: method.name)
def test_it_is_done_once_per_request_id(home: OfficeDesk, method: Method) -> None:
    act = built(home, method)
    request, said, before = request_of(method, act), home.said(act.who), home.count()
    first = home.line.call(method, request, said, act.pieces)
    done = home.count()
    assert home.line.call(method, request, said, act.pieces) == first
    assert home.count() == done, "the second request did something"
    # What the installation does is recorded with the tenant that it makes.
    assert act.who == INSTALLATION or done[f"{method.service}.audit"] > before[f"{method.service}.audit"], "there is no audit record"
    refused = home.line.refused(method, another(request), said, act.pieces)
    assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
    assert home.count() == done


@pytest.mark.parametrize("method", [method for method in STORED if etag_of(method)], ids=lambda method: method.name)
def test_what_has_changed_meanwhile_is_not_overwritten(home: OfficeDesk, method: Method) -> None:
    act, place = built(home, method), etag_of(method).split(".")
    request, before = request_of(method, act), home.count()
    message = request if len(place) == 1 else getattr(request, place[0])
    assert message.etag, "the builder says which state it means"
    message.etag = "0"
    refused = home.line.refused(method, request, home.said(act.who))
    assert (refused.code, refused.reason) == ("ABORTED", "STALE")
    assert home.count() == before


def test_the_clock_stays_where_it_was_moved(home: OfficeDesk) -> None:
    (method,) = [method for method in CHANGES if method.service == WITHOUT_DATABASE]
    act = built(home, method)
    request, said = request_of(method, act), home.said(act.who)
    assert home.line.call(method, request, said) == home.line.call(method, request, said)


def another(request: Any) -> Any:
    """The same request with another body: one value that it says is another one."""
    changed = type(request)()
    changed.CopyFrom(request)
    message, field = min(_said(changed), key=lambda found: _how_free(found[1], getattr(found[0], found[1].name)))
    value = getattr(message, field.name)
    if field.is_repeated:
        del value[-1:]
    elif field.cpp_type == _WORDS:
        setattr(message, field.name, _other_words(field, value))
    elif field.cpp_type == _BOOL:
        setattr(message, field.name, not value)
    else:
        setattr(message, field.name, value + 1)
    return changed


def _said(message: Any) -> Iterator[tuple[Any, FieldDescriptor]]:
    """The values that a message says, those of messages inside it as well."""
    for field, value in message.ListFields():
        if field.name in _NOT_THE_BODY:
            continue
        if field.message_type is None:
            yield message, field
        elif not field.is_repeated:
            yield from _said(value)
        else:
            for item in value:
                yield from _said(item)


def _how_free(field: FieldDescriptor, value: Any) -> tuple[bool, bool, bool]:
    """Free text first, then numbers, then what names something."""
    words = field.cpp_type == _WORDS and not field.is_repeated
    return (field.is_repeated, words and _is_id(value), not words)


def _is_id(value: Any) -> bool:
    return isinstance(value, bytes) or "/" in value or value.isascii()


def _other_words(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, bytes):
        return value + b"\n"
    tail = value.rpartition("/")[2]
    if len(tail) == 36:
        return value.removesuffix(tail) + ids.new()
    return value + "2" if value.isascii() else value + "二"
