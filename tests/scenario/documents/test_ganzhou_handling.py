"""赣州市水利局：先转办、承办、反馈、时限."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.builders import a_proposal, decided, forwarded, proposed, registered, reviewed, signed
from tests.scenario.documents.scene import dues, moment, scene, shown, the_one
from xiaoneng.documents.v1 import types_pb2


@pytest.mark.clause("ganzhou/1.7")
def test_only_the_feedback_of_the_lead_unit_closes_the_entry(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-10 09:00"))
    document = registered(bureau)
    forwarded(bureau, document, responsible_units=["river", "construction", "planning"], lead_unit="river")
    bureau.ma.RecordDispatch(name=bureau.step(document, "handle", "river").name, units=["construction"], text="建设科负责工程部分")
    bureau.at("2019-04-11 10:00")
    bureau.luo.SubmitFeedback(name=bureau.step(document, "handle", "construction").name, result_text="工程部分已完成", completed=True)
    entry = the_one(bureau.sun.ListLedger().entries)
    assert (entry.state, entry.citation.clause) == (types_pb2.LEDGER_STATE_FED_BACK, "ganzhou/1.7")
    assert bureau.sun.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_RUNNING
    bureau.at("2019-04-12 16:00")
    lead = bureau.step(document, "handle", "river")
    bureau.ma.SubmitFeedback(name=lead.name, measures="已部署", dispatch_text="已调度建设科", result_text="全部完成", completed=True)
    entry = the_one(bureau.sun.ListLedger().entries)
    assert (entry.state, shown(entry.close_time)) == (types_pb2.LEDGER_STATE_CLOSED, "2019-04-12 16:00")


@pytest.mark.clause("ganzhou/1.8")
def test_an_urgent_document_is_handled_while_its_route_runs(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-10 09:00"))
    document = registered(bureau, urgency="URGENCY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    branches = {s.step for s in bureau.opened(document)}
    assert branches == {"handle-first", "report", "propose"}
    task = bureau.step(document, "handle-first")
    proposed(bureau, document, lead_unit="river", remark="已先转办")
    reviewed(bureau, document)
    bureau.ma.SubmitFeedback(name=task.name, measures="已排查", result_text="已完成排查", completed=True)
    assert bureau.sun.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_RUNNING
    signed(bureau, document)
    decided(bureau, document)
    assert [s.step for s in bureau.opened(document) if s.step == "handle"] == []
    assert bureau.sun.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("ganzhou/1.8")
def test_the_route_beside_the_handling_is_the_whole_route(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-10 09:00"))
    document = registered(bureau, urgency="URGENCY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    bureau.chen.TransferStep(name=bureau.step(document, "propose").name, person="sun", reason="出差")
    proposed(bureau, document, by="sun", responsible_units=["river", "construction"], lead_unit="river", remark="已先转办", readers=["xie"])
    refused = bureau.sun.refused("CompleteStep", name=bureau.step(document, "review").name, verdict="VERDICT_APPROVE")
    assert refused.reason == "SAME_DRAFTER_AND_REVIEWER"


@pytest.mark.clause("ganzhou/1.8")
def test_the_unit_that_began_closes_when_the_route_has_come_to_its_end(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-10 09:00"))
    document = registered(bureau, urgency="URGENCY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    forwarded(bureau, document, responsible_units=["river", "construction"], lead_unit="river", remark="已先转办", readers=["xie"])
    assert bureau.sees("xie", document) == ["read"]
    task = bureau.step(document, "handle-first")
    bureau.ma.RecordDispatch(name=task.name, units=["construction"], text="建设科配合")
    bureau.ma.SubmitFeedback(name=task.name, measures="已排查", dispatch_text="已调度", result_text="已完成", completed=True)
    assert bureau.sun.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("ganzhou/1.8")
def test_an_ordinary_document_is_not_forwarded_ahead(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-10 09:00"))
    document = registered(bureau)
    refused = bureau.zhou.refused("PreforwardDocument", name=document.name, lead_unit="river")
    assert (refused.reason, refused.clause) == ("NOT_URGENT", "ganzhou/1.8")


@pytest.mark.clause("ganzhou/1.8")
def test_a_unit_that_has_the_task_gets_no_second_one(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-10 09:00"))
    document = registered(bureau, urgency="URGENCY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    forwarded(bureau, document, responsible_units=["river", "construction"], lead_unit="river", remark="已先转办")
    assert sorted(bureau.sees("ma", document)) == ["handle-first", "report"]
    assert bureau.sees("luo", document) == ["handle"]


@pytest.mark.clause("ganzhou/1.9")
def test_the_route_of_a_preforwarded_document_says_so(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-10 09:00"))
    document = registered(bureau, urgency="URGENCY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    step = bureau.step(document, "propose")
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=a_proposal(lead_unit="river"))
    assert (refused.reason, refused.clause) == ("MISSING_PREFORWARD_REMARK", "ganzhou/1.9")
    proposed(bureau, document, lead_unit="river", remark="已先转办")
    reviewed(bureau, document)
    assert bureau.step(document, "sign").remark == "已先转办"


@pytest.mark.clause("ganzhou/1.10")
def test_the_unit_reports_to_its_leader_within_six_hours(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-10 09:00"))
    document = registered(bureau, urgency="URGENCY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    report = bureau.step(document, "report")
    assert (list(report.persons), dues(report)) == (["ma"], [("2019-06-10 15:00", "ganzhou/1.10")])
    bureau.at("2019-06-10 15:01")
    assert ("ganzhou/1.10", "2019-06-10 15:00", "handler") in bureau.breaches(document)
    bureau.ma.ReportHandling(name=report.name, text="已组织排查")
    assert bureau.li.GetHandling(name=document.name).reports[0].text == "已组织排查"


@pytest.mark.clause("ganzhou/2.4")
def test_the_lead_unit_dispatches_before_it_closes(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-18 09:00"))
    document = registered(bureau)
    forwarded(bureau, document, responsible_units=["river", "construction", "planning"], lead_unit="river")
    task = bureau.step(document, "handle", "river")
    done = {"measures": "已部署", "dispatch_text": "已调度", "result_text": "已完成", "completed": True}
    bureau.at("2019-04-19 16:00")
    refused = bureau.ma.refused("SubmitFeedback", name=task.name, **done)
    assert (refused.reason, refused.clause) == ("NO_DISPATCH_RECORD", "ganzhou/2.4")
    bureau.ma.RecordDispatch(name=task.name, units=["construction", "planning"], text="按职责分工落实")
    bureau.ma.SubmitFeedback(name=task.name, **done)
    assert bureau.sun.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("ganzhou/2.5")
def test_material_that_is_asked_for_is_due_when_the_request_says(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-17 09:00"))
    document = registered(bureau)
    forwarded(bureau, document, responsible_units=["river", "construction"], lead_unit="river")
    task = bureau.step(document, "handle", "river")
    wish = {"name": task.name, "units": ["construction"], "text": "请提供在建工程数据"}
    refused = bureau.ma.refused("RequestMaterial", **wish)
    assert (refused.reason, refused.clause) == ("MATERIAL_DUE_MISSING", "ganzhou/2.5")
    bureau.ma.RequestMaterial(**wish, due_time=moment("2019-04-18 12:00"))
    bureau.at("2019-04-18 12:30")
    late = [e for e in bureau.events("documents.deadline.breached.v1") if "/materials/" in e["deadline"]["subject"]]
    about = [(e["deadline"]["unit"], e["deadline"]["citation"]["clause"], e["step"]["time"]) for e in late]
    assert about == [("construction", "ganzhou/2.5", "2019-04-18T04:00:00Z")]
    material = the_one(bureau.luo.GetHandling(name=document.name).materials)
    bureau.luo.SupplyMaterial(name=material.name, text="见附表")
    assert bureau.ma.GetHandling(name=document.name).materials[0].answer == "见附表"


@pytest.mark.clause("ganzhou/3.1")
def test_a_signing_step_is_due_after_six_hours(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-09-27 15:30"))
    document = registered(bureau)
    proposed(bureau, document)
    bureau.at("2019-09-27 16:00")
    reviewed(bureau, document)
    sign = bureau.step(document, "sign")
    assert (list(sign.persons), dues(sign)) == (["li"], [("2019-09-27 22:00", "ganzhou/3.1")])
    bureau.at("2019-09-27 21:59")
    assert ("ganzhou/3.1", "2019-09-27 22:00", "lead_leader") not in bureau.breaches(document)
    bureau.at("2019-09-27 22:01")
    assert ("ganzhou/3.1", "2019-09-27 22:00", "lead_leader") in bureau.breaches(document)
    signed(bureau, document)
    assert [s.step for s in bureau.opened(document)] == ["decide"]


@pytest.mark.clause("ganzhou/3.2")
def test_a_paper_document_may_take_a_day_for_each_step(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-30 16:00"))
    document = registered(bureau, medium="MEDIUM_PAPER")
    proposed(bureau, document)
    bureau.at("2019-04-30 17:00")
    reviewed(bureau, document)
    sign = bureau.step(document, "sign")
    assert (list(sign.persons), dues(sign)) == (["li"], [("2019-05-01 17:00", "ganzhou/3.2")])
    bureau.at("2019-05-01 17:01")
    assert bureau.breaches(document) == [("ganzhou/3.2", "2019-05-01 17:00", "lead_leader")]


@pytest.mark.clause("ganzhou/3.3")
def test_feedback_without_a_result_is_no_feedback(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 09:00"))
    document = registered(bureau)
    forwarded(bureau, document, completion_deadline=moment("2019-04-26 18:00"))
    task = bureau.step(document, "handle")
    assert dues(task) == [("2019-04-26 18:00", "ganzhou/3.3")]
    refused = bureau.ma.refused("SubmitFeedback", name=task.name, completed=True)
    assert (refused.reason, refused.clause) == ("RESULT_MISSING", "ganzhou/3.3")
    bureau.at("2019-04-26 18:01")
    assert ("ganzhou/3.3", "2019-04-26 18:00", "handler") in bureau.breaches(document)
    bureau.ma.SubmitFeedback(name=task.name, result_text="已完成整改", completed=True)
    assert bureau.sun.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("ganzhou/3.4")
def test_a_matter_without_a_limit_is_closed_with_measures_and_dispatch(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-09-30 10:00"))
    document = registered(bureau)
    forwarded(bureau, document, responsible_units=["river", "planning"], lead_unit="river")
    task = bureau.step(document, "handle", "river")
    assert [shown(d.due_time) for d in task.deadlines] == ["2019-10-12 18:00"]
    bureau.ma.RecordDispatch(name=task.name, units=["planning"], text="计划科配合")
    refused = bureau.ma.refused("SubmitFeedback", name=task.name, dispatch_text="已调度")
    assert (refused.reason, refused.clause) == ("MEASURES_MISSING", "ganzhou/3.4")
    refused = bureau.ma.refused("SubmitFeedback", name=task.name, measures="制定方案")
    assert (refused.reason, refused.clause) == ("MEASURES_MISSING", "ganzhou/3.4")
    bureau.ma.SubmitFeedback(name=task.name, measures="制定方案", dispatch_text="已调度计划科")
    assert bureau.chen.GetHandling(name=document.name).feedbacks[0].measures == "制定方案"


@pytest.mark.clause("ganzhou/3.6")
def test_a_reader_has_a_day(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-26 09:00"))
    document = registered(bureau)
    forwarded(bureau, document, readers=["xie"])
    copy = the_one([s for s in bureau.opened(document) if s.step == "read"])
    assert dues(copy) == [("2019-04-27 09:00", "ganzhou/3.6")]
    bureau.at("2019-04-27 09:01")
    assert ("ganzhou/3.6", "2019-04-27 09:00", "reader") in bureau.breaches(document)
    bureau.xie.FinishReading(name=copy.name)


@pytest.mark.clause("ganzhou/26.2")
def test_finishing_ahead_of_the_limit_shows_the_margin(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-10-14 09:00"))
    document = registered(bureau, source="superior_assignment")
    forwarded(bureau, document, completion_deadline=moment("2019-10-25 18:00"))
    task = bureau.step(document, "handle")
    assert [d.citation.clause for d in task.deadlines] == ["ganzhou/26.2"]
    bureau.at("2019-10-24 17:00")
    bureau.ma.SubmitFeedback(name=task.name, result_text="已办结", completed=True)
    feedback = the_one(bureau.sun.GetHandling(name=document.name).feedbacks)
    assert feedback.margin_hours == 25
    assert [b for b in bureau.breaches(document) if b[0] == "ganzhou/26.2"] == []


@pytest.mark.clause("ganzhou/26.2")
def test_finishing_after_the_limit_is_a_breach(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-10-14 09:00"))
    document = registered(bureau, source="superior_assignment")
    forwarded(bureau, document, completion_deadline=moment("2019-10-25 18:00"))
    task = bureau.step(document, "handle")
    bureau.at("2019-10-25 19:00")
    bureau.ma.SubmitFeedback(name=task.name, result_text="已办结", completed=True)
    bureau.settle()
    assert ("ganzhou/26.2", "2019-10-25 18:00", "handler") in bureau.breaches(document)


@pytest.mark.clause("ganzhou/26.3")
def test_without_a_stated_limit_feedback_is_due_on_the_fifth_working_day(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-09-30 09:00"))
    document = registered(bureau)
    bureau.at("2019-09-30 10:00")
    forwarded(bureau, document)
    task = bureau.step(document, "handle")
    assert dues(task) == [("2019-10-12 18:00", "ganzhou/26.3")]
    lines = bureau.ma.ExplainDeadline(deadline=task.deadlines[0].name).lines
    assert any("2019-10-12" in line and "计第5日" in line for line in lines)
    bureau.at("2019-10-12 18:01")
    assert ("ganzhou/26.3", "2019-10-12 18:00", "handler") in bureau.breaches(document)


@pytest.mark.clause("ganzhou/26.4")
def test_an_extension_is_asked_for_before_the_limit_ends(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-09-30 10:00"))
    document = registered(bureau)
    forwarded(bureau, document)
    task = bureau.step(document, "handle")
    bureau.at("2019-10-13 09:00")
    wish = {"name": task.name, "new_due_time": moment("2019-10-18 18:00"), "reason": "需现场核查"}
    refused = bureau.ma.refused("RequestExtension", **wish)
    assert (refused.reason, refused.clause) == ("EXTENSION_TOO_LATE", "ganzhou/26.4")


@pytest.mark.clause("ganzhou/26.4")
def test_the_consent_of_the_office_moves_the_limit(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-09-30 10:00"))
    document = registered(bureau)
    forwarded(bureau, document)
    task = bureau.step(document, "handle")
    bureau.at("2019-10-11 10:00")
    refused = bureau.ma.refused("RequestExtension", name=task.name, new_due_time=moment("2019-10-18 18:00"))
    assert (refused.reason, refused.clause) == ("EXTENSION_INCOMPLETE", "ganzhou/26.4")
    wish = bureau.ma.RequestExtension(name=task.name, new_due_time=moment("2019-10-18 18:00"), reason="需现场核查")
    assert (shown(wish.old_due_time), wish.citation.clause) == ("2019-10-12 18:00", "ganzhou/26.4")
    assert dues(bureau.step(document, "handle")) == [("2019-10-12 18:00", "ganzhou/26.3")]
    assert bureau.luo.refused("DecideExtension", name=wish.name, granted=True).reason == "PERMISSION_MISSING"
    bureau.sun.DecideExtension(name=wish.name, granted=True)
    bureau.at("2019-10-14 09:00")
    assert ("ganzhou/26.3", "2019-10-12 18:00", "handler") not in bureau.breaches(document)
    assert dues(bureau.step(document, "handle")) == [("2019-10-18 18:00", "ganzhou/26.3")]


@pytest.mark.clause("ganzhou/26.5")
def test_a_specially_urgent_matter_is_started_within_the_hour(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-09 22:30"))
    document = registered(bureau, urgency="URGENCY_SPECIALLY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    task = bureau.step(document, "handle-first")
    assert dues(task)[0] == ("2019-06-09 23:30", "ganzhou/26.5")
    bureau.at("2019-06-09 23:31")
    assert bureau.breaches(document) == [("ganzhou/26.5", "2019-06-09 23:30", "handler")]


@pytest.mark.clause("ganzhou/26.5")
def test_starting_in_time_is_no_breach(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-06-09 22:30"))
    document = registered(bureau, urgency="URGENCY_SPECIALLY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    bureau.at("2019-06-09 23:29")
    bureau.ma.StartHandling(name=bureau.step(document, "handle-first").name)
    bureau.at("2019-06-09 23:59")
    assert bureau.breaches(document) == []
