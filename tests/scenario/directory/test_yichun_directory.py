"""宜春市政府办公室：实施意见的施行、从服务对象中选聘的监督员."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenario.directory.registry import enter, entry
from tests.scenario.world import Caller, Office, local, moment

Opens = Callable[..., Office]
PACK = "yichun-office-2008"


@pytest.mark.clause("yichun/0.1")
def test_the_opinions_are_in_force_from_their_date_without_a_gap(office: Opens) -> None:
    city = office("yichun", at="2008-09-25 09:00")
    admin = city.as_("admin")
    (kept,) = [pack for pack in admin.do("ListPacks").packs if pack.name.startswith(f"packs/{PACK}/")]
    assert local(kept.active_from_time) == "2008-09-26 00:00"
    admin.do("RepealPack", name=kept.name, end_time=moment("2008-09-26 00:00"))
    again = admin.do("CreatePack", source=city.packs[PACK].replace("version: 1\n", "version: 2\n", 1))
    refused = admin.refused("ActivatePack", name=again.name, active_from_time=moment("2008-09-27 00:00"))
    assert (refused.reason, refused.clause) == ("ACTIVATION_GAP", "yichun/0.1")
    admin.do("ActivatePack", name=again.name, active_from_time=moment("2008-09-26 09:00"))
    city.at("2008-09-27 09:00")
    document = city.as_("deng").do(
        "RegisterDocument", title="关于防汛的请示", sender="袁州区政府", important=True, document_class="action", matters=["防汛"]
    )
    route = city.as_("deng").do("GetRoute", name=document.name)
    assert [(limit.citation.pack, limit.citation.clause) for limit in route.deadlines] == [(PACK, "yichun/6.1")]


@pytest.mark.clause("yichun/12.1")
def test_the_register_of_items_gives_the_limit(office: Opens) -> None:
    city = office("yichun", at="2008-11-19 09:00")
    refused = city.as_("peng").refused(
        "CreateRegistration", registration=entry(city, "service_items", "units/agriculture", item="农机补贴")
    )
    assert refused.reason == "FIELD_INVALID"
    item = enter(city, "peng", "service_items", "units/agriculture", item="农机补贴", time_limit="3")
    yuan = city.as_("yuan")
    matter = yuan.do("RecordContact", title="办理补贴", visitor="王先生", item=item.name, duty="DUTY_OWN")
    yuan.do("GiveNotice", name=matter.name, notice={"conditions": ["身份证"]})
    assert local(yuan.do("AcceptMatter", name=matter.name).due_time) == "2008-11-24 18:00"


@pytest.mark.clause("yichun/11.3")
def test_a_supervisor_reads_the_ledger_of_opinions_and_writes_nothing(office: Opens) -> None:
    city = office("yichun", at="2008-11-01 09:00")
    opinion = {"opinion": "办事窗口午间无人", "responsible": city.person("peng"), "deadline": "2008-12-12"}
    refused = city.as_("yuan").refused("CreateRegistration", registration=entry(city, "opinions", **opinion))
    assert (refused.reason, refused.clause) == ("NOT_SUPERVISION_SECTION", "yichun/11.3")
    enter(city, "hu", "opinions", **opinion)
    made = city.as_("admin").do("CreatePerson", person={"display_name": "易先生"})
    yi = Caller(city, made.name.removeprefix("persons/"))
    appointed = {"person": made.name, "appointed_from": "2008-11-03", "appointed_until": "2009-11-02"}
    refused = city.as_("peng").refused("CreateRegistration", registration=entry(city, "external_supervisors", **appointed))
    assert (refused.reason, refused.clause) == ("SUPERVISORS_BY_OFFICE", "yichun/11.3")
    enter(city, "lan", "external_supervisors", **appointed)
    refused = yi.refused("ListRegistrations", register="registers/opinions")
    assert (refused.reason, refused.clause) == ("NOT_A_SUPERVISOR", "yichun/11.3")
    city.at("2008-11-04 10:00")
    (shown,) = yi.do("ListRegistrations", register="registers/opinions").registrations
    refused = yi.refused("CreateRegistration", registration=entry(city, "opinions", **{**opinion, "opinion": "另一意见"}))
    assert (refused.reason, refused.clause) == ("NOT_SUPERVISION_SECTION", "yichun/11.3")
    assert yi.refused("EndRegistration", name=shown.name).reason == "NOT_SUPERVISION_SECTION"
    refused = city.as_("yuan").refused("ListRegistrations", register="registers/opinions")
    assert (refused.reason, refused.clause) == ("NOT_A_SUPERVISOR", "yichun/11.3")
    city.at("2009-11-03 00:00")
    assert yi.refused("ListRegistrations", register="registers/opinions").reason == "NOT_A_SUPERVISOR"
