"""赣州市水利局：制度的启用与废止、信息联络员、栏目账号、包片领导."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenario.world import Caller, Office, local
from xiaoneng.directory.v1 import register_service_pb2

Opens = Callable[..., Office]

PACK = "ganzhou-water-2019"
LIAISON, ACCOUNTS, MANAGERS, AREAS = "information_liaison", "column_accounts", "column_managers", "area_responsibility"
# What stood before: the document that the measures of 2019 repeal.
OLD_RULES = """\
schema: 1
pack: ganzhou-water-2018
version: 1
title: 市水利局加强机关管理推进作风建设暂行规定
issuer: 赣州市水利局
document_number: 赣市水利办字〔2018〕29号
effective_from: 2018-06-01
clauses:
  - {id: old/1.1, article: 第一条, quote: "加强机关管理"}
rules: []
"""


def next_version(bureau: Office) -> str:
    return bureau.packs[PACK].replace("version: 1\n", "version: 2\n", 1)


def entry(bureau: Office, register: str, holder: str, **fields: str) -> dict[str, Any]:
    columns = [{"name": name, "value": value} for name, value in fields.items()]
    return {"register": f"registers/{register}", "holder": holder, "fields": columns}


def nominee(bureau: Office, person: str) -> str:
    return bureau.person(person).removeprefix("persons/")


def nominate(bureau: Office, head: str, unit: str, person: str) -> Any:
    """A section's head nominates an information liaison officer."""
    fields = entry(bureau, LIAISON, bureau.unit(unit), person=nominee(bureau, person))
    return bureau.as_(head).do("CreateRegistration", registration=fields)


def appointed(bureau: Office, head: str, unit: str, person: str) -> Any:
    """… whom the office and a bureau leader then consent to."""
    proposed = nominate(bureau, head, unit, person)
    bureau.as_("sun").do("ApproveRegistration", name=proposed.name)
    return bureau.as_("li").do("ApproveRegistration", name=proposed.name)


def gaps(bureau: Office, register: str, who: str = "sun") -> dict[str, Any]:
    found = bureau.as_(who).do("ListGaps", register=f"registers/{register}").gaps
    return {gap.holder: gap for gap in found}


def newcomer(bureau: Office, person: str, unit: str) -> str:
    """Somebody who joins a section; returns the id."""
    made = bureau.as_("admin").do("CreatePerson", person={"display_name": person, "unit": bureau.unit(unit)})
    return str(made.name).removeprefix("persons/")


def transfer(bureau: Office, person: str, unit: str) -> None:
    """Somebody is transferred to another section: the old post ends, a new one begins."""
    admin, name = bureau.as_("admin"), bureau.person(person)
    (post,) = admin.do("ListPosts", person=name).posts
    admin.do("EndPost", name=post.name)
    admin.do("UpdatePerson", person={"name": name, "unit": bureau.unit(unit)}, update_mask="unit")
    admin.do("CreatePost", post={"person": name, "unit": bureau.unit(unit), "kind": post.kind, "title": post.title})


def permitted(bureau: Office, person: str, *permissions: str) -> Caller:
    bureau.as_("admin").do("SetPermissions", name=bureau.person(person), permissions=permissions)
    return bureau.as_(person)


@pytest.mark.clause("ganzhou/0.1")
def test_the_measures_come_into_force_only_when_the_old_rules_are_repealed(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-03-25 09:00")
    sun = bureau.as_("sun")
    old = sun.do("CreatePack", source=OLD_RULES)
    sun.do("ActivatePack", name=old.name)
    new = sun.do("CreatePack", source=next_version(bureau))
    refused = sun.refused("ActivatePack", name=new.name)
    assert (refused.reason, refused.clause) == ("SUPERSEDED_IN_FORCE", "ganzhou/0.1")
    sun.do("RepealPack", name=old.name)
    assert local(sun.do("ActivatePack", name=new.name).active_from_time) == "2019-03-25 09:00"


@pytest.mark.clause("ganzhou/0.2")
def test_only_the_office_publishes_and_activates_a_new_version(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-05-20 09:00")
    source = next_version(bureau)
    luo = permitted(bureau, "luo", "directory:pack:create", "directory:pack:activate", "directory:pack:repeal")
    refused = luo.refused("CreatePack", source=source)
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "ganzhou/0.2")
    made = bureau.as_("sun").do("CreatePack", source=source)
    refused = luo.refused("ActivatePack", name=made.name)
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "ganzhou/0.2")
    bureau.as_("sun").do("ActivatePack", name=made.name)
    refused = luo.refused("RepealPack", name=made.name)
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "ganzhou/0.2")


@pytest.mark.clause("ganzhou/10.1")
def test_a_third_liaison_officer_is_refused(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-05-15 09:00")
    appointed(bureau, "luo", "a", "wu")
    nominate(bureau, "luo", "a", "luo")
    third = entry(bureau, LIAISON, bureau.unit("a"), person=newcomer(bureau, "钟干事", "a"))
    refused = bureau.as_("luo").refused("CreateRegistration", registration=third)
    assert (refused.reason, refused.clause) == ("LIAISON_COUNT", "ganzhou/10.1")


@pytest.mark.clause("ganzhou/10.1")
def test_a_section_nominates_its_own_liaison_officer(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-05-15 09:00")
    own = entry(bureau, LIAISON, bureau.unit("a"), person=nominee(bureau, "wu"))
    refused = bureau.as_("wu").refused("CreateRegistration", registration=own)
    assert (refused.reason, refused.clause) == ("LIAISON_NOT_NOMINATED", "ganzhou/10.1")
    assert nominate(bureau, "luo", "a", "wu").state == register_service_pb2.Registration.STATE_PROPOSED
    assert nominate(bureau, "sun", "office", "chen").state == register_service_pb2.Registration.STATE_PROPOSED
    leader = entry(bureau, LIAISON, bureau.unit("leaders"), person=nominee(bureau, "li"))
    assert bureau.as_("li").refused("CreateRegistration", registration=leader).reason in ("LIAISON_NOT_NOMINATED", "FIELD_INVALID")


@pytest.mark.clause("ganzhou/10.1", "ganzhou/10.3")
def test_a_section_without_a_liaison_officer_stands_in_the_gap_report(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-05-15 09:00")
    appointed(bureau, "luo", "a", "wu")
    found = gaps(bureau, LIAISON)
    assert set(found) == {"units/office", "units/b", "units/c"}
    gap = found["units/b"]
    assert (gap.reason, gap.citation.clause, gap.count, gap.least) == ("LIAISON_MISSING", "ganzhou/10.3", 0, 1)
    assert not gap.overdue
    assert not gap.HasField("due_time")


@pytest.mark.clause("ganzhou/10.2")
def test_a_nominee_is_liaison_officer_after_the_office_and_then_a_leader(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-05-15 09:00")
    proposed = nominate(bureau, "luo", "a", "wu")
    refused = bureau.as_("li").refused("ApproveRegistration", name=proposed.name)
    assert (refused.reason, refused.clause) == ("LIAISON_NOT_APPROVED", "ganzhou/10.2")
    assert bureau.as_("sun").do("ApproveRegistration", name=proposed.name).awaiting == "bureau_leader"
    assert "units/a" in gaps(bureau, LIAISON)
    refused = bureau.as_("sun").refused("ApproveRegistration", name=proposed.name)
    assert (refused.reason, refused.clause) == ("LIAISON_NOT_APPROVED", "ganzhou/10.2")
    done = bureau.as_("li").do("ApproveRegistration", name=proposed.name)
    assert done.state == register_service_pb2.Registration.STATE_ACTIVE
    assert [decision.role for decision in done.decisions] == ["office_head", "bureau_leader"]
    assert "units/a" not in gaps(bureau, LIAISON)


@pytest.mark.clause("ganzhou/10.3")
def test_a_section_whose_liaison_officer_leaves_has_five_working_days(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-09-27 09:00")
    appointed(bureau, "luo", "a", "wu")
    bureau.at("2019-09-27 10:00")
    transfer(bureau, "wu", "b")
    gap = gaps(bureau, LIAISON)["units/a"]
    assert (local(gap.since_time), local(gap.due_time)) == ("2019-09-27 10:00", "2019-10-10 18:00")
    bureau.at("2019-10-10 17:59")
    assert not gaps(bureau, LIAISON)["units/a"].overdue
    bureau.at("2019-10-10 18:00")
    late = gaps(bureau, LIAISON)["units/a"]
    assert (late.overdue, late.citation.clause, late.reason) == (True, "ganzhou/10.3", "LIAISON_MISSING")
    appointed(bureau, "luo", "a", "luo")
    assert "units/a" not in gaps(bureau, LIAISON)


@pytest.mark.clause("ganzhou/15.1")
def test_only_the_office_creates_the_account_of_a_section(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-05-23 10:00")
    account = entry(bureau, ACCOUNTS, bureau.unit("a"), account="hezhang")
    refused = bureau.as_("luo").refused("CreateRegistration", registration=account)
    assert (refused.reason, refused.clause) == ("NOT_ACCOUNT_CREATOR", "ganzhou/15.1")
    bureau.at("2019-05-23 10:30")
    made = bureau.as_("sun").do("CreateRegistration", registration=account)
    assert (made.state, local(made.valid_from_time)) == (register_service_pb2.Registration.STATE_ACTIVE, "2019-05-23 10:30")
    other = entry(bureau, ACCOUNTS, bureau.unit("b"), account="jianguan")
    assert bureau.as_("chen").do("CreateRegistration", registration=other).state == register_service_pb2.Registration.STATE_ACTIVE
    own = entry(bureau, ACCOUNTS, bureau.unit("office"), account="bangongshi")
    assert bureau.as_("sun").do("CreateRegistration", registration=own).state == register_service_pb2.Registration.STATE_ACTIVE


@pytest.mark.clause("ganzhou/15.2")
def test_a_section_with_an_account_has_exactly_one_column_manager(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-05-23 10:30")
    for unit in ("a", "office"):
        account = entry(bureau, ACCOUNTS, bureau.unit(unit), account=unit)
        bureau.as_("sun").do("CreateRegistration", registration=account)
    bureau.at("2019-05-24 22:00")
    found = gaps(bureau, MANAGERS)
    assert {holder: (gap.reason, gap.citation.clause) for holder, gap in found.items()} == {
        "units/a": ("COLUMN_MANAGER_MISSING", "ganzhou/15.2"),
        "units/office": ("COLUMN_MANAGER_MISSING", "ganzhou/15.2"),
    }
    named = entry(bureau, MANAGERS, bureau.unit("a"), person=nominee(bureau, "wu"))
    bureau.as_("luo").do("CreateRegistration", registration=named)
    assert set(gaps(bureau, MANAGERS)) == {"units/office"}
    second = entry(bureau, MANAGERS, bureau.unit("a"), person=nominee(bureau, "luo"))
    refused = bureau.as_("luo").refused("CreateRegistration", registration=second)
    assert (refused.reason, refused.clause) == ("COLUMN_MANAGER_COUNT", "ganzhou/15.2")


@pytest.mark.clause("ganzhou/21.2")
def test_the_county_that_the_assignment_leaves_out_is_named(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-01 09:00")
    assert len(gaps(bureau, AREAS)) == 18
    leaders = ("huang", "li", "xie")
    for number, area in enumerate(sorted(set(gaps(bureau, AREAS)) - {"shicheng"})):
        fields = entry(bureau, AREAS, area, person=nominee(bureau, leaders[number % 3]))
        bureau.as_("sun").do("CreateRegistration", registration=fields)
    found = gaps(bureau, AREAS)
    assert set(found) == {"shicheng"}
    gap = found["shicheng"]
    assert (gap.display_name, gap.reason) == ("石城县", "AREA_LEADER_MISSING")
    assert gap.citation.clause == "ganzhou/21.2"


@pytest.mark.clause("ganzhou/21.2")
def test_a_county_has_one_leader_for_each_topic(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-01 09:00")
    topics = ("poverty_relief", "crime_sweep", "ideology", "clean_government", "environment", "work_safety", "work_style")
    for topic in topics:
        fields = entry(bureau, AREAS, "shicheng", person=nominee(bureau, "li"), topic=topic)
        bureau.as_("sun").do("CreateRegistration", registration=fields)
    again = entry(bureau, AREAS, "shicheng", person=nominee(bureau, "xie"), topic="ideology")
    refused = bureau.as_("sun").refused("CreateRegistration", registration=again)
    assert (refused.reason, refused.clause) == ("AREA_LEADER_COUNT", "ganzhou/21.2")
