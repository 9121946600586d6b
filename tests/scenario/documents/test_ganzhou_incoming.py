"""赣州市水利局：收文登记、拟办、审签."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.builders import a_proposal, decided, forwarded, proposed, registered, reviewed, signed
from tests.scenario.documents.scene import dues, moment, scene, shown, the_one
from xiaoneng.documents.v1 import types_pb2


@pytest.mark.clause("ganzhou/1.1")
def test_nothing_is_routed_before_it_is_classified(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:00"))
    document = registered(bureau, document_class="")
    assert bureau.opened(document) == []
    refused = bureau.chen.refused("CompleteNamedStep", name=document.name, step="propose")
    assert (refused.reason, refused.clause) == ("NOT_CLASSIFIED", "ganzhou/1.1")
    bureau.zhou.ClassifyDocument(name=document.name, document_class="action")
    assert [step.step for step in bureau.opened(document)] == ["propose"]


@pytest.mark.clause("ganzhou/1.2")
def test_a_proposal_says_what_is_to_be_done_and_by_whom(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:00"))
    document = registered(bureau)
    step = bureau.step(document, "propose")
    for missing in ({"handling_text": ""}, {"responsible_units": []}):
        refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=a_proposal(**missing))
        assert (refused.reason, refused.clause) == ("PROPOSAL_INCOMPLETE", "ganzhou/1.2")


@pytest.mark.clause("ganzhou/1.2")
def test_the_proposal_for_a_time_limited_matter_names_its_deadline(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:00"))
    document = registered(bureau, source="superior_assignment")
    step = bureau.step(document, "propose")
    feedback_only = a_proposal(feedback_deadline=moment("2019-04-30 18:00"))
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=feedback_only)
    assert (refused.reason, refused.clause) == ("MISSING_DEADLINE_IN_PROPOSAL", "ganzhou/1.2")
    with_deadline = a_proposal(completion_deadline=moment("2019-04-30 18:00"))
    bureau.chen.SubmitProposal(name=step.name, proposal=with_deadline)
    assert [s.step for s in bureau.opened(document)] == ["review"]


@pytest.mark.clause("ganzhou/26.1")
def test_a_time_limited_matter_has_a_limit_from_the_first_step(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:00"))
    document = registered(bureau, source="party_group_resolution")
    step = bureau.step(document, "propose")
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=a_proposal())
    assert ("TIME_LIMIT_REQUIRED", "ganzhou/26.1") in refused.findings
    ordinary = registered(bureau, source="other")
    bureau.chen.SubmitProposal(name=bureau.step(ordinary, "propose").name, proposal=a_proposal())


@pytest.mark.clause("ganzhou/1.3")
def test_the_clerk_cannot_pass_the_office_head_by(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:20"))
    document = registered(bureau)
    step = bureau.step(document, "propose")
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=a_proposal(), forward_to="sign")
    assert (refused.reason, refused.clause) == ("PROPOSAL_NOT_REVIEWED", "ganzhou/1.3")
    bureau.chen.SubmitProposal(name=step.name, proposal=a_proposal())
    bureau.at("2019-04-08 11:00")
    reviewed(bureau, document)
    sign = bureau.step(document, "sign")
    assert (list(sign.persons), shown(sign.arrive_time)) == (["li"], "2019-04-08 11:00")


@pytest.mark.clause("ganzhou/1.3")
def test_who_drafted_the_proposal_does_not_review_it(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:20"))
    document = registered(bureau)
    step = bureau.step(document, "propose")
    bureau.chen.TransferStep(name=step.name, person="sun", reason="出差")
    proposed(bureau, document, by="sun")
    refused = bureau.sun.refused("CompleteStep", name=bureau.step(document, "review").name, verdict="VERDICT_APPROVE")
    assert (refused.reason, refused.clause) == ("SAME_DRAFTER_AND_REVIEWER", "ganzhou/1.3")


@pytest.mark.clause("ganzhou/1.4")
def test_the_leader_in_charge_signs_before_the_principal_leader_decides(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:20"))
    document = registered(bureau)
    proposed(bureau, document)
    reviewed(bureau, document)
    refused = bureau.huang.refused("CompleteNamedStep", name=document.name, step="decide", verdict="VERDICT_APPROVE")
    assert (refused.reason, refused.clause) == ("STEP_OUT_OF_ORDER", "ganzhou/1.4")
    bureau.at("2019-04-08 15:00")
    signed(bureau, document)
    only = the_one(bureau.opened(document))
    assert (only.step, list(only.persons), shown(only.arrive_time)) == ("decide", ["huang"], "2019-04-08 15:00")
    assert bureau.sees("ma", document) == []


@pytest.mark.clause("ganzhou/1.5")
def test_a_differing_opinion_travels_on_and_stops_nothing(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-09 09:00"))
    document = registered(bureau)
    proposed(bureau, document)
    reviewed(bureau, document)
    bureau.at("2019-04-09 09:40")
    signed(bureau, document, differing=True, opinion="建议由建设科牵头")
    decide = bureau.step(document, "decide")
    assert shown(decide.arrive_time) == "2019-04-09 09:40"
    seen = {step.step: step for step in bureau.route(document, "huang")}
    assert (seen["sign"].differing, seen["sign"].opinion) == (True, "建议由建设科牵头")
    assert bureau.huang.GetDocument(name=document.name).proposal.handling_text == "请河长科牵头落实"


@pytest.mark.clause("ganzhou/1.6")
def test_all_responsible_units_get_the_document_at_once(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 09:00"))
    document = registered(bureau)
    proposed(bureau, document, responsible_units=["river", "construction", "planning"], lead_unit="river")
    reviewed(bureau, document)
    signed(bureau, document)
    bureau.at("2019-04-08 17:00")
    decided(bureau, document)
    tasks = {(s.unit, tuple(s.persons), s.lead, shown(s.arrive_time)) for s in bureau.opened(document)}
    assert tasks == {
        ("river", ("ma",), True, "2019-04-08 17:00"),
        ("construction", ("luo",), False, "2019-04-08 17:00"),
        ("planning", ("he",), False, "2019-04-08 17:00"),
    }


@pytest.mark.clause("ganzhou/2.1")
def test_a_matter_of_two_sections_needs_a_unit_in_the_lead(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-15 09:00"))
    document = registered(bureau, sender="市人民政府")
    step = bureau.step(document, "propose")
    two = a_proposal(responsible_units=["river", "construction"])
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=two)
    assert (refused.reason, refused.clause, refused.article) == ("MISSING_LEAD_UNIT", "ganzhou/2.1", "第（一）部分第2条")
    two.lead_unit = "river"
    bureau.chen.SubmitProposal(name=step.name, proposal=two)


@pytest.mark.clause("ganzhou/2.2")
def test_an_important_comprehensive_matter_needs_a_leader_in_the_lead(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-15 10:00"))
    document = registered(bureau, comprehensive=True, important=True)
    step = bureau.step(document, "propose")
    proposal = a_proposal(responsible_units=["river", "planning"], lead_unit="river")
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=proposal)
    assert (refused.reason, refused.clause) == ("MISSING_LEAD_LEADER", "ganzhou/2.2")
    proposal.lead_leader = "xie"
    bureau.chen.SubmitProposal(name=step.name, proposal=proposal)
    reviewed(bureau, document)
    assert list(bureau.step(document, "sign").persons) == ["xie"]


@pytest.mark.clause("ganzhou/2.3")
def test_an_objection_of_the_lead_leader_blocks_the_work_until_it_is_decided(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-16 08:40"))
    document = registered(bureau, urgency="URGENCY_URGENT")
    bureau.zhou.PreforwardDocument(name=document.name, lead_unit="river")
    proposed(bureau, document, lead_unit="river", lead_leader="li", remark="已先转办")
    reviewed(bureau, document)
    bureau.at("2019-04-16 10:00")
    signed(bureau, document, objection=True, opinion="不宜由我牵头")
    bureau.at("2019-04-16 10:30")
    task = bureau.step(document, "handle-first")
    assert task.blocked
    refused = bureau.ma.refused("StartHandling", name=task.name)
    assert (refused.reason, refused.clause) == ("LEAD_OBJECTION_UNDECIDED", "ganzhou/2.3")
    bureau.at("2019-04-16 14:40")
    decided(bureau, document)
    assert shown(bureau.ma.StartHandling(name=task.name).start_time) == "2019-04-16 14:40"


@pytest.mark.clause("ganzhou/2.3")
def test_the_decision_on_the_objection_opens_the_tasks(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-16 09:00"))
    document = registered(bureau)
    proposed(bureau, document, lead_leader="li")
    reviewed(bureau, document)
    bureau.at("2019-04-16 10:00")
    signed(bureau, document, objection=True)
    assert [s.step for s in bureau.opened(document)] == ["decide"]
    bureau.at("2019-04-16 14:40")
    decided(bureau, document)
    task = bureau.step(document, "handle")
    assert (task.unit, shown(task.arrive_time), task.blocked) == ("river", "2019-04-16 14:40", False)


@pytest.mark.clause("ganzhou/3.5")
def test_an_instruction_without_a_limit_gets_a_feedback_deadline(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-09-30 09:00"))
    document = registered(bureau, source="city_leader_instruction")
    bureau.at("2019-09-30 10:00")
    step = bureau.step(document, "propose")
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=a_proposal())
    assert (refused.reason, refused.clause) == ("MISSING_FEEDBACK_DEADLINE", "ganzhou/3.5")
    offered = bureau.chen.GetProposalForm(name=step.name)
    assert (shown(offered.feedback_deadline), offered.feedback_citation.clause) == ("2019-10-12 18:00", "ganzhou/3.5")
    proposed(bureau, document, feedback_deadline=offered.feedback_deadline)
    reviewed(bureau, document)
    signed(bureau, document)
    decided(bureau, document)
    task = bureau.step(document, "handle")
    assert dues(task) == [("2019-10-12 18:00", "ganzhou/3.5")]


@pytest.mark.clause("ganzhou/1.11")
def test_a_reading_document_goes_to_the_principal_leader_and_then_to_all_readers(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-10 09:00"))
    document = registered(bureau, document_class="reading")
    step = bureau.step(document, "propose")
    bureau.chen.SubmitProposal(name=step.name, proposal=types_pb2.Proposal(handling_text="建议传阅"))
    only = the_one(bureau.opened(document))
    assert (only.step, list(only.persons)) == ("sign", ["huang"])
    bureau.at("2019-04-10 11:30")
    heads = ["sun", "ma", "luo", "he"]
    bureau.huang.CompleteStep(name=only.name, verdict="VERDICT_APPROVE", opinion="请各科室负责人阅", readers=heads)
    copies = {(tuple(s.persons), s.step, shown(s.arrive_time)) for s in bureau.opened(document)}
    assert copies == {((head,), "read", "2019-04-10 11:30") for head in heads}


@pytest.mark.clause("ganzhou/1.11")
def test_readers_get_nothing_before_the_principal_leader_has_signed(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-10 09:00"))
    document = registered(bureau, document_class="reading")
    step = bureau.step(document, "propose")
    proposal = types_pb2.Proposal(handling_text="建议传阅", readers=["ma"])
    refused = bureau.chen.refused("SubmitProposal", name=step.name, proposal=proposal, forward_to="read")
    assert (refused.reason, refused.clause) == ("STEP_OUT_OF_ORDER", "ganzhou/1.11")


@pytest.mark.clause("ganzhou/5.1")
def test_nobody_reads_what_he_has_to_handle(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-18 09:00"))
    document = registered(bureau)
    forwarded(bureau, document, responsible_units=["construction"])
    bureau.at("2019-04-19 09:00")
    refused = bureau.chen.refused("AddReaders", name=document.name, readers=["luo"])
    assert (refused.reason, refused.clause) == ("DUPLICATE_QUEUE", "ganzhou/5.1")
    actions = bureau.luo.ListMySteps(queue="WORK_KIND_ACTION").items
    reading = bureau.luo.ListMySteps(queue="WORK_KIND_READING").items
    assert ([item.document for item in actions], list(reading)) == ([document.name], [])


@pytest.mark.clause("ganzhou/5.2")
def test_reading_copies_open_together_with_the_tasks(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-19 09:00"))
    document = registered(bureau)
    proposed(bureau, document, readers=["xie", "he"])
    reviewed(bureau, document)
    refused = bureau.chen.refused("AddReaders", name=document.name, readers=["luo"])
    assert (refused.reason, refused.clause) == ("CIRCULATION_BEFORE_SIGNATURE", "ganzhou/5.2")
    signed(bureau, document)
    assert (bureau.sees("xie", document), bureau.sees("he", document)) == ([], [])
    bureau.at("2019-04-19 16:20")
    decided(bureau, document)
    arrived = {(s.step, shown(s.arrive_time)) for s in bureau.opened(document)}
    assert arrived == {("handle", "2019-04-19 16:20"), ("read", "2019-04-19 16:20")}


@pytest.mark.clause("ganzhou/5.3")
def test_a_reader_finishes_and_the_proposer_sees_it(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-22 09:00"))
    document = registered(bureau)
    forwarded(bureau, document, readers=["xie"])
    bureau.at("2019-04-22 16:05")
    copy = the_one([s for s in bureau.opened(document) if s.step == "read"])
    bureau.xie.FinishReading(name=copy.name)
    assert bureau.sees("xie", document) == []
    read = the_one(bureau.chen.ListReadings(name=document.name).readings)
    assert (read.done_by, shown(read.end_time)) == ("xie", "2019-04-22 16:05")
    told = [(e["persons"], e["citation"]["clause"], e["text"]) for e in bureau.events("documents.notice.given.v1")]
    assert told == [(["chen"], "ganzhou/5.3", "传阅件已阅毕，退回拟办人")]


@pytest.mark.clause("ganzhou/5.3")
def test_a_reading_document_is_done_when_all_have_read_it(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-22 09:00"))
    document = registered(bureau, document_class="reading")
    proposal = types_pb2.Proposal(handling_text="建议传阅", readers=["xie", "ma"])
    bureau.chen.SubmitProposal(name=bureau.step(document, "propose").name, proposal=proposal)
    bureau.huang.CompleteStep(name=bureau.step(document, "sign").name, verdict="VERDICT_APPROVE", opinion="阅")
    for reader, state in (("xie", types_pb2.DOCUMENT_STATE_RUNNING), ("ma", types_pb2.DOCUMENT_STATE_CLOSED)):
        copy = the_one(getattr(bureau, reader).ListMySteps(queue="WORK_KIND_READING").items)
        getattr(bureau, reader).FinishReading(name=copy.step.name)
        assert bureau.sun.GetDocument(name=document.name).state == state
