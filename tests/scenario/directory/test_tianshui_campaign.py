"""天水市：效能风暴行动的起止、参与范围、监督员、收费、领导干部记录、执法资格、领导机构."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenario.directory.registry import columns, enter, entry, gaps, newcomer, reasons
from tests.scenario.world import Caller, Office
from xiaoneng.directory.v1 import register_service_pb2

Opens = Callable[..., Office]
ACTIVE = register_service_pb2.Registration.STATE_ACTIVE


def guest(city: Office, name: str) -> str:
    """Somebody from outside who belongs to no unit."""
    return str(city.as_("admin").do("CreatePerson", person={"display_name": name}).name)


def by_name(city: Office, person: str) -> Caller:
    """Somebody by the resource name."""
    return Caller(city, person.removeprefix("persons/"))


@pytest.mark.clause("tianshui/0.1")
def test_the_campaign_begins_on_its_first_day(office: Opens) -> None:
    city = office("tianshui", at="2012-06-17 09:00")
    participant = entry(city, "campaign_participants", "units/finance", contact=city.person("cheng"))
    city.at("2012-06-17 23:59")
    assert city.as_("admin").refused("CreateRegistration", registration=participant).reason == "REGISTER_UNKNOWN"
    city.at("2012-06-18 00:00")
    assert city.as_("qian").do("CreateRegistration", registration=participant).state == ACTIVE
    assert "units/education" in gaps(city, "campaign_participants", "pan")


@pytest.mark.clause("tianshui/0.1")
def test_after_its_last_day_nobody_owes_anything_new_and_what_is_open_stays(office: Opens) -> None:
    city = office("tianshui", at="2013-01-14 09:00")
    made = enter(city, "qian", "campaign_participants", "units/finance", contact=city.person("cheng"))
    city.at("2013-01-15 23:59")
    assert "units/education" in gaps(city, "campaign_participants", "pan")
    enter(city, "pei", "campaign_participants", "units/education", contact=city.person("qu"))
    city.at("2013-01-16 00:00")
    late = entry(city, "campaign_participants", "units/construction", contact=city.person("kou"))
    assert city.as_("admin").refused("CreateRegistration", registration=late).reason == "REGISTER_UNKNOWN"
    assert gaps(city, "campaign_participants", "pan") == {}
    assert city.as_("qian").do("GetRegistration", name=made.name).state == ACTIVE


@pytest.mark.clause("tianshui/2-1.1")
def test_a_company_is_no_participant_and_owes_nothing(office: Opens) -> None:
    city = office("tianshui", at="2012-06-18 09:00")
    assert set(gaps(city, "campaign_participants", "pan")) == {
        "units/discipline", "units/organisation", "units/finance", "units/education", "units/construction", "units/environment",
    }  # fmt: skip
    company = entry(city, "campaign_participants", "units/water", contact=city.person("shui"))
    refused = city.as_("shui").refused("CreateRegistration", registration=company)
    assert (refused.reason, refused.clause) == ("NOT_A_PARTICIPANT", "tianshui/2-1.1")
    enter(city, "qian", "campaign_participants", "units/finance", contact=city.person("cheng"))
    assert reasons(city, "campaign_participants", "pan").get("units/education") == ("PARTICIPANT_NOT_REGISTERED", "tianshui/2-1.1")
    assert set(gaps(city, "leading_bodies", "pan")) == {"units/finance"}


@pytest.mark.clause("tianshui/2-1.1")
def test_the_campaign_binds_the_counties_as_well(office: Opens) -> None:
    city = office("tianshui", at="2012-06-18 09:00")
    county = office("qingshui", at="2012-06-18 09:00", under=city)
    assert set(gaps(county, "campaign_participants", "fei")) == {"units/committee", "units/government"}
    distillery = entry(county, "campaign_participants", "units/distillery", contact=county.person("bian"))
    refused = county.as_("bian").refused("CreateRegistration", registration=distillery)
    assert (refused.reason, refused.clause) == ("NOT_A_PARTICIPANT", "tianshui/2-1.1")
    enter(county, "fei", "campaign_participants", "units/government", contact=county.person("tan"))
    assert set(gaps(county, "campaign_participants", "fei")) == {"units/committee"}


@pytest.mark.clause("tianshui/2-2-3.3")
def test_a_supervisor_files_findings_in_the_term_and_sees_nothing_else(office: Opens) -> None:
    city = office("tianshui", at="2012-07-20 09:00")
    enter(city, "pei", "unit_problems", "units/education", problem="服务窗口无人值守")
    niu = guest(city, "牛女士")
    supervisor = {"person": niu, "appointed_from": "2012-07-23", "appointed_until": "2012-12-09"}
    refused = city.as_("pei").refused("CreateRegistration", registration=entry(city, "efficiency_supervisors", **supervisor))
    assert (refused.reason, refused.clause) == ("NOT_CAMPAIGN_OFFICE", "tianshui/2-2-3.3")
    enter(city, "pan", "efficiency_supervisors", **supervisor)
    finding = entry(city, "visit_findings", "units/education", finding="办事窗口人员迟到")
    refused = by_name(city, niu).refused("CreateRegistration", registration=finding)
    assert (refused.reason, refused.clause) == ("NOT_A_SUPERVISOR", "tianshui/2-2-3.3")
    city.at("2012-07-25 11:00")
    filed = by_name(city, niu).do("CreateRegistration", registration=finding)
    assert [one.name for one in by_name(city, niu).do("ListRegistrations", register="registers/visit_findings").registrations] == [
        filed.name
    ]
    refused = by_name(city, niu).refused("ListRegistrations", register="registers/unit_problems")
    assert (refused.reason, refused.clause) == ("LEDGER_OF_THE_UNIT", "tianshui/2-2-3.3")
    assert len(city.as_("qu").do("ListRegistrations", register="registers/unit_problems").registrations) == 1
    assert not city.as_("cheng").do("ListRegistrations", register="registers/unit_problems").registrations
    refused = city.as_("qu").refused("ListRegistrations", register="registers/visit_findings")
    assert (refused.reason, refused.clause) == ("FINDINGS_FOR_THE_OFFICE", "tianshui/2-2-3.3")
    assert len(city.as_("pan").do("ListRegistrations", register="registers/visit_findings").registrations) == 1
    refused = city.as_("qu").refused("CreateRegistration", registration=entry(city, "unit_problems", "units/education", problem="无"))
    assert (refused.reason, refused.clause) == ("NOT_UNIT_HEAD", "tianshui/2-2-3.3")
    city.at("2012-12-10 00:00")
    refused = by_name(city, niu).refused("CreateRegistration", registration=entry(city, "visit_findings", "units/finance", finding="无"))
    assert (refused.reason, refused.clause) == ("NOT_A_SUPERVISOR", "tianshui/2-2-3.3")


@pytest.mark.clause("tianshui/3-2-1.2")
def test_a_fee_is_charged_at_its_lower_bound(office: Opens) -> None:
    city = office("tianshui", at="2012-08-01 10:00")
    fee = {"fee": "工本费", "source": "province", "lower": "20", "upper": "50", "published": "true"}
    refused = city.as_("wan").refused(
        "CreateRegistration", registration=entry(city, "fee_items", "units/construction", charged="30", **fee)
    )
    assert (refused.reason, refused.clause) == ("FEE_ABOVE_LOWER_BOUND", "tianshui/3-2-1.2")
    made = enter(city, "wan", "fee_items", "units/construction", charged="20", **fee)
    update = {"name": made.name, "register": made.register, "fields": [{"name": "charged", "value": "21"}]}
    assert city.as_("wan").refused("UpdateRegistration", registration=update).reason == "FEE_ABOVE_LOWER_BOUND"
    enter(city, "wan", "fee_items", "units/construction", fee="测绘费", source="state", charged="80", published="true")


@pytest.mark.clause("tianshui/3-2-1.2")
def test_fees_are_set_by_state_or_province_and_public(office: Opens) -> None:
    city = office("tianshui", at="2012-08-01 10:00")
    fee = {"fee": "工本费", "charged": "20"}
    for source in ("county", "city"):
        own = entry(city, "fee_items", "units/construction", source=source, published="true", **fee)
        refused = city.as_("wan").refused("CreateRegistration", registration=own)
        assert (refused.reason, refused.clause) == ("FEE_SOURCE_NOT_ALLOWED", "tianshui/3-2-1.2")
    hidden = entry(city, "fee_items", "units/construction", source="state", published="false", **fee)
    refused = city.as_("wan").refused("CreateRegistration", registration=hidden)
    assert (refused.reason, refused.clause) == ("FEE_NOT_PUBLISHED", "tianshui/3-2-1.2")


@pytest.mark.clause("tianshui/3-2-5.2")
@pytest.mark.parametrize("register", ["personal_matters_reports", "duty_integrity_reports", "democratic_life_meetings"])
def test_a_cadre_without_this_years_record_is_listed_for_the_organisation_department_only(office: Opens, register: str) -> None:
    city = office("tianshui", at="2012-12-20 09:00")
    pei = city.person("pei")
    refused = city.as_("pei").refused("CreateRegistration", registration=entry(city, register, pei, year="2012"))
    assert (refused.reason, refused.clause) == ("NOT_ORGANISATION_DEPARTMENT", "tianshui/3-2-5.2")
    enter(city, "zu", register, city.person("qian"), year="2012")
    enter(city, "zu", register, city.person("wan"), year="2012")
    enter(city, "zu", register, city.person("lv"), year="2012")
    enter(city, "zu", register, city.person("shui"), year="2012")
    enter(city, "zu", register, pei, year="2011")
    city.at("2012-12-31 17:59")
    assert gaps(city, register, "zu") == {}
    city.at("2012-12-31 18:00")
    assert reasons(city, register, "zu") == {pei: ("CADRE_RECORD_MISSING", "tianshui/3-2-5.2")}
    refused = city.as_("pan").refused("ListGaps", register=f"registers/{register}")
    assert (refused.reason, refused.clause) == ("CADRE_RECORDS_PRIVATE", "tianshui/3-2-5.2")
    assert all(gap.register != f"registers/{register}" for gap in city.as_("qian").do("ListGaps").gaps)
    enter(city, "zu", register, pei, year="2012")
    assert gaps(city, register, "zu") == {}


@pytest.mark.clause("tianshui/3-2-5.2")
def test_audits_of_cadres_are_kept_by_the_organisation_department(office: Opens) -> None:
    city = office("tianshui", at="2012-12-20 09:00")
    audit = entry(city, "economic_audits", city.person("pei"), audited_until="2012-06-30")
    refused = city.as_("pan").refused("CreateRegistration", registration=audit)
    assert (refused.reason, refused.clause) == ("NOT_ORGANISATION_DEPARTMENT", "tianshui/3-2-5.2")
    made = city.as_("zu").do("CreateRegistration", registration=audit)
    refused = city.as_("pan").refused("GetRegistration", name=made.name)
    assert (refused.reason, refused.clause) == ("CADRE_RECORDS_PRIVATE", "tianshui/3-2-5.2")
    assert city.as_("pei").do("GetRegistration", name=made.name).name == made.name


@pytest.mark.clause("tianshui/3-2-7.2")
def test_an_officer_whose_qualification_has_ended_gets_no_tasks(office: Opens) -> None:
    city = office("tianshui", at="2012-07-20 09:00")
    kou = city.person("kou")
    assert reasons(city, "officer_qualifications", "pan") == {kou: ("QUALIFICATION_MISSING", "tianshui/3-2-7.2")}
    enter(city, "wan", "officer_qualifications", kou, qualification="甘E-1", valid_until="2012-07-31")
    enter(city, "wan", "enforcement_bodies", "units/construction", basis="《建筑法》")
    assert reasons(city, "body_qualifications", "pan") == {"units/construction": ("QUALIFICATION_MISSING", "tianshui/3-2-7.2")}
    enter(city, "wan", "body_qualifications", "units/construction", qualification="甘E-A", valid_until="2012-08-10")
    enter(city, "wan", "enforcement_tasks", "units/construction", task="工地检查", person=kou)
    assert gaps(city, "officer_qualifications", "pan") == {}
    assert gaps(city, "body_qualifications", "pan") == {}
    city.at("2012-08-01 09:00")
    assert reasons(city, "officer_qualifications", "pan") == {kou: ("QUALIFICATION_EXPIRED", "tianshui/3-2-7.2")}
    task = entry(city, "enforcement_tasks", "units/construction", task="拆除检查", person=kou)
    refused = city.as_("wan").refused("CreateRegistration", registration=task)
    assert (refused.reason, refused.clause) == ("QUALIFICATION_EXPIRED", "tianshui/3-2-7.2")
    enter(city, "wan", "officer_qualifications", kou, qualification="甘E-1", valid_until="2012-12-31")
    city.at("2012-08-11 09:00")
    assert reasons(city, "body_qualifications", "pan") == {"units/construction": ("QUALIFICATION_EXPIRED", "tianshui/3-2-7.2")}
    refused = city.as_("wan").refused("CreateRegistration", registration=task)
    assert (refused.reason, refused.clause) == ("QUALIFICATION_EXPIRED", "tianshui/3-2-7.2")
    refused = city.as_("lv").refused("CreateRegistration", registration={**task, "holder": "units/environment"})
    assert (refused.reason, refused.clause) == ("QUALIFICATION_EXPIRED", "tianshui/3-2-7.2")


@pytest.mark.clause("tianshui/4-3-1.1")
def test_the_leading_group_follows_the_posts(office: Opens) -> None:
    city = office("tianshui", at="2012-09-03 09:00")
    missing = ("LEADING_GROUP_INCOMPLETE", "tianshui/4-3-1.1")
    assert reasons(city, "leading_group", "pan") == dict.fromkeys(
        ("head", "executive_deputy_head", "deputy_head_of_group", "member_of_group"), missing
    )
    refused = city.as_("qian").refused(
        "CreateRegistration", registration=entry(city, "leading_group", "head", body="finance", post="unit_head")
    )
    assert (refused.reason, refused.clause) == ("NOT_CAMPAIGN_OFFICE", "tianshui/4-3-1.1")
    for position, post in (
        ("head", "deputy_party_secretary"),
        ("executive_deputy_head", "discipline_secretary"),
        ("deputy_head_of_group", "leader"),
    ):
        enter(city, "pan", "leading_group", position, body="leaders", post=post)
    member = enter(city, "pan", "leading_group", "member_of_group", body="finance", post="unit_head")
    assert columns(member)["person"] == city.person("qian").removeprefix("persons/")
    assert gaps(city, "leading_group", "pan") == {}
    city.at("2012-09-03 17:00")
    admin, cheng = city.as_("admin"), city.person("cheng")
    (post,) = admin.do("ListPosts", person=city.person("qian")).posts
    admin.do("EndPost", name=post.name)
    admin.do("CreatePost", post={"person": cheng, "unit": "units/finance", "kind": "unit_head", "title": "局长"})
    city.at("2012-09-04 09:00")
    assert columns(city.as_("qu").do("GetRegistration", name=member.name))["person"] == cheng.removeprefix("persons/")


@pytest.mark.clause("tianshui/4-3-1.1")
def test_the_groups_office_sits_in_the_discipline_body(office: Opens) -> None:
    city = office("tianshui", at="2012-06-19 09:00")
    missing = ("WORKING_GROUP_MISSING", "tianshui/4-3-1.1")
    assert reasons(city, "working_groups", "pan") == dict.fromkeys(("general", "publicity", "supervision", "accountability"), missing)
    elsewhere = entry(city, "working_groups", "general", seat="finance")
    assert city.as_("pan").refused("CreateRegistration", registration=elsewhere).reason == "FIELD_INVALID"
    refused = city.as_("qian").refused("CreateRegistration", registration=entry(city, "working_groups", "general", seat="discipline"))
    assert (refused.reason, refused.clause) == ("NOT_CAMPAIGN_OFFICE", "tianshui/4-3-1.1")
    enter(city, "pan", "working_groups", "general", seat="discipline")
    assert set(gaps(city, "working_groups", "pan")) == {"publicity", "supervision", "accountability"}


@pytest.mark.clause("tianshui/4-3-1.2")
def test_the_principal_leader_is_the_first_responsible_person(office: Opens) -> None:
    city = office("tianshui", at="2012-06-21 10:00")
    county = office("qingshui", at="2012-06-21 10:00", under=city)
    enter(county, "fei", "campaign_participants", "units/government", contact=county.person("tan"))
    assert reasons(county, "leading_bodies", "fei") == {"units/government": ("LEADING_BODY_MISSING", "tianshui/4-3-1.2")}
    deputy = entry(county, "leading_bodies", "units/government", body_name="县效能风暴行动领导小组", first_responsible=county.person("tan"))
    refused = county.as_("fei").refused("CreateRegistration", registration=deputy)
    assert (refused.reason, refused.clause) == ("FIRST_RESPONSIBLE_NOT_PRINCIPAL", "tianshui/4-3-1.2")
    made = enter(county, "fei", "leading_bodies", "units/government", body_name="县效能风暴行动领导小组")
    assert columns(made)["first_responsible"] == county.person("fei").removeprefix("persons/")
    assert gaps(county, "leading_bodies", "fei") == {}
    second = entry(county, "leading_bodies", "units/government", body_name="另一领导小组")
    refused = county.as_("fei").refused("CreateRegistration", registration=second)
    assert (refused.reason, refused.clause) == ("LEADING_BODY_COUNT", "tianshui/4-3-1.2")
    outside = entry(county, "leading_bodies", "units/distillery", body_name="厂领导小组")
    refused = county.as_("bian").refused("CreateRegistration", registration=outside)
    assert (refused.reason, refused.clause) == ("NOT_A_PARTICIPANT", "tianshui/4-3-1.2")
    successor = newcomer(county, "继任县长", "government", "unit_head")
    assert successor.removeprefix("persons/") in [
        v for f in county.as_("fei").do("GetRegistration", name=made.name).fields for v in f.values
    ]
