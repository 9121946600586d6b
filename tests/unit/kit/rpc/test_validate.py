"""The shape of requests."""

from __future__ import annotations

import pytest

from services.kit.errors import Invalid
from services.kit.rpc.interceptors.validate import check
from xiaoneng.directory.v1 import person_service_pb2, unit_service_pb2


def test_a_request_in_order_passes() -> None:
    check(unit_service_pb2.GetUnitRequest(name="units/office"))


def test_every_wrong_field_is_named_with_its_path_in_chinese() -> None:
    request = unit_service_pb2.CreateUnitRequest(unit_id="A!", unit={"kind": "Office", "aliases": ["x" * 101]})
    with pytest.raises(Invalid) as refused:
        check(request)
    found = {violation.field: violation for violation in refused.value.violations}
    assert set(found) == {"unit_id", "unit.kind", "unit.aliases[0]"}
    assert found["unit_id"].description == "unit_id：格式不正确"
    assert found["unit.aliases[0]"].reason == "STRING_MAX_LEN"


def test_repeated_values_are_refused_where_they_must_differ() -> None:
    request = person_service_pb2.SetPermissionsRequest(name="persons/li", permissions=["a:b:c", "a:b:c"])
    with pytest.raises(Invalid) as refused:
        check(request)
    assert [violation.description for violation in refused.value.violations] == ["permissions：有重复项"]
