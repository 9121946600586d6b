"""Whatever is asked of directory, it answers or refuses."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kit.testing import fuzz
from tests.service.directory.test_refusals import METHODS, REQUESTS, Scene, caller, scene

__all__ = ["scene"]

NAMES = (
    "tenants/office", "office", "units/office", "units/planning", "persons/chen", "chen", "registers/guides", "guides", "planning",
    "east", "person", "roles/head", "packs/trial/versions/1", "unit_head", "directory:unit:create", "documents.step", "display_name",
)  # fmt: skip
# These would end what the others ask about.
SPARED = {"CreateTenant", "UpdateTenant", "RepealPack", "EndMembership", "SetPermissions"}


@pytest.mark.parametrize("method", sorted(set(METHODS) - SPARED))
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_makes_it_fail(scene: Scene, method: str, data: st.DataObject) -> None:
    request = data.draw(fuzz.requests(METHODS[method], NAMES))
    assert fuzz.answered(caller(scene, method), METHODS[method], request) not in fuzz.FAILURES


@pytest.mark.parametrize("method", sorted(set(METHODS) - SPARED))
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_change_of_a_valid_request_makes_it_fail(scene: Scene, method: str, data: st.DataObject) -> None:
    valid = METHODS[method].input_type
    changed = data.draw(fuzz.requests(METHODS[method], NAMES))
    request = type(changed)(**REQUESTS[method](scene))
    for field in changed.DESCRIPTOR.fields:
        if data.draw(st.booleans(), label=field.name) and field.name in valid.fields_by_name:
            request.ClearField(field.name)
            part = type(changed)()
            part.CopyFrom(changed)
            for other in changed.DESCRIPTOR.fields:
                if other.name != field.name:
                    part.ClearField(other.name)
            request.MergeFrom(part)
    assert fuzz.answered(caller(scene, method), METHODS[method], request) not in fuzz.FAILURES
