"""河北区政府：三项制度一并印发、一并启用."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario import packs
from tests.scenario.world import described, local
from xiaoneng.directory.v1 import pack_service_pb2

SET = ("hebei-documents-2018", "hebei-meetings-2018", "hebei-supervision-2018")
ACTIVE = pack_service_pb2.Pack.STATE_ACTIVE


@pytest.mark.clause("hebei-doc/0.1")
def test_the_three_regulations_are_put_in_force_together(office: Any) -> None:
    data = described("hebei")
    district = office.founded(data, "2018-05-11 09:00", {"platform-defaults": packs.text("platform-defaults")})
    admin = district.as_("admin")
    kept = [admin.do("CreatePack", source=packs.text(name)).name for name in SET]
    assert kept == [f"packs/{name}/versions/1" for name in SET]
    for name in kept:
        refused = admin.refused("ActivatePack", name=name)
        assert (refused.reason, refused.clause) == ("PACK_SET_INCOMPLETE", "hebei-doc/0.1")
        two = [other for other in kept if other != name][:1]
        assert admin.refused("ActivatePack", name=name, together=two).reason == "PACK_SET_INCOMPLETE"
    active = admin.do("ActivatePack", name=kept[0], together=kept[1:])
    assert local(active.active_from_time) == "2018-05-11 09:00"
    listed = admin.do("ListPacks", active_only=True).packs
    assert {pack.name for pack in listed} >= set(kept)
    assert all(pack.state == ACTIVE for pack in listed)


@pytest.mark.clause("hebei-doc/0.1")
def test_a_new_version_of_one_of_them_comes_alone(office: Any) -> None:
    district = office("hebei", at="2018-05-14 09:00")
    director = district.as_("director")
    source = packs.text(SET[0]).replace("version: 1\n", "version: 2\n", 1)
    made = director.do("CreatePack", source=source)
    assert director.do("ActivatePack", name=made.name).state == ACTIVE
