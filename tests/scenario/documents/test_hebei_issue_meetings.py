"""河北区政府：会议审议通过的文件、联合行文、先行回复和法定时限、最先到不了的时限."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from services.documents.service import SPEC
from services.kit import ids
from services.kit.bus.catalogue import catalogue
from services.kit.bus.dispatch import dispatch
from services.kit.bus.envelope import Envelope
from tests.scenario.documents.issuing import EXPLAINED, district, done, draft, signs
from tests.scenario.documents.scene import Scene, moment, shown, the_one
from xiaoneng.documents.v1 import types_pb2
from xiaoneng.meetings.v1 import events_pb2

ISSUER = {"issuer": "district_government_office"}
ENDED = "2018-09-28 17:30"


def passed(d: Scene, *marks: str, **more: Any) -> Any:
    """A clerk records what the executive meeting passed."""
    about = {
        "title": "关于住房保障的意见", "meeting_kind": "executive_meeting", "meeting": "区政府第31次常务会议",
        "meeting_end_time": moment(ENDED), "lead_unit": "housing", "marks": list(marks), "evidence": "会议记录第6页",
    }  # fmt: skip
    return d.clerk.RecordMeetingDecision(**{**about, **more})


def running(entry: Any) -> list[tuple[str, str]]:
    return [(shown(limit.due_time), limit.citation.clause) for limit in entry.deadlines if not limit.HasField("end_time")]


def revised(d: Scene, entry: Any, **about: Any) -> Any:
    """The revised draft with both parts."""
    made = draft(d, "jia", ISSUER, issue_entry=entry.name, title="关于住房保障的意见", document_type="yijian", **about)
    d.jia.AddRecord(name=made.name, kind="opinion_coordination", text="财政局意见已采纳")
    d.jia.SubmitDraft(name=made.name)
    return made


@pytest.mark.clause("hebei-doc/5.1")
def test_what_was_passed_is_revised_within_one_working_day(office: Any) -> None:
    d = district(office, "2018-09-28 19:00")
    entry = passed(d)
    assert running(entry) == [("2018-09-29 18:00", "hebei-doc/5.1")]
    d.at("2018-09-29 17:59")
    assert d.breaches(entry) == []
    d.at("2018-09-29 18:01")
    assert [(clause, at) for clause, at, _ in d.breaches(entry)] == [("hebei-doc/5.1", "2018-09-29 18:00")]


@pytest.mark.clause("hebei-doc/5.1")
def test_the_meeting_itself_tells_what_it_passed(office: Any) -> None:
    d = district(office, "2018-09-28 17:31")
    ports = d.office.world.platform.ports["documents"]
    data = events_pb2.MatterPassed(
        matter="meetings/31/matters/2",
        meeting_kind="executive_meeting",
        meeting="第31次常务会议",
        title="关于住房保障的意见",
        lead_unit="housing",
    )
    data.meeting_end_time.FromDatetime(moment(ENDED))
    kind = "meetings.matter.passed.v1"
    schema = catalogue().get(kind).dataschema
    for _ in range(2):  # the same matter, told twice by two events
        event = Envelope(
            id=ids.new(), type=kind, installation="test", subject=data.matter, subject_version=1, time=ports.clock.now(),
            tenant=d.office.tenant, dataschema=schema, data=MessageToDict(data),
        )  # fmt: skip
        assert dispatch(ports, SPEC.handlers, event).reason == ""
    entry = the_one(d.clerk.ListIssueEntries().entries)
    assert (entry.meeting, running(entry)) == ("第31次常务会议", [("2018-09-29 18:00", "hebei-doc/5.1")])


@pytest.mark.clause("hebei-doc/5.1")
def test_a_moment_that_the_meeting_set_wins(office: Any) -> None:
    d = district(office, "2018-09-28 19:00")
    entry = passed(d, stated_due_time=moment("2018-09-29 12:00"))
    assert running(entry) == [("2018-09-29 12:00", "hebei-doc/5.1")]
    d.at("2018-09-29 11:00")
    made = revised(d, entry)
    done(d, made, "principal", "fang")
    assert [clause for _, clause in running(d.clerk.GetIssueEntry(name=entry.name))] == ["hebei-doc/14.2"]
    d.at("2018-09-30 09:00")
    assert d.breaches(entry) == []


@pytest.mark.clause("hebei-doc/5.2")
def test_larger_changes_have_three_working_days(office: Any) -> None:
    d = district(office, "2018-09-28 19:00")
    decided, later = passed(d, "larger_changes"), passed(d)
    assert running(decided) == [("2018-10-08 18:00", "hebei-doc/5.2")]
    assert (
        d.fang.refused("UpdateIssueEntry", name=later.name, marks={"codes": ["larger_changes"]}, reason="难").reason == "PERMISSION_MISSING"
    )
    changed = d.clerk.UpdateIssueEntry(name=later.name, marks={"codes": ["larger_changes"]}, reason="区政府办公室研究确定")
    assert running(changed) == [("2018-10-08 18:00", "hebei-doc/5.2")]
    d.at("2018-10-08 18:01")
    assert [(clause, at) for clause, at, _ in d.breaches(decided)] == [("hebei-doc/5.2", "2018-10-08 18:00")]


@pytest.mark.clause("hebei-doc/5.3")
def test_the_revised_draft_comes_with_the_coordination_of_opinions(office: Any) -> None:
    d = district(office, "2018-09-29 16:00")
    entry = passed(d)
    made = draft(d, "jia", ISSUER, issue_entry=entry.name, document_type="yijian")
    refused = d.jia.refused("SubmitDraft", name=made.name)
    assert (refused.reason, refused.clause, list(refused.fields)) == ("POST_MEETING_PARTS_MISSING", "hebei-doc/5.3", ["attachments"])
    empty = draft(d, "jia", ISSUER, issue_entry=entry.name, document_type="yijian", body="")
    d.jia.AddRecord(name=empty.name, kind="opinion_coordination", text="意见已采纳")
    refused = d.jia.refused("SubmitDraft", name=empty.name)
    assert (refused.reason, list(refused.fields)) == ("POST_MEETING_PARTS_MISSING", ["body"])
    assert signs(d, revised(d, entry)) == [("principal", ["fang"])]


def walked(d: Scene, document: Any) -> list[tuple[str, str, list[str]]]:
    gone = [s for s in d.route(document) if s.state not in (types_pb2.STEP_STATE_SKIPPED, types_pb2.STEP_STATE_UPCOMING)]
    return [(s.step, s.role, sorted(s.persons)) for s in gone]


CLERKS = ["clerk", "ning", "qi"]
BEGUN = [("draft", "drafter", ["jia"]), ("principal", "unit_head", ["fang"])]


@pytest.mark.clause("hebei-doc/5.4", "hebei-doc/3.4")
def test_what_was_passed_is_signed_level_by_level(office: Any) -> None:
    d = district(office, "2018-09-29 17:00")
    made = revised(d, passed(d))
    done(d, made, "principal", "fang")
    early = d.clerk.refused("CompleteNamedStep", name=made.name, step="deputy-director", verdict="VERDICT_APPROVE", opinion="同意")
    assert (early.reason, early.clause) == ("STEP_OUT_OF_ORDER", "hebei-doc/5.4")
    d.at("2018-09-30 10:00")
    done(d, made, "office-review", "clerk")
    step = d.step(made, "deputy-director")
    assert (list(step.persons), shown(step.arrive_time)) == (["qi"], "2018-09-30 10:00")
    for name, by in (("deputy-director", "qi"), ("office-director", "director"), ("sign", "wu"), ("sign-mayor", "mayor")):
        done(d, made, name, by)
    assert walked(d, made) == [
        *BEGUN, ("office-review", "office_clerk", CLERKS), ("deputy-director", "deputy_office_director", ["qi"]),
        ("office-director", "office_director", ["director"]), ("sign", "deputy_mayor", ["wu"]), ("sign-mayor", "district_mayor", ["mayor"]),
        ("issue", "registrar", ["clerk"]),
    ]  # fmt: skip


@pytest.mark.clause("hebei-doc/5.5", "hebei-doc/3.4")
def test_what_goes_to_the_standing_committee_needs_the_mayors_consent(office: Any) -> None:
    d = district(office, "2018-09-29 17:00")
    made = revised(d, passed(d, "standing_committee"))
    steps = (("principal", "fang"), ("office-check", "clerk"), ("deputy-director", "qi"), ("office-director", "director"))
    for name, by in steps:
        done(d, made, name, by)
    d.at("2018-10-08 10:00")
    done(d, made, "deputy-mayor", "wu")
    early = d.clerk.refused("CompleteNamedStep", name=made.name, step="hand-over", verdict="VERDICT_APPROVE", opinion="转区委办")
    assert (early.reason, early.clause) == ("STEP_OUT_OF_ORDER", "hebei-doc/5.5")
    done(d, made, "consent", "mayor")
    done(d, made, "hand-over", "clerk")
    assert walked(d, made) == [
        *BEGUN, ("office-check", "office_clerk", CLERKS), ("deputy-director", "deputy_office_director", ["qi"]),
        ("office-director", "office_director", ["director"]), ("deputy-mayor", "deputy_mayor", ["wu"]),
        ("consent", "district_mayor", ["mayor"]), ("hand-over", "office_clerk", CLERKS),
    ]  # fmt: skip


JOINT: dict[str, Any] = {
    **EXPLAINED, "joint_issue": True, "mainly_government_duty": True, "government_lead": True,
    "request_to_party_committee": "津河民报〔2018〕3号", "request_to_government": "津河民报〔2018〕4号",
}  # fmt: skip


@pytest.mark.clause("hebei-doc/6.1")
@pytest.mark.parametrize("missing", ["request_to_party_committee", "request_to_government"])
def test_a_joint_document_is_asked_for_on_both_sides(office: Any, missing: str) -> None:
    d = district(office, "2018-06-12 09:00")
    said = {name: value for name, value in JOINT.items() if name != missing}
    refused = d.hao.refused("SubmitDraft", name=draft(d, said=said).name)
    assert (refused.reason, refused.clause) == ("JOINT_REQUEST_INCOMPLETE", "hebei-doc/6.1")
    assert list(refused.fields) == [f"fields.{missing}"]


@pytest.mark.clause("hebei-doc/6.2", "hebei-doc/3.4")
def test_a_joint_document_goes_through_the_government_to_the_party_committee(office: Any) -> None:
    d = district(office, "2018-06-13 09:00")
    made = draft(d, said=JOINT)
    d.hao.SubmitDraft(name=made.name)
    done(d, made, "principal", "shi")
    done(d, made, "office-review", "clerk")
    d.at("2018-06-13 10:00")
    early = d.clerk.refused("CompleteNamedStep", name=made.name, step="hand-over", verdict="VERDICT_APPROVE", opinion="转区委办")
    assert (early.reason, early.clause) == ("STEP_OUT_OF_ORDER", "hebei-doc/6.2")
    done(d, made, "approve", "zhang")
    done(d, made, "hand-over", "clerk")
    assert walked(d, made) == [
        ("draft", "drafter", ["hao"]), ("principal", "unit_head", ["shi"]), ("office-review", "office_clerk", CLERKS),
        ("approve", "deputy_mayor", ["zhang"]), ("hand-over", "office_clerk", CLERKS),
    ]  # fmt: skip


@pytest.mark.clause("hebei-doc/6.2")
def test_what_the_executive_meeting_passed_needs_no_leader(office: Any) -> None:
    d = district(office, "2018-09-28 19:00")
    made = draft(d, "jia", JOINT, issue_entry=passed(d).name)
    d.jia.AddRecord(name=made.name, kind="opinion_coordination", text="意见一致")
    d.jia.SubmitDraft(name=made.name)
    done(d, made, "principal", "fang")
    done(d, made, "office-review", "clerk")
    assert signs(d, made) == [("hand-over", CLERKS)]


@pytest.mark.clause("hebei-doc/6.2")
@pytest.mark.parametrize("lacking", ["mainly_government_duty", "government_lead"])
def test_what_is_not_the_governments_goes_to_the_party_committees_office(office: Any, lacking: str) -> None:
    d = district(office, "2018-06-13 09:00")
    refused = d.hao.refused("SubmitDraft", name=draft(d, said={**JOINT, lacking: False}).name)
    assert (refused.reason, refused.clause) == ("JOINT_NOT_THE_GOVERNMENTS", "hebei-doc/6.2")
    assert "由区委办公室办理" in refused.text


def requested(d: Scene, **fields: Any) -> Any:
    about = {
        "title": "关于追加预算的请示",
        "sender": "区财政局",
        "document_type": "qingshi",
        "document_class": "approval",
        "matters": ["预算"],
    }
    return d.clerk.RegisterDocument(**{**about, **fields})


def of_the_reply(d: Scene, document: Any) -> list[tuple[str, str]]:
    limits = d.director.GetRoute(name=document.name).deadlines
    return [(limit.citation.clause, shown(limit.due_time)) for limit in limits if not limit.HasField("end_time")]


@pytest.mark.clause("hebei-doc/4.10")
def test_what_cannot_be_answered_yet_gets_an_interim_reply(office: Any) -> None:
    d = district(office, "2018-10-08 09:00")
    answered, silent = requested(d), requested(d, title="关于设立基金的请示")
    for document in (answered, silent):
        d.clerk.MarkDocument(name=document.name, difficult=True, important=True)
        assert of_the_reply(d, document) == [("hebei-doc/4.10", "2018-10-29 18:00")]
    d.at("2018-10-26 10:00")
    replied = d.clerk.SendReply(name=answered.name, text="正在研究，待市里明确后答复", interim=True)
    assert (replied.state, shown(replied.interim_reply_time)) == (types_pb2.DOCUMENT_STATE_RUNNING, "2018-10-26 10:00")
    assert of_the_reply(d, answered) == []
    d.at("2018-10-29 18:01")
    late = [breach for breach in d.breaches(answered) if breach[0].startswith("hebei-doc/4.")]
    assert late == []
    assert ("hebei-doc/4.10", "2018-10-29 18:00") in [breach[:2] for breach in d.breaches(silent)]


@pytest.mark.clause("hebei-doc/4.11")
def test_a_statutory_limit_takes_the_place_of_the_others(office: Any) -> None:
    d = district(office, "2018-10-08 09:00")
    due = {"statutory_due": "2018-11-09T10:00:00Z"}
    about = {"title": "关于许可的请示", "sender": "区财政局", "document_type": "qingshi", "document_class": "approval", "matters": ["许可"]}
    refused = d.clerk.refused("RegisterDocument", **about, fields=due)
    assert (refused.reason, refused.clause) == ("LEGAL_BASIS_MISSING", "hebei-doc/4.11")
    document = requested(d, fields={**due, "legal_basis": "《行政许可法》第四十二条"})
    assert of_the_reply(d, document) == [("hebei-doc/4.11", "2018-11-09 18:00")]
    d.clerk.MarkDocument(name=document.name, difficult=True, important=True)
    assert of_the_reply(d, document) == [("hebei-doc/4.11", "2018-11-09 18:00")]


def test_four_leaders_in_a_row_will_not_keep_a_reply_in_seven_days(office: Any) -> None:
    d = district(office, "2018-06-04 09:00")
    document = requested(d)
    assert list(d.clerk.GetRoute(name=document.name).forecasts) == []
    units = ["finance", "sports", "education", "housing"]
    proposal = types_pb2.Proposal(handling_text="拟请审批", responsible_units=units, lead_unit="finance")
    d.clerk.SubmitProposal(name=d.step(document, "propose").name, proposal=proposal)
    found = the_one(d.clerk.GetRoute(name=document.name).forecasts)
    assert (found.citation.clause, shown(found.due_time), shown(found.expected_time)) == (
        "hebei-doc/4.8",
        "2018-06-13 18:00",
        "2018-06-14 18:00",
    )
    assert list(found.steps) == ["分管副区长审批"] * 4
    (warned,) = d.events("documents.limit.forecasted.v1")
    assert (warned["document"], warned["citation"]["clause"]) == (document.name, "hebei-doc/4.8")
    (told,) = [e for e in d.events("documents.notice.given.v1") if e["subject"] == document.name]
    assert (told["persons"], "2018-06-13 18:00" in told["text"]) == (["clerk"], True)
    done(d, document, "approve", "executive")
    assert list(d.clerk.GetRoute(name=document.name).forecasts) == []


def test_three_leaders_keep_it(office: Any) -> None:
    d = district(office, "2018-06-04 09:00")
    document = requested(d)
    proposal = types_pb2.Proposal(handling_text="拟请审批", responsible_units=["finance", "sports", "education"], lead_unit="finance")
    d.clerk.SubmitProposal(name=d.step(document, "propose").name, proposal=proposal)
    assert list(d.clerk.GetRoute(name=document.name).forecasts) == []
