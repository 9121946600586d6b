"""沂源县：公开办事项目、督查网络、持证上岗、双联、全权负责的县领导."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook

from tests.scenario.directory.registry import columns, enter, entry, gaps, newcomer, permitted, reasons
from tests.scenario.world import Office, local
from xiaoneng.directory.v1 import register_service_pb2

Opens = Callable[..., Office]
ENDED = register_service_pb2.Registration.STATE_ENDED
ITEM = {"duties": "文化市场管理", "basis": "《营业性演出管理条例》", "procedure": "受理、审查、决定"}


@pytest.mark.clause("yiyuan/11.3")
def test_a_unit_whose_item_names_no_time_limit_stands_in_the_gap_report(office: Opens) -> None:
    county = office("yiyuan", at="2004-08-02 09:00")
    enter(county, "wen", "service_items", "units/culture", item="演出审批", time_limit="5", limit_source="own", **ITEM)
    item = enter(county, "wen", "service_items", "units/culture", item="网吧设立", **ITEM)
    assert reasons(county, "service_items", "sang") == {"units/culture": ("ITEM_INCOMPLETE", "yiyuan/11.3")}
    update = {"name": item.name, "register": item.register, "fields": [{"name": "time_limit", "value": "3"}]}
    county.as_("wen").do("UpdateRegistration", registration=update)
    assert gaps(county, "service_items", "sang") == {}


@pytest.mark.clause("yiyuan/11.3")
@pytest.mark.parametrize("column", ["duties", "basis", "procedure"])
def test_duties_basis_and_procedure_are_public_as_well(office: Opens, column: str) -> None:
    county = office("yiyuan", at="2004-08-02 09:00")
    told = {name: value for name, value in ITEM.items() if name != column}
    enter(county, "wen", "service_items", "units/culture", item="网吧设立", time_limit="3", limit_source="own", published="true", **told)
    assert reasons(county, "service_items", "sang") == {"units/culture": ("ITEM_INCOMPLETE", "yiyuan/11.3")}
    named = {"conditions": ["申请书", "场地证明"], "cautions": "不得出租", "departments": ["culture"]}
    enter(
        county, "wen", "service_items", "units/culture", item="演出", time_limit="3", limit_source="own", published="true", **ITEM, **named
    )
    refused = county.as_("sang").refused("CreateRegistration", registration=entry(county, "service_items", "units/culture", item="讲座"))
    assert (refused.reason, refused.clause) == ("NOT_ITEM_KEEPER", "yiyuan/11.3")


@pytest.mark.clause("yiyuan/12.1")
def test_a_unit_with_a_deputy_and_no_officer_for_supervision_is_listed(office: Opens) -> None:
    county = office("yiyuan", at="2004-08-02 09:00")
    assert set(gaps(county, "supervision_officers", "kong")) == {
        "units/organisation", "units/agriculture", "units/education", "units/culture", "units/price", "units/finance",
        "units/construction", "units/land", "units/tax", "units/lucun",
    }  # fmt: skip
    enter(county, "wen", "supervision_deputies", "units/culture", person=county.person("wei"))
    assert reasons(county, "supervision_officers", "kong").get("units/culture") == ("SUPERVISION_OFFICER_MISSING", "yiyuan/12.1")
    found = reasons(county, "supervision_deputies", "kong")
    assert "units/culture" not in found
    assert found.get("units/price") == ("SUPERVISION_DEPUTY_MISSING", "yiyuan/12.1")
    enter(county, "wen", "supervision_officers", "units/culture", person=county.person("sang"))
    assert "units/culture" not in gaps(county, "supervision_officers", "kong")


@pytest.mark.clause("yiyuan/12.1")
def test_supervision_has_one_deputy_and_one_officer_whom_the_head_names(office: Opens) -> None:
    county = office("yiyuan", at="2004-08-02 09:00")
    ou = newcomer(county, "欧副局长", "culture", "deputy_head")
    wen = county.as_("wen")
    staff = entry(county, "supervision_deputies", "units/culture", person=county.person("sang"))
    refused = wen.refused("CreateRegistration", registration=staff)
    assert (refused.reason, refused.clause) == ("NOT_A_DEPUTY", "yiyuan/12.1")
    own = entry(county, "supervision_deputies", "units/culture", person=county.person("wei"))
    refused = county.as_("wei").refused("CreateRegistration", registration=own)
    assert (refused.reason, refused.clause) == ("NOT_UNIT_HEAD", "yiyuan/12.1")
    enter(county, "wen", "supervision_deputies", "units/culture", person=county.person("wei"))
    refused = wen.refused("CreateRegistration", registration=entry(county, "supervision_deputies", "units/culture", person=ou))
    assert (refused.reason, refused.clause) == ("SUPERVISION_DEPUTY_COUNT", "yiyuan/12.1")
    second = entry(county, "supervision_officers", "units/culture", person=county.person("wei"))
    refused = county.as_("sang").refused("CreateRegistration", registration=second)
    assert (refused.reason, refused.clause) == ("NOT_UNIT_HEAD", "yiyuan/12.1")
    enter(county, "wen", "supervision_officers", "units/culture", person=county.person("sang"))
    refused = wen.refused("CreateRegistration", registration=second)
    assert (refused.reason, refused.clause) == ("SUPERVISION_OFFICER_COUNT", "yiyuan/12.1")


@pytest.mark.clause("yiyuan/19.1")
def test_an_officer_whose_certificate_has_ended_is_listed_and_not_rostered(office: Opens) -> None:
    county = office("yiyuan", at="2004-08-16 09:00")
    jia = newcomer(county, "贾科员", "construction", "enforcement_officer")
    assert reasons(county, "enforcement_certificates", "kong") == {jia: ("CERTIFICATE_MISSING", "yiyuan/19.1")}
    refused = county.as_("jia").refused(
        "CreateRegistration",
        registration=entry(county, "enforcement_certificates", jia, certificate_number="鲁C-031", valid_until="2004-08-31"),
    )
    assert (refused.reason, refused.clause) == ("NOT_UNIT_HEAD", "yiyuan/19.1")
    held = enter(county, "jian", "enforcement_certificates", jia, certificate_number="鲁C-031", valid_until="2004-08-31")
    assert local(held.valid_until_time) == "2004-09-01 00:00"
    assert gaps(county, "enforcement_certificates", "kong") == {}
    county.at("2004-08-31 23:59")
    enter(county, "jian", "enforcement_roster", "units/construction", person=jia, day="2004-08-31")
    assert gaps(county, "enforcement_certificates", "kong") == {}
    county.at("2004-09-01 00:00")
    assert reasons(county, "enforcement_certificates", "kong") == {jia: ("CERTIFICATE_EXPIRED", "yiyuan/19.1")}
    assert county.as_("jian").do("GetRegistration", name=held.name).state == ENDED
    county.at("2004-09-01 09:00")
    duty = entry(county, "enforcement_roster", "units/construction", person=jia, day="2004-09-02")
    refused = county.as_("jian").refused("CreateRegistration", registration=duty)
    assert (refused.reason, refused.clause) == ("CERTIFICATE_EXPIRED", "yiyuan/19.1")
    refused = county.as_("jia").refused("CreateRegistration", registration=duty)
    assert (refused.reason, refused.clause) == ("NOT_UNIT_HEAD", "yiyuan/19.1")
    enter(county, "jian", "enforcement_certificates", jia, certificate_number="鲁C-031", valid_until="2006-08-31")
    enter(county, "jian", "enforcement_roster", "units/construction", person=jia, day="2004-09-02")
    assert gaps(county, "enforcement_certificates", "kong") == {}


@pytest.mark.clause("yiyuan/20.1")
def test_a_party_branch_without_a_rural_branch_is_listed(office: Opens) -> None:
    county = office("yiyuan", at="2004-09-01 09:00")
    for branch, name in (("culture-branch", "文化局党支部"), ("finance-branch", "财政局党支部")):
        county.as_("admin").do("CreateUnit", unit_id=branch, unit={"display_name": name, "kind": "party_branch"})
    county.world.settle()
    enter(county, "cai", "branch_links", "units/finance-branch", rural_branch="鲁村镇龙泉村党支部")
    assert reasons(county, "branch_links", "kong") == {"units/culture-branch": ("BRANCH_LINK_MISSING", "yiyuan/20.1")}


@pytest.mark.clause("yiyuan/20.2")
def test_the_party_member_without_a_household_is_named_and_others_may_join(office: Opens) -> None:
    county = office("yiyuan", at="2004-09-01 09:00")
    for member in ("wen", "wei"):
        enter(county, "wen", "party_members", "units/culture", person=county.person(member))
    enter(county, "wen", "household_links", county.person("wen"), household="龙泉村张家")
    enter(county, "sang", "household_links", county.person("sang"), household="龙泉村李家")
    found = gaps(county, "household_links", "kong")
    assert {holder: (gap.reason, gap.citation.clause, gap.display_name) for holder, gap in found.items()} == {
        county.person("wei"): ("HOUSEHOLD_LINK_MISSING", "yiyuan/20.2", "卫副局长")
    }


@pytest.mark.clause("yiyuan/20.2")
def test_members_come_in_from_a_spreadsheet_as_a_whole_or_not_at_all(office: Opens) -> None:
    county = office("yiyuan", at="2004-09-01 09:00")
    wrong = sheet(("登记对象", "党员"), ("文化局", "文局长"), ("文化局", "查无此人"), ("无此单位", "卫副局长"))
    answer = county.as_("wen").do("ImportRegistrations", register="registers/party_members", workbook=wrong)
    assert [(error.row, error.column, error.reason) for error in answer.errors] == [(3, "党员", "FIELD_INVALID"), (4, "", "UNIT_UNKNOWN")]
    assert gaps(county, "household_links", "kong") == {}
    right = sheet(("登记对象", "党员"), ("文化局", "文局长"), ("文化局", "卫副局长"))
    done = county.as_("wen").do("ImportRegistrations", register="registers/party_members", workbook=right)
    assert (done.created, list(done.errors)) == (2, [])
    assert set(gaps(county, "household_links", "kong")) == {county.person("wen"), county.person("wei")}


@pytest.mark.clause("yiyuan/7.4")
def test_key_work_has_one_leader_who_is_fully_responsible(office: Opens) -> None:
    county = office("yiyuan", at="2004-06-24 09:00")
    refused = permitted(county, "wen", "directory:registration:create").refused(
        "CreateRegistration", registration=entry(county, "key_works", work="tourism", title="旅游开发", units=["culture", "land"])
    )
    assert refused.reason == "NOT_REGISTER_KEEPER"
    work = enter(county, "kong", "key_works", work="tourism", title="旅游开发", units=["culture", "land"])
    assert columns(work)["work"] == "tourism"
    county.world.settle()
    kong = county.as_("kong")
    kong.do("CreatePortfolio", portfolio={"person": county.person("tang"), "field": "tourism"})
    refused = kong.refused("CreatePortfolio", portfolio={"person": county.person("du"), "field": "tourism"})
    assert (refused.reason, refused.clause) == ("SECOND_RESPONSIBLE_LEADER", "yiyuan/7.4")
    for leader in ("tang", "du"):  # an ordinary field of work may have several leaders
        kong.do("CreatePortfolio", portfolio={"person": county.person(leader), "field": "safety"})


def sheet(*rows: tuple[str, ...]) -> str:
    """A spreadsheet as a request carries it."""
    book = Workbook()
    (page,) = book.worksheets
    for row in rows:
        page.append(row)
    written = BytesIO()
    book.save(written)
    return base64.b64encode(written.getvalue()).decode()
