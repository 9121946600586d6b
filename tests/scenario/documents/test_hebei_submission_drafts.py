"""河北区政府：拟稿、征求意见、合法性审查、把关、解读."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents import issuing
from tests.scenario.documents.issuing import CHECKS
from tests.scenario.documents.scene import Scene, shown, the_one
from tests.scenario.documents.submitting import SECTIONS, a_draft, district, handed_in, limits_of, not_submitted, refused, submitted
from xiaoneng.documents.v1 import types_pb2


def noted(d: Scene, document: Any, kind: str, by: str = "tao", **about: Any) -> None:
    getattr(d, by).AddRecord(name=document.name, kind=kind, **about)


CHECK_LABELS = dict(zip(CHECKS, ("政治关", "政策关", "法律关", "内容关", "格式关", "文字关"), strict=True))


def to_be_issued(d: Scene, *reviews: str, **said: Any) -> types_pb2.Document:
    """A document of the sports bureau with all signatures of the district, and what else it needs before it is submitted."""
    draft = issuing.draft(d, said={**issuing.EXPLAINED, **said})
    for kind in reviews:
        noted(d, draft, kind, by="hao", fields={"passed": True})
    d.hao.SubmitDraft(name=draft.name)
    issuing.edited(d, draft)
    issuing.done(d, draft, "sign", "zhang")
    return draft


def not_issued(d: Scene, document: Any) -> tuple[str, str, str]:
    answer = d.clerk.refused("IssueDocument", name=document.name, series="河北政办发")
    return answer.reason, answer.clause, answer.text


@pytest.mark.clause("hebei-doc/7.6")
def test_what_goes_to_a_meeting_is_agreed(office: Any) -> None:
    d = district(office, "2018-06-21 09:00")
    said: dict[str, Any] = {
        "for_meeting": True,
        "responsible_department": "commerce",
        "arrangement": "分三步实施",
        "concerned_units": ["finance"],
    }
    draft = a_draft(d, said)
    noted(d, draft, "consultation_reply", unit="finance", fields={"agrees": False}, text="不同意")
    assert not_submitted(d, draft)[:2] == ("NOT_AGREED", "hebei-doc/7.6")
    for name in ("responsible_department", "arrangement"):
        other = a_draft(d, {key: value for key, value in said.items() if key != name})
        noted(d, other, "consultation_reply", unit="finance", fields={"agrees": True})
        assert not_submitted(d, other)[0] == "NOT_AGREED"
    draft.fields.Clear()
    draft.fields.update({"dispute_decision": "张副区长6月20日协调决定"})
    d.tao.UpdateDraft(document=draft, update_mask="fields")
    submitted(d, draft)


@pytest.mark.clause("hebei-doc/9.2")
def test_what_a_leader_has_consented_to_is_submitted_within_a_day(office: Any) -> None:
    d = district(office, "2018-06-29 17:00")
    late, quick = a_draft(d), a_draft(d)
    for draft in (late, quick):
        noted(d, draft, "leader_consent", persons=["zhang"], text="同意")
    d.at("2018-07-02 17:59")
    submitted(d, quick)
    d.at("2018-07-02 18:01")
    assert limits_of(d, "submitted-after-consent") == [("hebei-doc/9.2", "commerce")]


@pytest.mark.clause("hebei-doc/10.2")
def test_a_document_on_a_field_has_six_thousand_characters(office: Any) -> None:
    d = district(office, "2018-07-05 09:00")
    long = submitted(d, a_draft(d, {"text_scope": "field_important"}, body="字" * 6001))
    assert [(f.reason, f.effect, f.citation.clause, f.text) for f in long.findings] == [
        ("TOO_LONG", "finding", "hebei-doc/10.2", "文件稿一般不超过6000字，现有6001字，请说明理由或者压缩篇幅")
    ]
    for said, length in (({"text_scope": "field_important"}, 6000), ({"text_scope": "overall"}, 6001)):
        assert list(submitted(d, a_draft(d, said, body="字" * length)).findings) == []
    explained: dict[str, Any] = {"text_scope": "field_important", "length_reason": "内容必须完整"}
    assert list(submitted(d, a_draft(d, explained, body="字" * 6001)).findings) == []


@pytest.mark.clause("hebei-doc/10.3")
def test_a_document_on_a_task_has_four_thousand_characters(office: Any) -> None:
    d = district(office, "2018-07-05 09:30")
    long = submitted(d, a_draft(d, {"text_scope": "special_task"}, body="字" * 4001))
    assert [(f.reason, f.citation.clause, f.text) for f in long.findings] == [
        ("TOO_LONG", "hebei-doc/10.3", "文件稿一般不超过4000字，现有4001字，请说明理由或者压缩篇幅")
    ]
    assert list(submitted(d, a_draft(d, {"text_scope": "special_task"}, body="字" * 4000)).findings) == []


@pytest.mark.clause("hebei-doc/11.1")
def test_a_major_decision_is_reported_to_the_congress_before_it_is_issued(office: Any) -> None:
    d = issuing.district(office, "2018-07-09 09:00")
    document = to_be_issued(d, major_decision=True)
    noted(d, document, "issue_check", by="clerk", fields=dict.fromkeys(CHECKS, True))
    assert not_issued(d, document)[:2] == ("NPC_REPORT_MISSING", "hebei-doc/11.1")
    noted(d, document, "npc_report", by="clerk", text="7月6日报区人大常委会")
    assert d.clerk.IssueDocument(name=document.name, series="河北政办发").document_number == "河北政办发〔2018〕1号"


@pytest.mark.clause("hebei-doc/11.2")
def test_nothing_normative_goes_further_without_a_legality_review(office: Any) -> None:
    d = district(office, "2018-07-09 09:00")
    draft = a_draft(d, {"normative": True})
    assert not_submitted(d, draft)[:2] == ("LEGALITY_REVIEW_MISSING", "hebei-doc/11.2")
    noted(d, draft, "legality_review", fields={"passed": False}, text="第三条无依据")
    assert not_submitted(d, draft)[:2] == ("LEGALITY_REVIEW_MISSING", "hebei-doc/11.2")
    noted(d, draft, "legality_review", fields={"passed": True}, text="已修改，合法")
    submitted(d, draft)
    request = handed_in(d, {"normative": True})
    proposed(d, request)
    noted(d, request, "leader_review", by="zhang", text="同意上会")
    meeting = d.director.refused("AddRecord", name=request.name, kind="agenda_proposal", text="提请区政府常务会议审议")
    assert (meeting.reason, meeting.clause) == ("LEGALITY_REVIEW_MISSING", "hebei-doc/11.2")


def proposed(d: Scene, document: Any) -> None:
    proposal = types_pb2.Proposal(handling_text="拟请张副区长审批", responsible_units=["commerce"], lead_unit="commerce")
    d.clerk.SubmitProposal(name=d.step(document, "propose").name, proposal=proposal)


@pytest.mark.clause("hebei-doc/11.3")
def test_a_legality_review_is_asked_for_with_everything(office: Any) -> None:
    d = district(office, "2018-07-09 10:00")
    draft = a_draft(d, {"normative": True})
    whole: dict[str, Any] = {"explanation": "见起草说明", "basis": "《某条例》", "full_text": True}
    for name, label in (("basis", "制定依据"), ("explanation", "起草说明"), ("full_text", "文件全文")):
        left = {key: value for key, value in whole.items() if key != name}
        answer = d.tao.refused("AddRecord", name=draft.name, kind="legality_request", fields=left)
        assert (answer.reason, answer.clause) == ("REVIEW_REQUEST_INCOMPLETE", "hebei-doc/11.3")
        assert answer.text.startswith(f"提请合法性审查缺{label}（")
    noted(d, draft, "legality_request", fields=whole)


@pytest.mark.clause("hebei-doc/12.1")
def test_every_department_concerned_is_asked_in_writing(office: Any) -> None:
    d = district(office, "2018-07-10 09:00")
    draft = a_draft(d, {"concerns": ["fiscal_funds", "posts"]})
    assert not_submitted(d, draft)[:2] == ("CONCERNED_UNITS_MISSING", "hebei-doc/12.1")
    draft = a_draft(d, {"concerns": ["fiscal_funds", "posts"], "concerned_units": ["finance", "staffing"]})
    noted(d, draft, "consultation_reply", unit="finance", fields={"agrees": True})
    told = not_submitted(d, draft)
    assert told[:2] == ("CONSULTATION_MISSING", "hebei-doc/12.1")
    assert told[2].startswith("须书面征求所涉部门意见，尚缺区编办的反馈（")
    noted(d, draft, "consultation_reply", unit="staffing", fields={"agrees": False})
    told = not_submitted(d, draft)
    assert (told[0], told[2][:10]) == ("CONSULTATION_NOT_AGREED", "须协商一致，区编办未")
    noted(d, draft, "consultation_reply", unit="staffing", fields={"agrees": True}, text="修改后同意")
    submitted(d, draft)


@pytest.mark.clause("hebei-doc/12.2")
def test_a_dispute_goes_up_with_everybodys_grounds(office: Any) -> None:
    d = district(office, "2018-07-11 10:00")
    about: dict[str, Any] = {"kind": "DOCUMENT_KIND_SUBMISSION", "title": "关于市场资金分歧的请示", "document_type": "qingshi"}
    said: dict[str, Any] = {"dispute": True, "disagreeing_units": ["finance"], "handling_suggestion": "按比例分担"}
    file = a_draft(d, said, **about)
    told = not_submitted(d, file)
    assert told[:2] == ("DISPUTE_FILE_INCOMPLETE", "hebei-doc/12.2")
    assert "，缺主要负责人协商（" in told[2]
    noted(d, file, "negotiation", persons=["fang", "cui"], text="未达成一致")
    d.at("2018-07-12 09:00")
    told = not_submitted(d, file)
    assert (told[0], "缺区财政局（" in told[2]) == ("DISPUTE_FILE_INCOMPLETE", True)
    noted(d, file, "dispute_grounds", unit="finance", text="预算已定")
    submitted(d, file)
    first = d.director.refused("CompleteNamedStep", name=file.name, step="decide", verdict="VERDICT_APPROVE", opinion="同意")
    assert (first.reason, first.clause) == ("DISPUTE_ORDER", "hebei-doc/12.2")
    assert [(s.step, list(s.persons)) for s in d.opened(file)] == [("coordinate", ["qi"])]
    d.qi.CompleteStep(name=d.step(file, "coordinate").name, verdict="VERDICT_APPROVE", opinion="协调未果，请张副区长定")
    assert [(s.step, list(s.persons)) for s in d.opened(file)] == [("decide", ["zhang"])]
    d.zhang.CompleteStep(name=d.step(file, "decide").name, verdict="VERDICT_APPROVE", opinion="按建议办")
    assert d.tao.GetDocument(name=file.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    assert [(step.step, step.done_by) for step in d.route(file, "tao")] == [("file", "tao"), ("coordinate", "qi"), ("decide", "zhang")]


@pytest.mark.clause("hebei-doc/12.3")
def test_the_public_is_heard_in_several_ways(office: Any) -> None:
    d = district(office, "2018-07-10 15:00")
    said: dict[str, Any] = {
        "major_public_interest": True,
        "consultation_ways": ["hearing", "online"],
        "adoption_feedback": "已在门户网站反馈",
    }
    submitted(d, a_draft(d, said))
    submitted(d, a_draft(d, {"major_public_interest": True, "secret_by_law": True}))
    for wrong in ({"consultation_ways": ["online"]}, {"adoption_feedback": None}):
        left = {name: value for name, value in {**said, **wrong}.items() if value is not None}
        assert not_submitted(d, a_draft(d, left))[:2] == ("PUBLIC_CONSULTATION_MISSING", "hebei-doc/12.3")


@pytest.mark.clause("hebei-doc/12.4")
def test_a_department_answers_in_time_and_silence_is_no_consent(office: Any) -> None:
    d = district(office, "2018-07-11 09:00")
    request = handed_in(d)
    step = d.step(request, "propose")
    d.clerk.RequestMaterial(name=step.name, units=["finance"], text="请提出意见")
    d.clerk.RequestMaterial(name=step.name, units=["housing"], text="请提出意见", due_time="2018-07-12T10:00:00Z")
    asked = {m.unit: m for m in d.clerk.GetHandling(name=request.name).materials}
    assert [(unit, dues_of(asked[unit])) for unit in ("finance", "housing")] == [
        ("finance", ("2018-07-16 18:00", "hebei-doc/12.4")),
        ("housing", ("2018-07-12 18:00", "hebei-doc/12.4")),
    ]
    d.at("2018-07-12 18:01")
    assert limits_of(d, "opinion-as-set") == [("hebei-doc/12.4", "housing")]
    d.at("2018-07-16 17:59")
    d.cui.SupplyMaterial(name=asked["finance"].name, text="无意见")
    d.at("2018-07-16 18:01")
    assert limits_of(d, "opinion-in-three-days") == []


def dues_of(asked: Any) -> tuple[str, str]:
    return shown(asked.deadline.due_time), asked.deadline.citation.clause


@pytest.mark.clause("hebei-doc/13.2")
def test_who_co_signs_is_a_principal_head(office: Any) -> None:
    d = district(office, "2018-07-17 14:40")
    draft = a_draft(d, {"co_signing_units": ["finance"]})
    noted(d, draft, "co_signature", unit="finance", fields={"principal": False}, text="副局长签发")
    told = not_submitted(d, draft)
    assert told[:2] == ("CO_SIGNER_NOT_PRINCIPAL", "hebei-doc/13.2")
    assert told[2].startswith("部门会签须由主要负责人签发，缺区财政局（")
    noted(d, draft, "co_signature", unit="finance", fields={"principal": True})
    submitted(d, draft)


@pytest.mark.clause("hebei-doc/13.5")
def test_the_leader_reviews_before_a_document_goes_on_the_agenda(office: Any) -> None:
    d = district(office, "2018-07-17 09:00")
    request = handed_in(d)
    proposed(d, request)
    early = d.director.refused("AddRecord", name=request.name, kind="agenda_proposal", text="提请区长办公会议审议")
    assert (early.reason, early.clause) == ("NOT_REVIEWED_BY_LEADER", "hebei-doc/13.5")
    assert d.clerk.refused("AddRecord", name=request.name, kind="leader_review", text="已审").reason == "NOT_YOURS_TO_RECORD"
    noted(d, request, "leader_review", by="zhang", text="同意上会")
    noted(d, request, "agenda_proposal", by="director", text="提请区长办公会议审议")


@pytest.mark.clause("hebei-doc/13.6")
def test_six_checks_and_all_marks_before_a_document_is_issued(office: Any) -> None:
    d = issuing.district(office, "2018-07-19 10:00")
    document = to_be_issued(d, secrecy_class="secret")
    told = not_issued(d, document)
    assert told[:2] == ("ISSUE_CHECK_INCOMPLETE", "hebei-doc/13.6")
    for check, label in CHECK_LABELS.items():
        noted(d, document, "issue_check", by="clerk", fields={**dict.fromkeys(CHECKS, True), check: False})
        assert not_issued(d, document)[2].startswith(f"印发前审核把关尚缺{label}（")
    noted(d, document, "issue_check", by="clerk", fields=dict.fromkeys(CHECKS, True))
    assert not_issued(d, document)[2].startswith("印发前审核把关尚缺保密期限（")
    marks = {"document_level": "区政府办公室文件", "secrecy_class": "secret", "openness": "public"}
    d.clerk.MarkDocument(name=document.name, fields={"secrecy_period": "10年"})
    for mark, label in (("document_level", "发文规格"), ("secrecy_class", "密级"), ("openness", "公开属性建议")):
        d.clerk.MarkDocument(name=document.name, fields={mark: None})
        assert not_issued(d, document)[2].startswith(f"印发前审核把关尚缺{label}（")
        d.clerk.MarkDocument(name=document.name, fields={mark: marks[mark]})
    d.clerk.IssueDocument(name=document.name, series="河北政办发")


@pytest.mark.clause("hebei-doc/13.6")
@pytest.mark.parametrize("issuer", ["district_government", "department"])
def test_the_checks_stay_whatever_is_written_on_the_way(office: Any, issuer: str) -> None:
    d = issuing.district(office, "2018-07-19 10:00")
    document = to_be_issued(d)
    d.clerk.MarkDocument(name=document.name, fields={"issuer": issuer})
    assert not_issued(d, document)[:2] == ("ISSUE_CHECK_INCOMPLETE", "hebei-doc/13.6")


@pytest.mark.clause("hebei-doc/14.3")
def test_a_normative_document_is_filed_within_twenty_days(office: Any) -> None:
    d = issuing.district(office, "2018-09-11 09:00")
    late, quick = (to_be_issued(d, "legality_review", normative=True) for _ in range(2))
    d.at("2018-09-12 10:00")
    for document in (late, quick):
        issuing.issue(d, document)
    noted(d, late, "note", by="clerk", text="拟备案")
    d.at("2018-10-08 17:59")
    noted(d, quick, "filing", by="clerk", text="报市政府备案")
    d.at("2018-10-08 18:01")
    assert limits_of(d, "filed-for-record") == [("hebei-doc/14.3", "sports")]


@pytest.mark.clause("hebei-doc/14.3")
def test_the_day_of_publication_is_not_counted(office: Any) -> None:
    d = issuing.district(office, "2018-10-31 09:00")
    document = to_be_issued(d, "legality_review", normative=True)
    d.at("2018-11-01 10:00")
    issuing.issue(d, document)
    d.at("2018-11-21 17:59")
    assert limits_of(d, "filed-for-record") == []
    d.at("2018-11-21 18:01")
    assert limits_of(d, "filed-for-record") == [("hebei-doc/14.3", "sports")]


@pytest.mark.clause("hebei-doc/14.4")
def test_what_is_not_public_has_a_reason_and_a_basis(office: Any) -> None:
    d = district(office, "2018-07-20 10:00")
    for said in ({"openness": "not_public"}, {"openness": "on_request", "openness_reason": "内部管理"}):
        assert not_submitted(d, a_draft(d, said))[:2] == ("OPENNESS_REASON_MISSING", "hebei-doc/14.4")
    submitted(d, a_draft(d, {"openness": "public"}))


@pytest.mark.clause("hebei-doc/14.4")
@pytest.mark.parametrize("openness", ["not_public", "on_request"])
@pytest.mark.parametrize("missing", ["openness_reason", "openness_basis"])
def test_it_still_has_them_when_it_is_issued(office: Any, openness: str, missing: str) -> None:
    d = issuing.district(office, "2018-07-20 10:00")
    document = to_be_issued(d, openness=openness, openness_reason="内部管理", openness_basis="《政府信息公开条例》第十六条")
    noted(d, document, "issue_check", by="clerk", fields=dict.fromkeys(CHECKS, True))
    d.clerk.MarkDocument(name=document.name, fields={missing: None})
    assert not_issued(d, document)[:2] == ("OPENNESS_REASON_MISSING", "hebei-doc/14.4")


@pytest.mark.clause("hebei-doc/15.1")
def test_a_policy_comes_with_its_interpretation(office: Any) -> None:
    d = district(office, "2018-07-24 09:00")
    whole: dict[str, Any] = {
        "policy_document": True,
        "interpretation_plan": "方案",
        "interpretation_material": "材料",
        "interpretation_approved": True,
    }
    for name, label in (
        ("interpretation_approved", "解读方案和材料经部门主要负责人审定"),
        ("interpretation_plan", "解读方案"),
        ("interpretation_material", "解读材料"),
    ):
        told = not_submitted(d, a_draft(d, {key: value for key, value in whole.items() if key != name}))
        assert told[:2] == ("INTERPRETATION_MISSING", "hebei-doc/15.1")
        assert f"缺{label}（" in told[2]
    assert refused(d, {"policy_document": True})[:2] == ("INTERPRETATION_MISSING", "hebei-doc/15.1")


@pytest.mark.clause("hebei-doc/15.3")
def test_an_interpretation_has_nine_sections(office: Any) -> None:
    d = district(office, "2018-07-26 09:00")
    whole: dict[str, Any] = {
        "policy_document": True,
        "interpretation_plan": "方案",
        "interpretation_material": "材料",
        "interpretation_approved": True,
    }
    document = submitted(d, a_draft(d, {**whole, "interpretation_sections": SECTIONS[:-1]}))
    found = the_one(document.findings)
    assert (found.reason, found.effect, found.citation.clause) == ("INTERPRETATION_SECTIONS_MISSING", "finding", "hebei-doc/15.3")
    assert found.text == "解读材料缺新旧政策差异"
    assert list(submitted(d, a_draft(d, {**whole, "interpretation_sections": SECTIONS})).findings) == []
