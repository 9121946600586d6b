"""河北区政府：部门、单位报文的要求、渠道和纪律."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.submitting import ISSUE, OPENED, RETURNED, district, grounds, handed_in, refused, waits
from xiaoneng.documents.v1 import types_pb2


@pytest.mark.clause("hebei-doc/7.1")
def test_a_document_is_signed_by_the_principal_head(office: Any) -> None:
    d = district(office, "2018-06-14 09:00")
    document = handed_in(d, {"signed_by": "deputy"})
    assert (waits(document), grounds(document)) == (True, [("UNIT_PRINCIPAL_NOT_SIGNED", "hebei-doc/7.1")])
    assert document.findings[0].text == "上报区政府的公文须由主要负责人签发，此件签发人为副职负责人"
    assert grounds(handed_in(d, {"signed_by": "acting"})) == [("UNIT_PRINCIPAL_NOT_SIGNED", "hebei-doc/7.1")]
    assert handed_in(d, {"signed_by": "acting", "acting_record": "区委〔2018〕3号"}).state == OPENED
    assert handed_in(d).state == OPENED


@pytest.mark.clause("hebei-doc/7.2")
def test_a_request_for_issue_says_what_it_wants(office: Any) -> None:
    d = district(office, "2018-06-14 10:00")
    assert handed_in(d, ISSUE, source="issue_request").state == OPENED
    labels = {
        "reason_basis": "发文理由和依据",
        "proposed_form": "发文形式建议",
        "drafting_process": "起草过程（征求意见及采纳协商情况）",
        "benchmarking_note": "对标对表情况说明",
        "proposed_openness": "公开属性建议",
    }
    for name, label in labels.items():
        document = handed_in(d, {**ISSUE, name: None}, source="issue_request")
        assert (waits(document), grounds(document)) == (True, [("SUBMISSION_FIELDS_MISSING", "hebei-doc/7.2")])
        assert document.findings[0].text == f"提请发文须载明：{label}"


@pytest.mark.clause("hebei-doc/7.3")
def test_a_request_for_issue_comes_with_its_material(office: Any) -> None:
    d = district(office, "2018-06-14 11:00")
    document = handed_in(d, {**ISSUE, "fair_competition_review": None}, source="issue_request")
    assert (waits(document), grounds(document)) == (True, [("ATTACHMENTS_MISSING", "hebei-doc/7.3")])
    assert document.findings[0].text == "提请发文须附（不适用的注明理由）：公平竞争审查报告"
    assert handed_in(d, {**ISSUE, "fair_competition_review": "不适用：不涉及市场主体"}, source="issue_request").state == OPENED


@pytest.mark.clause("hebei-doc/7.5")
def test_paper_and_electronic_version_come_together_and_agree(office: Any) -> None:
    d = district(office, "2018-06-15 09:00")
    for said in ({"versions_agree": False}, {"paper_confirmed": None}):
        document = handed_in(d, said)
        assert (waits(document), grounds(document)) == (True, [("VERSIONS_DIFFER", "hebei-doc/7.5")])


@pytest.mark.clause("hebei-doc/7.7")
def test_leaders_have_ten_working_days(office: Any) -> None:
    d = district(office, "2018-06-14 18:00")
    assert handed_in(d, {"needed_by": "2018-06-29"}).state == OPENED  # Dragon boat festival: Monday 18 June is free
    d.at("2018-06-14 18:01")
    late = handed_in(d, {"needed_by": "2018-06-29"})
    assert (waits(late), grounds(late)) == (True, [("LEAD_TIME_TOO_SHORT", "hebei-doc/7.7")])
    contact: dict[str, Any] = {"contact_person": "齐副主任", "contact_time": "2018-06-14T17:00:00+08:00", "contact_reason": "上级当日通知"}
    assert handed_in(d, {"needed_by": "2018-06-29", **contact}).state == OPENED


@pytest.mark.clause("hebei-doc/7.8")
def test_an_urgent_matter_leaves_five_working_days(office: Any) -> None:
    d = district(office, "2018-09-30 18:00")
    urgent: dict[str, Any] = {"needed_by": "2018-10-12", "urgent_reason": "上级临时部署"}
    assert refused(d, {**urgent, "urgent_reason": None}, urgency="URGENCY_URGENT")[:2] == ("LEAD_TIME_TOO_SHORT", "hebei-doc/7.8")
    assert handed_in(d, urgent, urgency="URGENCY_URGENT").state == OPENED
    d.at("2018-10-08 10:00")
    assert refused(d, urgent, urgency="URGENCY_URGENT")[:2] == ("LEAD_TIME_TOO_SHORT", "hebei-doc/7.8")


@pytest.mark.clause("hebei-doc/7.9")
def test_who_is_late_has_talked_to_the_office_before(office: Any) -> None:
    d = district(office, "2018-10-10 15:00")
    needed: dict[str, Any] = {"needed_by": "2018-10-11"}
    contact: dict[str, Any] = {"contact_person": "齐副主任", "contact_time": "2018-10-10T14:40:00+08:00", "contact_reason": "突发停水"}
    assert refused(d, needed, urgency="URGENCY_SPECIALLY_URGENT") == (
        "NO_PRIOR_CONTACT",
        "hebei-doc/7.9",
        "特别紧急的应事先与区政府办公室沟通说明，缺事先沟通的人员、事先沟通的时间、特别紧急的事由（《关于进一步加强政府系统公文规范管理的意见》《公文规范管理意见》（七））",
    )
    afterwards: dict[str, Any] = {**contact, "contact_time": "2018-10-10T15:00:00+08:00"}
    assert refused(d, {**needed, **afterwards}, urgency="URGENCY_SPECIALLY_URGENT")[0] == "NO_PRIOR_CONTACT"
    assert handed_in(d, {**needed, **contact}, urgency="URGENCY_SPECIALLY_URGENT").state == OPENED


@pytest.mark.clause("hebei-doc/8.1")
def test_what_is_the_partys_goes_to_the_party(office: Any) -> None:
    d = district(office, "2018-06-22 09:00")
    document = handed_in(d, {"duty": "party"}, title="关于党建工作的报告", document_type="baogao", source="subordinate_report")
    assert (waits(document), grounds(document)) == (True, [("CROSS_SUBMISSION", "hebei-doc/8.1")])
    assert "报送区委" in document.findings[0].text


@pytest.mark.clause("hebei-doc/8.2")
def test_no_level_is_skipped_without_a_copy(office: Any) -> None:
    d = district(office, "2018-06-22 10:00")
    skipping: dict[str, Any] = {"skips_level": True, "skipped_unit": "culture"}
    told = refused(d, {**skipping, "skip_reason": "上级要求直接报送"})
    assert told[:2] == ("LEVEL_SKIPPED", "hebei-doc/8.2")
    assert "被越过的部门区文化局" in told[2]
    assert refused(d, {**skipping, "copied_to": ["culture"]})[0] == "LEVEL_SKIPPED"
    assert handed_in(d, {**skipping, "copied_to": ["culture"], "skip_reason": "上级要求直接报送"}).state == OPENED
    draft = d.tao.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="报市商务委", fields={**skipping, "issuer": "department"})
    assert d.tao.refused("SubmitDraft", name=draft.name).reason == "LEVEL_SKIPPED"


@pytest.mark.clause("hebei-doc/8.3")
def test_a_managed_body_submits_through_its_department(office: Any) -> None:
    d = district(office, "2018-06-25 09:00")
    for level in ("managed_body", "subordinate_unit"):
        said = {"sender_unit": "library", "sender_level": level, "competent_department": "culture"}
        document = handed_in(d, said, sender="区图书馆")
        assert (waits(document), grounds(document)) == (True, [("NOT_THROUGH_COMPETENT_DEPARTMENT", "hebei-doc/8.3")])
        assert document.findings[0].text == "应由主管部门区文化局向区政府报文"


@pytest.mark.clause("hebei-doc/8.4")
def test_in_an_emergency_a_managed_body_submits_with_a_copy(office: Any) -> None:
    d = district(office, "2018-06-23 22:00")
    said: dict[str, Any] = {"sender_unit": "library", "sender_level": "managed_body", "competent_department": "culture", "emergency": True}
    about: dict[str, Any] = {"sender": "区图书馆", "title": "关于火灾情况的报告", "document_type": "baogao", "source": "subordinate_report"}
    assert refused(d, said, **about)[:2] == ("COPY_TO_COMPETENT_DEPARTMENT_MISSING", "hebei-doc/8.4")
    document = handed_in(d, {**said, "copied_to": ["culture"]}, **about)
    assert (document.state, grounds(document)) == (OPENED, [])


@pytest.mark.clause("hebei-doc/8.5")
def test_a_coordinating_body_submits_through_its_host(office: Any) -> None:
    d = district(office, "2018-06-26 09:00")
    document = handed_in(d, {"sender_unit": "market", "sender_level": "coordinating_body", "host_department": "market"}, sender="区食安委")
    assert (waits(document), grounds(document)) == (True, [("NOT_THROUGH_HOST_DEPARTMENT", "hebei-doc/8.5")])
    assert document.findings[0].text == "应由该机构办公室所在部门区市场监管局报文"


@pytest.mark.clause("hebei-doc/9.1")
def test_nothing_goes_to_a_leader_personally(office: Any) -> None:
    d = district(office, "2018-06-27 09:00")
    document = handed_in(d, {"addressed_to": "zhang"})
    assert (waits(document), grounds(document)) == (True, [("PERSONAL_SUBMISSION", "hebei-doc/9.1")])
    said: dict[str, Any] = {"addressed_to": "zhang", "personal_exception": "directly_assigned"}
    assert grounds(handed_in(d, said)) == [("PERSONAL_SUBMISSION", "hebei-doc/9.1")]
    assert handed_in(d, {**said, "personal_reason": "6月25日现场交办"}).state == OPENED


@pytest.mark.clause("hebei-doc/9.3")
def test_one_text_is_not_sent_to_several_leaders(office: Any) -> None:
    d = district(office, "2018-07-02 09:00")
    briefing: dict[str, Any] = {
        "document_type": "baogao",
        "source": "subordinate_report",
        "title": "商务简报",
        "body": "本周市场运行平稳。",
    }
    first = handed_in(d, **briefing)
    d.at("2018-07-02 09:10")
    told = refused(d, **{**briefing, "body": "本周市场 运行平稳。", "title": "商务简报（报刘副区长）"})
    assert told[:2] == ("MULTIPLE_SUBMISSION", "hebei-doc/9.3")
    assert handed_in(d, **{**briefing, "body": "下周另报。"}).state == first.state
    assert handed_in(d, {"sender_unit": "finance"}, **{**briefing, "sender": "区财政局"}).state == OPENED


@pytest.mark.clause("hebei-doc/9.5")
def test_a_report_hides_no_request(office: Any) -> None:
    d = district(office, "2018-07-03 10:00")
    report: dict[str, Any] = {
        "document_type": "baogao",
        "source": "subordinate_report",
        "title": "关于市场运行的报告",
        "body": "……妥否，请批示。",
    }
    hint = handed_in(d, **report)
    assert [(f.reason, f.effect, f.citation.clause) for f in hint.findings] == [("REQUEST_HINT", "finding", "hebei-doc/9.5")]
    assert hint.state == OPENED
    document = handed_in(d, **{**report, "body": "……妥否，请批示。附表一。", "contains_request": True})
    assert (waits(document), grounds(document)) == (True, [("REQUEST_HIDDEN", "hebei-doc/9.5")])


@pytest.mark.clause("hebei-doc/16.2")
def test_the_units_own_office_has_checked_it(office: Any) -> None:
    d = district(office, "2018-07-27 09:00")
    assert refused(d, {"office_reviewed": None})[:2] == ("UNIT_OFFICE_REVIEW_MISSING", "hebei-doc/16.2")
    assert refused(d, {"office_reviewed": False})[:2] == ("UNIT_OFFICE_REVIEW_MISSING", "hebei-doc/16.2")


@pytest.mark.clause("hebei-doc/9.6", "hebei-doc/9.4", "hebei-doc/7.4")
def test_a_return_needs_the_leaders_consent_and_is_corrected_once_for_all_grounds(office: Any) -> None:
    d = district(office, "2018-07-04 09:00")
    document = handed_in(d, {"signed_by": "deputy"}, matters=["建设市场", "增加编制"])
    both = [("UNIT_PRINCIPAL_NOT_SIGNED", "hebei-doc/7.1"), ("SEVERAL_MATTERS", "hebei-doc/9.4")]
    assert (waits(document), sorted(grounds(document))) == (True, sorted(both))
    d.at("2018-07-04 10:00")
    pending = d.clerk.ReturnDocument(name=document.name, reason="请改正后重报")
    assert pending.state == types_pb2.DOCUMENT_STATE_RETURN_PENDING
    step = d.step(document, "consent")
    assert list(step.persons) == ["zhang"]
    d.at("2018-07-04 15:00")
    d.zhang.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", opinion="同意退文")
    returned = d.clerk.GetDocument(name=document.name)
    assert (returned.state, sorted(grounds(returned))) == (RETURNED, sorted(both))
    assert returned.end_reason.count("《公文规范管理意见》") == 2
    (told,) = [notice for notice in d.events("documents.notice.given.v1") if notice["citation"]["clause"] == "hebei-doc/7.4"]
    assert told["persons"] == ["fang"]
    d.at("2018-07-06 09:00")
    again = handed_in(d, resubmits=document.name)
    assert (again.state, again.resubmits, grounds(again)) == (OPENED, document.name, [])
    assert (again.register_time.seconds - again.first_register_time.seconds) == 48 * 3600
    (reply,) = [limit for limit in d.director.GetRoute(name=again.name).deadlines if limit.citation.clause == "hebei-doc/4.8"]
    assert reply.start_time.seconds == again.register_time.seconds
    assert d.director.GetRoute(name=document.name).deadlines == []


@pytest.mark.clause("hebei-doc/9.6")
def test_without_consent_the_document_goes_up(office: Any) -> None:
    d = district(office, "2018-07-04 09:00")
    document = handed_in(d, {"signed_by": "deputy"})
    d.clerk.ReturnDocument(name=document.name, reason="请改正后重报")
    d.zhang.CompleteStep(name=d.step(document, "consent").name, verdict="VERDICT_DISAPPROVE", opinion="事急，先办")
    assert [step.step for step in d.opened(document)] == ["propose"]
