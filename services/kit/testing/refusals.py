"""The refusals that every method owes, generated from the descriptors: a service's test gives one valid request per method.

@pytest.mark.parametrize("method", refusals.members_only(SPEC))
def test_strangers_are_refused(scene, method): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from services.kit.rpc.access import access_of, services_of
from services.kit.rpc.interceptors import validate

if TYPE_CHECKING:
    from services.kit.service import ServiceSpec

_TOO_LONG = "x" * 5000
_NOT_AN_ID = "no uuid"


def methods(spec: ServiceSpec) -> list[MethodDescriptor]:
    """Every method of a service."""
    no_ports: Any = None  # servicers keep their ports and do not touch them before a call
    return [method for service in services_of(spec.servicers(no_ports)) for method in service.methods]


def names(spec: ServiceSpec, *needs: str) -> list[str]:
    """Names of the methods that need one of `needs` (`permission`, `member`, `signed_in`, `internal`, `public`); all without any."""
    return [m.name for m in methods(spec) if not needs or access_of(m).WhichOneof("need") in needs]


def with_request_id(spec: ServiceSpec) -> list[str]:
    """Names of the methods that change something once per request id."""
    return [m.name for m in methods(spec) if "request_id" in m.input_type.fields_by_name]


def with_etag(spec: ServiceSpec) -> list[str]:
    """Names of the methods that take a resource which two people may edit."""
    return [m.name for m in methods(spec) if m.name.startswith("Update") and _resource(m.input_type) is not None]


def malformed(method: MethodDescriptor) -> dict[str, Any] | None:
    """A request that is no request of this method, with one field of the wrong shape; None where every request has the right shape."""
    for field in _by_likelihood(method.input_type):
        wrong = _wrong_value(field)
        if wrong is None:
            continue
        request = message_factory.GetMessageClass(method.input_type)(**{field.name: wrong})
        if validate.violations(request):
            return {field.name: wrong}
    return None


def stale(method: MethodDescriptor, request: dict[str, Any]) -> dict[str, Any]:
    """A valid request of an update, made from an old reading."""
    field = _resource(method.input_type)
    assert field is not None
    return {**request, field.name: {**request[field.name], "etag": "stale"}}


def _by_likelihood(message: Descriptor) -> Iterator[FieldDescriptor]:
    first = ("request_id", "name", "page_size")
    yield from sorted(message.fields, key=lambda field: first.index(field.name) if field.name in first else len(first))


def _wrong_value(field: FieldDescriptor) -> Any:
    if field.is_repeated:
        return None
    if field.type == FieldDescriptor.TYPE_STRING:
        return _NOT_AN_ID if field.name == "request_id" else _TOO_LONG
    if field.type in (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64):
        return -1
    if field.type == FieldDescriptor.TYPE_BYTES:
        return b""
    return None


def _resource(message: Descriptor) -> FieldDescriptor | None:
    for field in message.fields:
        inner = field.message_type
        if inner is not None and "etag" in inner.fields_by_name:
            return field
    return None
