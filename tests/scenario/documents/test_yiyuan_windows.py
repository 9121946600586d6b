"""沂源县：首问责任、一次性告知、限时办结."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.scene import scene, shown
from tests.scenario.documents.windows import COMPANYS, NOTICE, OWN, STATUTORY, UNLIMITED, UNPUBLISHED, accepted, asked, breached
from xiaoneng.documents.v1 import service_matter_service_pb2 as pb

State = pb.ServiceMatter


@pytest.mark.clause("yiyuan/11.4")
def test_who_is_asked_about_her_own_item_handles_it(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-03 09:00"), registry="kong")
    matter = asked(county, "sang", OWN)
    assert (matter.first_asked, matter.handler, matter.state) == ("sang", "sang", State.STATE_OPEN)
    refused = county.sang.refused("RecordContact", title="问讯", duty="DUTY_OWN", colleague="wei")
    assert (refused.reason, refused.clause) == ("FIRST_ASKED_HANDLES", "yiyuan/11.4")


@pytest.mark.clause("yiyuan/11.5")
def test_what_is_handed_over_stays_with_the_first_asked_until_the_colleague_confirms(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-03 09:10"), registry="kong")
    refused = county.sang.refused("RecordContact", title="问讯", duty="DUTY_OWN_ORGAN")
    assert (refused.reason, refused.clause) == ("COLLEAGUE_NOT_NAMED", "yiyuan/11.5")
    matter = asked(county, "sang", duty="DUTY_OWN_ORGAN", colleague="wei")
    assert (matter.handler, matter.handed_to, matter.state) == ("sang", "wei", State.STATE_HANDED_OVER)
    assert [m.name for m in county.sang.ListServiceMatters(mine=True).matters] == [matter.name]
    assert [m.name for m in county.wei.ListServiceMatters(mine=True).matters] == [matter.name]
    assert [e["item"]["persons"] for e in county.events("documents.work.opened.v1")] == [["wei"]]
    assert county.wen.refused("ConfirmHandOver", name=matter.name).reason == "NOT_HANDED_OVER"
    done = county.wei.ConfirmHandOver(name=matter.name)
    assert (done.handler, done.first_asked, done.handed_to, done.state) == ("wei", "sang", "", State.STATE_OPEN)
    assert county.wei.refused("ConfirmHandOver", name=matter.name).reason == "NOT_HANDED_OVER"


@pytest.mark.clause("yiyuan/11.6")
def test_a_visitor_in_the_wrong_place_is_told_the_department(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-03 09:20"), registry="kong")
    refused = county.sang.refused("RecordContact", title="办房产证", duty="DUTY_OTHER_ORGAN")
    assert (refused.reason, refused.clause) == ("DEPARTMENT_NOT_NAMED", "yiyuan/11.6")
    assert asked(county, "sang", duty="DUTY_OTHER_ORGAN", department_named="建设局").department_named == "建设局"


@pytest.mark.clause("yiyuan/11.7")
@pytest.mark.parametrize("part", ["procedure", "basis", "conditions", "cautions"])
def test_everything_is_told_at_once(office: Any, part: str) -> None:
    county = scene(office("yiyuan", at="2004-08-04 09:00"), registry="kong")
    matter = asked(county, "sang", OWN)
    refused = county.sang.refused("AcceptMatter", name=matter.name)
    assert (refused.reason, refused.clause) == ("NOTICE_INCOMPLETE", "yiyuan/11.7")
    told = {name: value for name, value in NOTICE.items() if name != part}
    refused = county.sang.refused("GiveNotice", name=matter.name, notice=told)
    assert (refused.reason, refused.clause) == ("NOTICE_INCOMPLETE", "yiyuan/11.7")
    given = county.sang.GiveNotice(name=matter.name, notice=NOTICE).notice
    assert (shown(given.give_time), list(given.conditions)) == ("2004-08-04 09:00", ["申请书", "场地证明"])
    assert county.sang.refused("GiveNotice", name=matter.name, notice=NOTICE).reason == "NOTICE_GIVEN"


@pytest.mark.clause("yiyuan/11.7")
def test_a_condition_that_was_not_told_is_a_breach_of_the_section(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-04 09:00"), registry="kong")
    matter = asked(county, "sang", OWN)
    county.sang.GiveNotice(name=matter.name, notice=NOTICE)
    assert not county.sang.DemandCondition(name=matter.name, condition="场地证明").findings
    county.at("2004-08-06 09:00")
    (found,) = county.sang.DemandCondition(name=matter.name, condition="消防证明").findings
    assert (found.reason, found.citation.clause, found.unit, shown(found.find_time)) == (
        "SECOND_NOTIFICATION", "yiyuan/11.7", "culture", "2004-08-06 09:00",
    )  # fmt: skip
    (event,) = county.events("documents.service.found.v1")
    assert (event["matter"], event["finding"]["unit"]) == (matter.name, "culture")


@pytest.mark.clause("yiyuan/11.8")
def test_a_complete_request_is_done_the_same_day(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-05 10:00"), registry="kong")
    matter = accepted(county, "sang", OWN)
    county.at("2004-08-05 17:59")
    assert breached(county, matter) == []
    county.at("2004-08-05 18:00")
    assert breached(county, matter) == [("yiyuan/11.8", "2004-08-05 18:00")]


@pytest.mark.clause("yiyuan/11.8")
def test_a_reason_and_a_limit_take_the_place_of_at_once(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-05 10:00"), registry="kong")
    matter = accepted(county, "sang", OWN)
    for said in ({"reason": "须实地查看"}, {"due_time": "2004-08-09T02:00:00Z"}):
        refused = county.sang.refused("PostponeMatter", name=matter.name, **said)
        assert (refused.reason, refused.clause) == ("POSTPONED_WITHOUT_REASON", "yiyuan/11.8")
    put_off = county.sang.PostponeMatter(name=matter.name, reason="须实地查看", due_time="2004-08-09T02:00:00Z")
    assert shown(put_off.due_time) == "2004-08-09 10:00"
    county.at("2004-08-09 09:59")
    assert breached(county, matter) == []
    county.at("2004-08-09 10:00")
    assert breached(county, matter) == [("yiyuan/11.8", "2004-08-09 10:00")]


@pytest.mark.clause("yiyuan/11.8")
def test_a_request_that_lacks_papers_needs_not_be_done_at_once(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-05 10:00"), registry="kong")
    matter = accepted(county, "sang", OWN, missing_papers=["场地证明"])
    county.at("2004-08-05 18:30")
    assert breached(county, matter) == []


@pytest.mark.clause("yiyuan/11.9")
def test_handling_may_start_while_papers_are_missing_and_ends_with_all_of_them(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-09 09:00"), registry="kong")
    matter = accepted(county, "sang", OWN, missing_papers=["场地证明", "身份证"])
    assert (matter.state, list(matter.missing_papers)) == (State.STATE_ACCEPTED_INCOMPLETE, ["场地证明", "身份证"])
    county.sang.SupplyPapers(name=matter.name, papers=["身份证"])
    refused = county.sang.refused("CompleteMatter", name=matter.name, result="准予设立")
    assert (refused.reason, refused.clause) == ("PAPERS_MISSING", "yiyuan/11.9")
    assert county.sang.SupplyPapers(name=matter.name, papers=["场地证明"]).state == State.STATE_ACCEPTED
    assert county.sang.CompleteMatter(name=matter.name, result="准予设立").state == State.STATE_DONE


@pytest.mark.clause("yiyuan/11.10")
@pytest.mark.parametrize("said", [{"reason": "场地不符合要求"}, {"basis": "条例第八条"}])
def test_a_refusal_states_reason_and_basis(office: Any, said: dict[str, str]) -> None:
    county = scene(office("yiyuan", at="2004-08-10 10:00"), registry="kong")
    matter = accepted(county, "sang", OWN)
    refused = county.sang.refused("RefuseMatter", name=matter.name, **said)
    assert (refused.reason, refused.clause) == ("REFUSAL_WITHOUT_BASIS", "yiyuan/11.10")
    done = county.sang.RefuseMatter(name=matter.name, reason="场地不符合要求", basis="条例第八条")
    assert (done.state, done.basis) == (State.STATE_REFUSED, "条例第八条")


@pytest.mark.clause("yiyuan/11.11")
def test_the_statutory_limit_runs_over_the_may_holiday(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-04-27 10:00"), registry="kong")
    matter = accepted(county, "sang", STATUTORY)
    county.sang.PostponeMatter(name=matter.name, reason="须现场审查", due_time="2004-05-14T10:00:00Z")
    county.at("2004-05-14 17:59")
    assert breached(county, matter) == []
    county.at("2004-05-14 18:00")
    assert ("yiyuan/11.11", "2004-05-14 18:00") in breached(county, matter)
    late = county.sang.CompleteMatter(name=matter.name, result="准予演出")
    assert (late.state, shown(late.end_time)) == (State.STATE_DONE, "2004-05-14 18:00")


@pytest.mark.clause("yiyuan/11.12")
def test_an_item_without_a_published_limit_cannot_accept_requests(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-11 09:00"), registry="kong")
    for item in (UNLIMITED, UNPUBLISHED):
        matter = asked(county, "sang", item)
        county.sang.GiveNotice(name=matter.name, notice=NOTICE)
        refused = county.sang.refused("AcceptMatter", name=matter.name)
        assert (refused.reason, refused.clause) == ("NO_PUBLISHED_LIMIT", "yiyuan/11.12")


@pytest.mark.clause("yiyuan/11.12")
def test_the_organ_keeps_its_own_limit(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-08-11 09:00"), registry="kong")
    matter = accepted(county, "sang", OWN)
    put_off = county.sang.PostponeMatter(name=matter.name, reason="须实地查看", due_time="2004-08-20T10:00:00Z")
    assert shown(put_off.due_time) == "2004-08-16 18:00"
    county.at("2004-08-16 17:59")
    assert breached(county, matter) == []
    county.at("2004-08-16 18:00")
    assert breached(county, matter) == [("yiyuan/11.12", "2004-08-16 18:00")]


@pytest.mark.clause("yiyuan/2.1")
def test_a_company_is_not_bound(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-06-08 09:00"), registry="kong")
    matter = asked(county, "zhuang", COMPANYS)
    assert county.zhuang.AcceptMatter(name=matter.name).state == State.STATE_ACCEPTED
    county.at("2004-06-30 18:00")
    assert breached(county, matter) == []
