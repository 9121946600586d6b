"""A malformed request is refused with the field that is wrong, whichever rule of the contract it breaks; no request makes a method fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.rpc import error_details_pb2, status_pb2

from services.kit.testing.builders.desk import INSTALLATION
from tests.contract.rpc.conftest import Offices, holder_of
from tests.contract.rpc.contract import Method, methods, violations
from tests.contract.rpc.office import Refusal, Said, refusal, request_of
from tests.contract.rpc.test_rpc_commands import built

ALL = methods()
# Values that the shape of a free text allows and that nothing is called by.
_ODD_WORDS = ("", "x", "x/y", "a/b/c/d/e", "../..", "%s{0}", "\u202e公", "/")


def of_name(method: Method) -> str:
    return method.name


def entitled(offices: Offices, method: Method) -> Said:
    """Somebody who may call a method: what is refused is refused for the request."""
    if method.need == "internal":
        return offices.probe.said(INSTALLATION)
    return offices.probe.said_of(holder_of(method.access.permission) if method.access.permission else "admin")


@pytest.mark.parametrize("method", [method for method in ALL if any(violations(method))], ids=of_name)
def test_a_malformed_request_is_refused_with_its_field(offices: Offices, method: Method) -> None:
    said = entitled(offices, method)
    for violation in violations(method):
        refused = offices.line.refused(method, violation.request, said)
        assert refused.code == "INVALID_ARGUMENT", f"{violation}: {refused.answer}"
        assert violation.field in refused.answer.fields, f"{violation}: {refused.answer.fields}"
        assert all_told(refused), f"{violation}: every field is told in Chinese"


@pytest.mark.parametrize("method", ALL, ids=of_name)
def test_odd_words_are_answered_and_never_a_failure(offices: Offices, method: Method) -> None:
    act = built(offices.home, method)
    request, said = request_of(method, act), offices.home.said(act.who)
    for odd in odd_requests(request):
        try:
            offices.line.call(method, odd, said, act.pieces)
        except grpc.RpcError as error:
            refusal(method, error)


def all_told(refused: Refusal) -> bool:
    """Whether every wrong field is named and explained, at most twenty of them."""
    bad = error_details_pb2.BadRequest()
    for detail in status_pb2.Status.FromString(refused.body).details:
        detail.Unpack(bad)
    told = bad.field_violations
    return 0 < len(told) <= 20 and all(each.field and each.reason and each.localized_message.message for each in told)


def odd_requests(request: Any) -> Iterator[Any]:
    """The request with each of its texts in turn replaced by odd ones; texts in messages inside and in lists as well."""
    for path in _texts(request.DESCRIPTOR.fields, ()):
        for odd in _ODD_WORDS:
            said = json_format.MessageToDict(request, preserving_proto_field_name=True)
            said.pop("request_id", None)
            changed = json_format.ParseDict(said, type(request)())
            _put(changed, path, odd)
            yield changed


def _put(message: Any, path: tuple[str, ...], odd: str) -> None:
    for name in path[:-1]:
        message = getattr(message, name)
    if path[-1].endswith("[]"):
        getattr(message, path[-1][:-2])[:] = [odd]
    else:
        setattr(message, path[-1], odd)


def _texts(fields: Any, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for field in fields:
        if field.type == FieldDescriptor.TYPE_STRING and field.name != "request_id":
            yield (*above, f"{field.name}[]" if field.is_repeated else field.name)
        elif field.message_type and not field.is_repeated and field.message_type.full_name.startswith("xiaoneng.") and not above:
            yield from _texts(field.message_type.fields, (field.name,))
