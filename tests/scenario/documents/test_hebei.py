"""河北区政府：请示的登记、呈批、答复."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.scene import Scene, scene, shown, the_one
from xiaoneng.documents.v1 import types_pb2


def requested(district: Scene, **fields: Any) -> types_pb2.Document:
    """A request of the finance bureau, registered by the government office."""
    values = {"title": "关于追加预算的请示", "sender": "区财政局", "document_type": "qingshi", "document_class": "approval"}
    values |= {"matters": ["追加预算"]}
    done: types_pb2.Document = district.clerk.RegisterDocument(**{**values, **fields})
    return done


def proposed(district: Scene, document: Any, *units: str) -> None:
    named = units or ("finance",)
    proposal = types_pb2.Proposal(handling_text="拟请分管副区长审批", responsible_units=named, lead_unit=named[0])
    district.clerk.SubmitProposal(name=district.step(document, "propose").name, proposal=proposal)


def approved(district: Scene, document: Any, by: str, step: str = "approve", **fields: Any) -> None:
    name = district.step(document, step).name
    getattr(district, by).CompleteStep(name=name, **{"verdict": "VERDICT_APPROVE", "opinion": "同意", **fields})


def replies(district: Scene, document: Any) -> list[tuple[str, str]]:
    """Clause and due moment of the limits of the reply that run."""
    limits = district.director.GetRoute(name=document.name).deadlines
    return [(limit.citation.clause, shown(limit.due_time)) for limit in limits if not limit.HasField("end_time")]


@pytest.mark.clause("hebei-doc/13.4")
def test_a_leader_has_two_working_days(office: Any) -> None:
    district = scene(office("district", at="2018-09-29 15:00"), registry="director")
    document = requested(district)
    district.at("2018-09-29 16:00")
    proposed(district, document)
    step = district.step(document, "approve")
    assert [(list(step.persons), shown(d.due_time), d.citation.clause) for d in step.deadlines] == [
        (["zhang"], "2018-10-08 18:00", "hebei-doc/13.4")
    ]
    district.at("2018-10-08 17:59")
    assert district.breaches(document) == []
    district.at("2018-10-08 18:01")
    assert district.breaches(document) == [("hebei-doc/13.4", "2018-10-08 18:00", "deputy_mayor")]


@pytest.mark.clause("hebei-doc/4.8")
def test_a_request_is_answered_within_seven_working_days(office: Any) -> None:
    district = scene(office("district", at="2018-09-26 16:00"), registry="director")
    document = requested(district)
    assert replies(district, document) == [("hebei-doc/4.8", "2018-10-10 18:00")]
    district.at("2018-10-10 18:01")
    assert ("hebei-doc/4.8", "2018-10-10 18:00", "") in district.breaches(document)


@pytest.mark.clause("hebei-doc/4.8")
def test_the_reply_ends_the_limit_and_closes_the_request(office: Any) -> None:
    district = scene(office("district", at="2018-09-26 16:00"), registry="director")
    document = requested(district)
    proposed(district, document)
    approved(district, document, "zhang")
    district.clerk.SendReply(name=document.name, text="同意追加")
    assert replies(district, document) == []
    assert district.director.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    district.at("2018-10-12 09:00")
    assert [b for b in district.breaches(document) if b[0] == "hebei-doc/4.8"] == []


@pytest.mark.clause("hebei-doc/4.9")
def test_a_difficult_question_has_fifteen_working_days(office: Any) -> None:
    district = scene(office("district", at="2018-09-26 16:00"), registry="director")
    document = requested(district)
    district.at("2018-10-09 10:00")
    district.clerk.MarkDocument(name=document.name, difficult=True, note="情况复杂，已告知来文单位")
    assert replies(district, document) == [("hebei-doc/4.9", "2018-10-22 18:00")]
    district.at("2018-10-22 18:01")
    late = [breach for breach in district.breaches(document) if breach[0] in ("hebei-doc/4.8", "hebei-doc/4.9")]
    assert late == [("hebei-doc/4.9", "2018-10-22 18:00", "")]


@pytest.mark.clause("hebei-doc/4.9")
def test_what_is_called_difficult_too_late_keeps_its_limit(office: Any) -> None:
    district = scene(office("district", at="2018-09-26 16:00"), registry="director")
    document = requested(district)
    district.at("2018-10-10 18:30")
    district.clerk.MarkDocument(name=document.name, difficult=True)
    assert replies(district, document) == [("hebei-doc/4.8", "2018-10-10 18:00")]


@pytest.mark.clause("hebei-doc/13.1")
def test_a_request_goes_up_level_by_level(office: Any) -> None:
    district = scene(office("district", at="2018-07-16 09:00"), registry="director")
    document = requested(district)
    refused = district.director.refused("CompleteNamedStep", name=document.name, step="approve", verdict="VERDICT_APPROVE", opinion="同意")
    assert (refused.reason, refused.clause) == ("STEP_OUT_OF_ORDER", "hebei-doc/13.1")
    proposed(district, document, "finance", "sports")
    assert [list(s.persons) for s in district.opened(document)] == [["zhang"]]
    approved(district, document, "zhang")
    assert [list(s.persons) for s in district.opened(document)] == [["liu"]]
    approved(district, document, "liu")
    reply = the_one(district.opened(document))
    assert (reply.step, "clerk" in reply.persons, "director" in reply.persons) == ("reply", True, False)
    district.clerk.SendReply(name=document.name, text="同意")
    assert district.clerk.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("hebei-doc/13.1")
def test_a_major_matter_goes_on_to_the_mayor(office: Any) -> None:
    district = scene(office("district", at="2018-07-16 09:00"), registry="director")
    document = requested(district)
    proposed(district, document)
    approved(district, document, "zhang", important=True)
    assert [(s.step, list(s.persons)) for s in district.opened(document)] == [("approve-major", ["mayor"])]


@pytest.mark.clause("hebei-doc/13.3")
def test_having_read_a_request_is_no_approval(office: Any) -> None:
    district = scene(office("district", at="2018-07-17 09:00"), registry="director")
    document = requested(district)
    proposed(district, document)
    district.at("2018-07-18 09:00")
    step = district.step(document, "approve")
    for said in ({"verdict": "VERDICT_READ", "opinion": "阅"}, {"verdict": "VERDICT_APPROVE"}):
        refused = district.zhang.refused("CompleteStep", name=step.name, **said)
        assert (refused.reason, refused.clause) == ("OPINION_UNCLEAR", "hebei-doc/13.3")
    done = district.zhang.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
    assert (done.done_by, shown(done.end_time)) == ("zhang", "2018-07-18 09:00")


@pytest.mark.clause("hebei-doc/8.6")
def test_nothing_reaches_a_leader_without_being_registered(office: Any) -> None:
    district = scene(office("district", at="2018-06-26 10:00"), registry="director")
    draft = district.hao.CreateDraft(kind="DOCUMENT_KIND_SUBMISSION", title="关于场馆维修的请示", document_type="qingshi")
    refused = district.hao.refused("SubmitDraft", name=draft.name)
    assert (refused.reason, refused.clause) == ("DIRECT_DELIVERY", "hebei-doc/8.6")


@pytest.mark.clause("hebei-doc/9.4")
def test_a_request_on_two_matters_is_returned(office: Any) -> None:
    district = scene(office("district", at="2018-07-03 09:00"), registry="director")
    document = requested(district, matters=["追加预算", "增加编制"])
    assert document.state == types_pb2.DOCUMENT_STATE_REGISTERED
    assert [(f.reason, f.effect, f.citation.clause) for f in document.findings] == [("SEVERAL_MATTERS", "return", "hebei-doc/9.4")]
    assert district.opened(document) == []
    district.clerk.ReturnDocument(name=document.name, reason="请一事一报")
    approved(district, document, "mayor", "consent")
    assert district.clerk.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_RETURNED
    assert requested(district).state == types_pb2.DOCUMENT_STATE_RUNNING


@pytest.mark.clause("hebei-doc/4.2")
def test_a_motion_is_signed_by_the_mayor_in_person(office: Any) -> None:
    district = scene(office("district", at="2018-05-21 09:00"), registry="director")
    draft = district.hao.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="关于体育设施建设的议案", document_type="yian")
    district.hao.SubmitDraft(name=draft.name)
    approved(district, draft, "shi", "review")
    approved(district, draft, "director", "check")
    district.at("2018-05-22 09:00")
    step = district.step(draft, "sign")
    refused = district.executive.refused("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
    assert (refused.reason, refused.clause) == ("WRONG_SIGNER", "hebei-doc/4.2")
    approved(district, draft, "mayor", "sign")
    assert [s.step for s in district.opened(draft)] == ["issue"]
