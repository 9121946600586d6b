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


@pytest.mark.parametrize("seconds", [-(2**63), -62_135_596_801, 253_402_300_800, 2**63 - 1])
def test_an_instant_outside_the_years_is_refused(seconds: int) -> None:
    request = unit_service_pb2.CloseUnitRequest(name="units/a", end_time={"seconds": seconds})
    with pytest.raises(Invalid) as refused:
        check(request)
    assert [(v.field, v.reason) for v in refused.value.violations] == [("end_time", "TIMESTAMP_INVALID")]


def test_a_text_with_a_nul_is_refused_wherever_it_stands() -> None:
    request = unit_service_pb2.CreateUnitRequest(unit={"display_name": "a\x00", "kind": "section", "aliases": ["b", "\x00"]})
    with pytest.raises(Invalid) as refused:
        check(request)
    assert [v.field for v in refused.value.violations] == ["unit.display_name", "unit.aliases"]
