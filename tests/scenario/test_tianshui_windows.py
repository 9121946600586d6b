"""天水市：并联审批、办事窗口的事项、投诉查实的不作为和慢作为."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenario.directory.registry import enter, entry
from tests.scenario.documents.scene import Scene, scene, shown
from tests.scenario.world import Office
from xiaoneng.documents.v1 import service_matter_service_pb2 as pb
from xiaoneng.kit.v1.deadline_view_pb2 import DeadlineState

Opens = Callable[..., Office]
PROMISE = "tianshui/3-2-6.2"
OFFERED = {"responsible_post": "窗口受理岗", "time_limit": "5", "first_asked_record": "true"}
NOTICE = {"procedure": "受理、审查、决定", "basis": "《条例》", "conditions": ["申请书"], "cautions": "无"}


def accepted(city: Scene, who: str, item: str) -> pb.ServiceMatter:
    """A request for an item of which everything was told."""
    person = getattr(city, who)
    matter = person.RecordContact(title="办理审批", visitor="王先生", item=item, duty="DUTY_OWN")
    person.GiveNotice(name=matter.name, notice=NOTICE)
    done: pb.ServiceMatter = person.AcceptMatter(name=matter.name)
    return done


@pytest.mark.clause("tianshui/3-2-1.3")
def test_the_departments_of_an_item_begin_at_the_same_instant(office: Opens) -> None:
    city = scene(office("tianshui", at="2012-08-07 10:00"))
    both = {"item": "第21项", "departments": ["construction", "environment"], **OFFERED}
    serial = entry(city.office, "service_items", "units/construction", flow="serial", **both)
    refused = city.office.as_("wan").refused("CreateRegistration", registration=serial)
    assert (refused.reason, refused.clause) == ("SERIAL_APPROVAL_FLOW", "tianshui/3-2-1.3")
    item = enter(city.office, "wan", "service_items", "units/construction", flow="parallel", **both)
    later = {"name": item.name, "register": item.register, "fields": [{"name": "flow", "value": "serial"}]}
    assert city.office.as_("wan").refused("UpdateRegistration", registration=later).reason == "SERIAL_APPROVAL_FLOW"
    matter = accepted(city, "wan", item.name)
    assert [(part.unit, shown(part.open_time)) for part in matter.parts] == [
        ("construction", "2012-08-07 10:00"), ("environment", "2012-08-07 10:00"),
    ]  # fmt: skip
    city.at("2012-08-08 09:00")
    city.lv.DecidePart(name=matter.name, approved=True, opinion="同意")
    decided = city.wan.DecidePart(name=matter.name, approved=True, opinion="同意")
    assert [shown(part.decide_time) for part in decided.parts] == ["2012-08-08 09:00", "2012-08-08 09:00"]


@pytest.mark.clause("tianshui/3-2-1.3")
def test_one_department_alone_may_call_its_flow_what_it_likes(office: Opens) -> None:
    city = office("tianshui", at="2012-08-07 10:00")
    for number, departments in enumerate(({}, {"departments": ["construction"]})):
        enter(city, "wan", "service_items", "units/construction", item=f"第{number}项", flow="serial", **departments, **OFFERED)


@pytest.mark.clause("tianshui/3-2-6.2")
@pytest.mark.parametrize(
    ("lacking", "missing"), [("responsible_post", "责任岗位"), ("time_limit", "承诺时限（工作日）"), ("first_asked_record", "首问登记")]
)
def test_an_item_is_offered_with_post_limit_and_first_asked_record(office: Opens, lacking: str, missing: str) -> None:
    city = office("tianshui", at="2012-08-07 10:00")
    told = {name: value for name, value in OFFERED.items() if name != lacking}
    refused = city.as_("wan").refused(
        "CreateRegistration", registration=entry(city, "service_items", "units/construction", item="施工许可", **told)
    )
    assert (refused.reason, refused.clause) == ("SERVICE_ITEM_INCOMPLETE", "tianshui/3-2-6.2")
    assert missing in refused.text
    without_record = entry(city, "service_items", "units/construction", item="施工许可", **{**OFFERED, "first_asked_record": "false"})
    assert city.as_("wan").refused("CreateRegistration", registration=without_record).reason == "SERVICE_ITEM_INCOMPLETE"


@pytest.mark.clause("tianshui/3-2-6.2")
def test_a_broken_promise_is_proposed_for_accountability(office: Opens) -> None:
    city = scene(office("tianshui", at="2012-08-07 10:00"))
    item = enter(city.office, "wan", "service_items", "units/construction", item="施工许可", **OFFERED)
    matter = accepted(city, "wan", item.name)
    assert shown(matter.due_time) == "2012-08-14 18:00"
    city.at("2012-08-14 17:59")
    assert city.breaches(matter) == []
    city.at("2012-08-14 18:00")
    city.settle()
    assert [(clause, at) for clause, at, _ in city.breaches(matter)] == [("tianshui/3-2-6.2", "2012-08-14 18:00")]
    (event,) = city.events("documents.deadline.escalated.v1")
    assert (event["step"]["act"], event["step"]["to"], event["step"]["citation"]["clause"]) == (
        "LADDER_ACT_PROPOSE_ACCOUNTABILITY", ["campaign_office_head"], "tianshui/3-2-6.2",
    )  # fmt: skip
    told = [message.text for message in city.pan.ListMessages().messages]
    assert any("没有在承诺的时限内办结" in text for text in told), told


@pytest.mark.clause("tianshui/3-1-3.1")
def test_a_confirmed_complaint_on_an_overdue_request_opens_an_entry_of_category_three(office: Opens) -> None:
    city = scene(office("tianshui", at="2012-06-20 09:00"))
    item = enter(city.office, "pei", "service_items", "units/education", item="教师资格认定", **OFFERED)
    late = [accepted(city, "qu", item.name) for _ in range(3)]
    city.at("2012-06-28 10:00")
    young = accepted(city, "qu", item.name)
    city.at("2012-07-03 10:00")
    city.settle()
    assert len([event for matter in late for event in city.breaches(matter)]) == 3
    assert not city.pan.ConfirmComplaint(name=young.name, text="态度问题，经查属实").findings
    (found,) = city.pan.ConfirmComplaint(name=late[1].name, text="逾期未办，经查属实").findings
    assert (found.reason, found.ground, found.unit, shown(found.find_time)) == ("3", True, "education", "2012-07-03 10:00")
    assert found.citation.clause == "tianshui/3-1-3.1"
    assert (found.evidence[0], sorted(found.evidence)) == (late[1].name, sorted(matter.name for matter in late))
    assert "3件事项逾期未办" in found.text
    (event,) = city.events("documents.service.found.v1")
    assert (event["matter"], event["finding"]["reason"]) == (late[1].name, "3")


@pytest.mark.clause("tianshui/3-1-3.1")
def test_a_request_done_late_stays_one_that_was_late(office: Opens) -> None:
    city = scene(office("tianshui", at="2012-06-20 09:00"))
    item = enter(city.office, "pei", "service_items", "units/education", item="教师资格认定", **OFFERED)
    late, quick = accepted(city, "qu", item.name), accepted(city, "qu", item.name)
    city.qu.CompleteMatter(name=quick.name, result="准予")
    city.at("2012-07-03 10:00")
    city.qu.CompleteMatter(name=late.name, result="准予")
    listed = {each.name: list(each.deadlines) for each in city.qu.ListServiceMatters(show_ended=True).matters}
    limits = [(limit.state, limit.breached, limit.citation.clause) for limit in (*listed[quick.name], *listed[late.name])]
    assert limits == [(DeadlineState.DEADLINE_STATE_MET, False, PROMISE), (DeadlineState.DEADLINE_STATE_LATE, True, PROMISE)]
    (limit,) = listed[late.name]
    assert city.qu.ExplainDeadline(deadline=limit.name).deadline.margin_seconds < 0
    assert city.office.as_("wan").refused("ExplainDeadline", deadline=limit.name).reason == "NOT_FOUND"
    assert not city.pan.ConfirmComplaint(name=quick.name, text="经查属实").findings
    (found,) = city.pan.ConfirmComplaint(name=late.name, text="逾期办理，经查属实").findings
    assert (found.reason, found.citation.clause, list(found.evidence)) == ("3", "tianshui/3-1-3.1", [late.name])


@pytest.mark.clause("tianshui/3-1-3.1")
@pytest.mark.parametrize(("basis", "grounds"), [("", ["3"]), ("《教师资格条例》第十条", [])])
def test_a_refusal_without_basis_is_one_as_well(office: Opens, basis: str, grounds: list[str]) -> None:
    city = scene(office("tianshui", at="2012-06-20 09:00"))
    item = enter(city.office, "pei", "service_items", "units/education", item="教师资格认定", **OFFERED)
    matter = accepted(city, "qu", item.name)
    city.qu.RefuseMatter(name=matter.name, reason="不予受理", basis=basis)
    confirmed = city.pan.ConfirmComplaint(name=matter.name, text="无依据拒绝，经查属实")
    assert [found.reason for found in confirmed.findings] == grounds


def test_who_does_not_supervise_confirms_nothing(office: Opens) -> None:
    city = scene(office("tianshui", at="2012-06-20 09:00"))
    item = enter(city.office, "pei", "service_items", "units/education", item="教师资格认定", **OFFERED)
    matter = accepted(city, "qu", item.name)
    refused: Any = city.pei.refused("ConfirmComplaint", name=matter.name, text="经查属实")
    assert refused.code == "PERMISSION_DENIED"
