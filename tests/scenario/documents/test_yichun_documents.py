"""宜春市政府办公室：对口把关、四个一律不发、快事快办、收发文登记、市长督查室的报告、首问负责和一次性告知."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.scene import Scene, scene, shown
from tests.scenario.documents.windows import NOTICE, SUBSIDY, accepted, asked, breached
from xiaoneng.documents.v1 import service_matter_service_pb2 as pb
from xiaoneng.documents.v1 import types_pb2

GOOD = {"already_regulated": False, "already_distributed": False, "necessary": True, "new_measures": True, "workable_measures": True}


def drafted(city: Scene, who: str = "yuan", **fields: Any) -> types_pb2.Document:
    values = {"kind": "DOCUMENT_KIND_OUTGOING", "title": "关于春耕备耕的通知", "body": "各县市区：……", "document_type": "tongzhi"}
    return getattr(city, who).CreateDraft(**{**values, **fields})


def at_the_check(city: Scene) -> types_pb2.Document:
    document = drafted(city)
    city.yuan.SubmitDraft(name=document.name)
    return document


def registered(city: Scene, **fields: Any) -> types_pb2.Document:
    values = {
        "title": "关于防汛的请示",
        "sender": "袁州区政府",
        "document_type": "qingshi",
        "document_class": "action",
        "matters": ["防汛"],
    }
    return city.deng.RegisterDocument(**{**values, **fields})


@pytest.mark.clause("yichun/5.1")
def test_a_document_goes_to_signature_after_the_cadre_of_its_field(office: Any) -> None:
    city = scene(office("yichun", at="2008-10-21 09:00"), registry="deng")
    document = drafted(city)
    refused = city.yuan.refused("SubmitDraft", name=document.name, forward_to="sign")
    assert (refused.reason, refused.clause) == ("FIELD_CHECK_MISSING", "yichun/5.1")
    city.yuan.SubmitDraft(name=document.name)
    step = city.step(document, "field-check")
    assert list(step.persons) == ["tu"]
    refused = city.tu.refused("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
    assert (refused.reason, refused.clause) == ("FIELD_CHECK_MISSING", "yichun/5.1")
    city.tu.AddRecord(name=document.name, kind="field_check", fields=GOOD)
    city.tu.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
    signing = city.step(document, "sign")
    assert list(signing.persons) == ["he"]
    city.he.CompleteStep(name=signing.name, verdict="VERDICT_APPROVE", opinion="同意")
    assert list(city.step(document, "issue").persons) == ["deng"]
    assert next((step.step, list(step.persons)) for step in city.route(document)) == ("draft", ["yuan"])
    issued = city.deng.IssueDocument(name=document.name, series="宜府办字")
    assert issued.state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param({"already_regulated": True}, "ALREADY_REGULATED", marks=pytest.mark.clause("yichun/5.2")),
        pytest.param({"already_distributed": True}, "ALREADY_DISTRIBUTED", marks=pytest.mark.clause("yichun/5.3")),
        pytest.param({"necessary": False}, "NOT_NECESSARY", marks=pytest.mark.clause("yichun/5.4")),
        pytest.param({"new_measures": False}, "NO_NEW_MEASURE", marks=pytest.mark.clause("yichun/5.5")),
        pytest.param({"workable_measures": False}, "NO_WORKABLE_MEASURE", marks=pytest.mark.clause("yichun/5.6")),
    ],
)
def test_the_gate_keeps_documents_back(office: Any, answer: dict[str, bool], reason: str) -> None:
    city = scene(office("yichun", at="2008-10-21 11:00"), registry="deng")
    document = at_the_check(city)
    step = city.step(document, "field-check")
    city.tu.AddRecord(name=document.name, kind="field_check", fields={**GOOD, **answer})
    refused = city.tu.refused("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
    clauses = {
        "ALREADY_REGULATED": "2",
        "ALREADY_DISTRIBUTED": "3",
        "NOT_NECESSARY": "4",
        "NO_NEW_MEASURE": "5",
        "NO_WORKABLE_MEASURE": "6",
    }
    assert (refused.reason, refused.clause) == (reason, f"yichun/5.{clauses[reason]}")


@pytest.mark.clause("yichun/6.1")
def test_an_important_document_is_fed_back_before_midnight(office: Any) -> None:
    city = scene(office("yichun", at="2008-10-10 16:30"), registry="deng")
    document = registered(city, important=True)
    step = city.step(document, "propose")
    city.deng.SubmitProposal(
        name=step.name, proposal={"handling_text": "请农业科办理", "responsible_units": ["agriculture"], "lead_unit": "agriculture"}
    )
    city.at("2008-10-10 23:59")
    assert city.breaches(document) == []
    city.at("2008-10-11 00:00")
    city.settle()
    assert sorted((clause, at) for clause, at, _ in city.breaches(document)) == [("yichun/6.1", "2008-10-11 00:00")] * 2


@pytest.mark.clause("yichun/6.1")
def test_action_ends_one_clock_and_feedback_the_other(office: Any) -> None:
    city = scene(office("yichun", at="2008-10-10 16:30"), registry="deng")
    document = registered(city, important=True)
    step = city.step(document, "propose")
    city.deng.SubmitProposal(
        name=step.name, proposal={"handling_text": "请农业科办理", "responsible_units": ["agriculture"], "lead_unit": "agriculture"}
    )
    city.peng.StartHandling(name=city.step(document, "handle").name)
    city.at("2008-10-11 00:00")
    city.settle()
    assert [(clause, at) for clause, at, _ in city.breaches(document)] == [("yichun/6.1", "2008-10-11 00:00")]


@pytest.mark.clause("yichun/6.2")
def test_a_request_from_below_is_handled_the_same_day(office: Any) -> None:
    city = scene(office("yichun", at="2008-10-13 15:00"), registry="deng")
    document = registered(city, source="grassroots_request")
    (limit,) = city.deng.GetRoute(name=document.name).deadlines
    assert (limit.citation.clause, shown(limit.due_time)) == ("yichun/6.2", "2008-10-14 00:00")
    city.at("2008-10-13 23:59")
    assert city.breaches(document) == []
    city.at("2008-10-14 00:00")
    city.settle()
    assert [(clause, at) for clause, at, _ in city.breaches(document)] == [("yichun/6.2", "2008-10-14 00:00")]


@pytest.mark.clause("yichun/6.8")
def test_a_paper_without_registration_is_not_routed(office: Any) -> None:
    city = scene(office("yichun", at="2008-10-22 09:00"), registry="deng")
    paper = drafted(city, "hu", kind="DOCUMENT_KIND_SUBMISSION", document_type="baogao", medium="MEDIUM_PAPER", title="督查情况报告")
    refused = city.hu.refused("SubmitDraft", name=paper.name)
    assert (refused.reason, refused.clause) == ("NOT_REGISTERED", "yichun/6.8")
    document = registered(city, medium="MEDIUM_PAPER")
    step = city.step(document, "propose")
    assert list(step.persons) == ["deng"]
    both = {"handling_text": "请农业科牵头办理", "responsible_units": ["agriculture", "industry"], "lead_unit": "agriculture"}
    city.deng.SubmitProposal(name=step.name, proposal=both)
    assert [(list(s.persons), s.unit) for s in city.opened(document)] == [(["peng"], "agriculture"), (["liao"], "industry")]
    city.peng.SubmitFeedback(name=city.step(document, "handle", "agriculture").name, result_text="已办结", completed=True)
    assert city.deng.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("yichun/9.5")
def test_reports_of_the_mayors_supervision_office_go_through_the_secretary_general_to_the_mayor(office: Any) -> None:
    city = scene(office("yichun", at="2008-11-05 10:00"), registry="zhong")
    report = drafted(city, "hu", kind="DOCUMENT_KIND_SUBMISSION", document_type="baogao", title="督查报告")
    for elsewhere in ("vice-mayor", "mayor"):
        refused = city.hu.refused("SubmitDraft", name=report.name, forward_to=elsewhere)
        assert (refused.reason, refused.clause) == ("WRONG_REPORT_LINE", "yichun/9.5")
    city.hu.SubmitDraft(name=report.name, forward_to="secretary-general")
    first = city.step(report, "secretary-general")
    assert list(first.persons) == ["zhong"]
    city.zhong.CompleteStep(name=first.name, verdict="VERDICT_APPROVE", opinion="呈市长")
    assert list(city.step(report, "mayor").persons) == ["mayor"]


@pytest.mark.clause("yichun/12.1")
@pytest.mark.parametrize(
    ("method", "said"), [("CloseContact", {}), ("AcceptMatter", {}), ("RefuseMatter", {"reason": "不符合条件", "basis": "办法第三条"})]
)
def test_a_visit_without_its_notice_is_not_closed(office: Any, method: str, said: dict[str, str]) -> None:
    city = scene(office("yichun", at="2008-11-19 09:00"), registry="deng")
    matter = asked(city, "yuan", SUBSIDY)
    assert (matter.first_asked, matter.handler) == ("yuan", "yuan")
    refused = city.yuan.refused(method, name=matter.name, **said)
    assert (refused.reason, refused.clause, refused.fields) == ("SERVICE_RECORD_INCOMPLETE", "yichun/12.1", ("notice",))


@pytest.mark.clause("yichun/12.1")
def test_the_notice_names_every_condition(office: Any) -> None:
    city = scene(office("yichun", at="2008-11-19 09:00"), registry="deng")
    visits = [asked(city, "yuan", SUBSIDY) for _ in range(2)]
    city.yuan.GiveNotice(name=visits[0].name, notice={**NOTICE, "conditions": []})
    refused = city.yuan.refused("CloseContact", name=visits[0].name)
    assert (refused.reason, refused.clause, refused.fields) == ("SERVICE_RECORD_INCOMPLETE", "yichun/12.1", ("notice",))
    city.yuan.GiveNotice(name=visits[1].name, notice={"conditions": ["身份证", "购机发票"]})
    assert city.yuan.CloseContact(name=visits[1].name).state == pb.ServiceMatter.STATE_CLOSED


@pytest.mark.clause("yichun/12.1")
def test_a_request_runs_against_the_limit_of_its_item(office: Any) -> None:
    city = scene(office("yichun", at="2008-11-19 09:00"), registry="deng")
    without = asked(city, "yuan")
    city.yuan.GiveNotice(name=without.name, notice=NOTICE)
    refused = city.yuan.refused("AcceptMatter", name=without.name)
    assert (refused.reason, refused.clause, refused.fields) == ("SERVICE_RECORD_INCOMPLETE", "yichun/12.1", ("item",))
    matter = accepted(city, "yuan", SUBSIDY)
    assert shown(matter.due_time) == "2008-11-24 18:00"
    city.at("2008-11-24 17:59")
    assert breached(city, matter) == []
    city.at("2008-11-24 18:00")
    assert breached(city, matter) == [("yichun/12.1", "2008-11-24 18:00")]
    assert city.yuan.CompleteMatter(name=matter.name, result="已发放").state == pb.ServiceMatter.STATE_DONE
