"""河北区政府：以区政府（办公室）名义发文的流程和签发."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.issuing import EXPLAINED, category, district, done, draft, edited, issue, listed, reviewed, signs, submitted
from tests.scenario.documents.scene import Scene, shown
from xiaoneng.documents.v1 import types_pb2

FUNDS = [
    ("draft", "drafter", ["hao"]),
    ("principal", "unit_head", ["shi"]),
    ("necessity-opinion", "office_clerk", ["clerk", "ning", "qi"]),
    ("necessity-approval", "deputy_mayor", ["zhang"]),
    ("register", "secretarial_section", ["clerk"]),
    ("affairs", "affairs_section", ["ning"]),
    ("deputy-director", "deputy_office_director", ["qi"]),
    ("edit", "secretarial_section", ["clerk"]),
    ("office-director", "office_director", ["director"]),
    ("sign", "deputy_mayor", ["zhang"]),
    ("sign-mayor", "district_mayor", ["mayor"]),
    ("issue", "registrar", ["clerk"]),
]


def walked(d: Scene, document: Any) -> list[tuple[str, str, list[str]]]:
    """The steps that were gone, in their order, with whoever could act."""
    gone = [s for s in d.route(document) if s.state not in (types_pb2.STEP_STATE_SKIPPED, types_pb2.STEP_STATE_UPCOMING)]
    return [(s.step, s.role, sorted(s.persons)) for s in gone]


@pytest.mark.clause("hebei-doc/4.1")
def test_a_draft_goes_through_the_sections_of_the_office_in_order(office: Any) -> None:
    d = district(office, "2018-05-21 09:00")
    document = submitted(d, said=category("funds"))
    early = d.clerk.refused("CompleteNamedStep", name=document.name, step="edit", verdict="VERDICT_APPROVE", opinion="审修")
    assert early.reason in ("PRINCIPAL_NOT_SIGNED", "STEP_OUT_OF_ORDER")
    for step, by in (("principal", "shi"), ("necessity-opinion", "clerk"), ("necessity-approval", "zhang"), ("register", "clerk")):
        done(d, document, step, by)
    d.at("2018-05-21 15:30")
    reviewed(d, document)
    done(d, document, "affairs", "ning")
    assert signs(d, document) == [("deputy-director", ["qi"])]
    done(d, document, "deputy-director", "qi")
    late = d.clerk.refused("CompleteNamedStep", name=document.name, step="office-director", verdict="VERDICT_APPROVE", opinion="同意")
    assert (late.reason, late.clause) == ("STEP_OUT_OF_ORDER", "hebei-doc/4.1")
    for step, by in (("edit", "clerk"), ("office-director", "director"), ("sign", "zhang"), ("sign-mayor", "mayor")):
        done(d, document, step, by)
    issue(d, document)
    assert walked(d, document) == FUNDS


@pytest.mark.clause("hebei-doc/4.1")
def test_internal_documents_take_the_same_way_to_the_director(office: Any) -> None:
    d = district(office, "2018-05-21 09:00")
    document = submitted(d, said=category("internal_affairs"))
    edited(d, document)
    done(d, document, "sign-director", "director")
    issue(d, document)
    assert walked(d, document) == [*FUNDS[:8], ("sign-director", "office_director", ["director"]), FUNDS[-1]]


@pytest.mark.clause("hebei-doc/4.1", "hebei-doc/4.2")
def test_a_motion_goes_by_head_and_office_to_the_mayor(office: Any) -> None:
    d = district(office, "2018-05-21 09:00")
    document = submitted(d, said={}, document_type="yian", title="关于体育设施建设的议案")
    for step, by in (("review", "shi"), ("check", "director"), ("sign", "mayor")):
        done(d, document, step, by)
    d.clerk.MarkDocument(name=document.name, fields={"document_level": "区政府议案", "secrecy_class": "none", "openness": "public"})
    issue(d, document)
    assert walked(d, document) == [
        ("draft", "drafter", ["hao"]), ("review", "unit_head", ["shi"]), ("check", "office_director", ["director"]),
        ("sign", "district_mayor", ["mayor"]), ("issue", "registrar", ["clerk"]),
    ]  # fmt: skip


@pytest.mark.clause("hebei-doc/4.3")
@pytest.mark.parametrize("kind", ["to_city_government", "important_publication"])
def test_what_goes_to_the_city_is_issued_by_the_mayor(office: Any, kind: str) -> None:
    d = district(office, "2018-05-22 09:00")
    document = submitted(d, said=category(kind))
    edited(d, document)
    done(d, document, "sign", "zhang")
    d.at("2018-05-22 11:00")
    refused = d.clerk.refused("IssueDocument", name=document.name, series="河北政报")
    assert (refused.reason, refused.clause) == ("WRONG_SIGNER", "hebei-doc/4.3")
    step = d.step(document, "sign-mayor")
    assert (list(step.persons), step.role) == (["mayor"], "district_mayor")
    done(d, document, "sign-mayor", "mayor")
    assert issue(d, document).document_number == "河北政办发〔2018〕1号"


@pytest.mark.clause("hebei-doc/4.3")
def test_an_ordinary_document_needs_no_mayor(office: Any) -> None:
    d = district(office, "2018-05-22 09:00")
    document = submitted(d)
    edited(d, document)
    done(d, document, "sign", "zhang")
    assert signs(d, document) == [("issue", ["clerk"])]


@pytest.mark.clause("hebei-doc/4.4")
def test_major_matters_go_up_level_by_level(office: Any) -> None:
    d = district(office, "2018-05-16 09:00")
    document = submitted(d, said=category("people_money_assets"))
    edited(d, document)
    step = d.step(document, "office-director")
    assert (list(step.persons), step.role, step.citation.clause) == (["director"], "office_director", "hebei-doc/4.4")
    done(d, document, "office-director", "director")
    done(d, document, "sign", "zhang")
    d.at("2018-05-18 11:00")
    mayor = d.step(document, "sign-mayor").name
    assert d.executive.refused("CompleteStep", name=mayor, verdict="VERDICT_APPROVE", opinion="同意").reason == "NOT_FOUND"
    d.at("2018-05-23 11:00")
    other = d.liu.refused("CompleteStep", name=mayor, verdict="VERDICT_APPROVE", opinion="同意")
    assert (other.reason, other.clause) == ("WRONG_SIGNER", "hebei-doc/4.4")
    signed = done(d, document, "sign-mayor", "executive")
    assert (signed.done_by, signed.done_for) == ("executive", "mayor")


@pytest.mark.clause("hebei-doc/4.4")
def test_other_documents_do_not_wait_for_the_director(office: Any) -> None:
    d = district(office, "2018-05-16 09:00")
    document = submitted(d)
    edited(d, document)
    assert signs(d, document) == [("sign", ["zhang"])]


@pytest.mark.clause("hebei-doc/4.5")
def test_one_portfolio_is_signed_by_its_deputy_mayor_who_may_pass_it_on(office: Any) -> None:
    d = district(office, "2018-05-24 09:00")
    plain, passed = (submitted(d) for _ in range(2))
    for document in (plain, passed):
        edited(d, document)
    d.at("2018-05-24 10:00")
    step = d.step(plain, "sign")
    assert d.liu.refused("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意").reason == "NOT_FOUND"
    done(d, plain, "sign", "zhang")
    assert issue(d, plain).state == types_pb2.DOCUMENT_STATE_CLOSED
    done(d, passed, "sign", "zhang", verdict="VERDICT_PASS_ON", opinion="请区长签发")
    assert d.clerk.refused("IssueDocument", name=passed.name, series="河北政办发").reason == "WRONG_SIGNER"
    assert signs(d, passed) == [("sign-mayor", ["mayor"])]


@pytest.mark.clause("hebei-doc/4.5")
def test_without_a_leader_in_charge_nobody_could_sign(office: Any) -> None:
    d = district(office, "2018-05-24 09:00")
    refused = d.ji.refused("SubmitDraft", name=draft(d, "ji").name)
    assert (refused.reason, refused.clause) == ("NO_PORTFOLIO_LEADER", "hebei-doc/4.5")


@pytest.mark.clause("hebei-doc/4.5", "hebei-doc/4.6")
def test_a_request_is_passed_on_to_the_mayor(office: Any) -> None:
    d = district(office, "2018-05-24 09:00")
    about = {
        "title": "关于追加预算的请示",
        "sender": "区财政局",
        "document_type": "qingshi",
        "document_class": "approval",
        "matters": ["预算"],
    }
    request = d.clerk.RegisterDocument(**about)
    proposal = types_pb2.Proposal(handling_text="拟请审批", responsible_units=["sports", "education"], lead_unit="sports")
    d.clerk.SubmitProposal(name=d.step(request, "propose").name, proposal=proposal)
    assert signs(d, request) == [("approve", ["zhang"])]
    assert d.step(request, "approve").role == "deputy_mayor"
    done(d, request, "approve", "zhang")
    assert signs(d, request) == [("approve", ["liu"])]
    done(d, request, "approve", "liu", verdict="VERDICT_PASS_ON", opinion="请区长审批")
    assert signs(d, request) == [("approve-major", ["mayor"])]


@pytest.mark.clause("hebei-doc/7.2")
def test_a_draft_says_in_whose_name_it_is_to_be_issued(office: Any) -> None:
    d = district(office, "2018-06-14 10:00")
    unnamed = d.hao.refused("SubmitDraft", name=draft(d, said={}).name)
    assert (unnamed.reason, unnamed.clause, list(unnamed.fields)) == ("SUBMISSION_FIELDS_MISSING", "hebei-doc/7.2", ["fields.issuer"])
    for_the_list = draft(d, "jia", said={}, issue_entry=listed(d).name)
    d.jia.AddRecord(name=for_the_list.name, kind="benchmarking", text="已逐条对照")
    assert d.jia.refused("SubmitDraft", name=for_the_list.name).reason == "SUBMISSION_FIELDS_MISSING"


LABELS = {
    "reason_basis": "发文理由和依据",
    "drafting_process": "起草过程（征求意见及采纳协商情况）",
    "benchmarking_note": "对标对表情况说明",
    "openness": "公开属性建议",
}
ATTACHED = {
    "internal_legality_review": "部门内部合法性审查意见",
    "fair_competition_review": "公平竞争审查报告",
    "consultation_letters": "征求部门意见反馈函",
    "policy_assessment": "政策出台相关评估材料",
    "interpretation_material": "解读材料",
    "interpretation_plan": "解读方案",
}


@pytest.mark.clause("hebei-doc/7.2", "hebei-doc/7.3")
@pytest.mark.parametrize("issuer", ["district_government", "district_government_office"])
def test_a_department_states_and_attaches_what_a_request_for_issue_needs(office: Any, issuer: str) -> None:
    d = district(office, "2018-06-14 10:00")
    asked = {**EXPLAINED, "issuer": issuer}
    reasons = (("SUBMISSION_FIELDS_MISSING", "hebei-doc/7.2", LABELS), ("ATTACHMENTS_MISSING", "hebei-doc/7.3", ATTACHED))
    for reason, clause, labels in reasons:
        for name, label in labels.items():
            lacking = draft(d, said={field: value for field, value in asked.items() if field != name})
            refused = d.hao.refused("SubmitDraft", name=lacking.name)
            assert (refused.reason, refused.clause) == (reason, clause)
            assert f"：{label}（" in refused.text
    assert signs(d, submitted(d, said=asked)) == [("principal", ["shi"])]


@pytest.mark.clause("hebei-doc/7.2", "hebei-doc/7.3")
def test_what_is_no_request_of_a_department_needs_none_of_it(office: Any) -> None:
    d = district(office, "2018-06-14 10:00")
    asked = {name: value for name, value in EXPLAINED.items() if name not in {**LABELS, **ATTACHED}}
    assert signs(d, submitted(d, "ning", {**asked, "issue_category": "internal_affairs"})) == [
        ("necessity-opinion", ["clerk", "ning", "qi"])
    ]
    assert signs(d, submitted(d, said={"issuer": "department"})) == [("sign", ["shi"])]
    assert signs(d, submitted(d, said={}, document_type="yian", title="关于体育设施建设的议案")) == [("review", ["shi"])]


@pytest.mark.clause("hebei-doc/4.6")
def test_two_portfolios_sign_one_after_the_other(office: Any) -> None:
    d = district(office, "2018-05-24 09:00")
    document = submitted(d)
    edited(d, document, units=("education", "sports"))
    step = d.step(document, "sign")
    assert (list(step.persons), step.role, step.citation.clause) == (["liu"], "deputy_mayor", "hebei-doc/4.6")
    d.at("2018-05-25 09:00")
    done(d, document, "sign", "liu")
    second = d.step(document, "sign")
    assert (list(second.persons), shown(second.arrive_time)) == (["zhang"], "2018-05-25 09:00")
    assert [(shown(limit.due_time), limit.citation.clause) for limit in second.deadlines] == [("2018-05-29 18:00", "hebei-doc/13.4")]
    refused = d.clerk.refused("IssueDocument", name=document.name, series="河北政办发")
    assert refused.reason == "STEP_OUT_OF_ORDER"
    done(d, document, "sign", "zhang")
    assert signs(d, document) == [("issue", ["clerk"])]


@pytest.mark.clause("hebei-doc/4.7", "hebei-doc/4.6")
def test_internal_affairs_are_signed_by_the_office_director(office: Any) -> None:
    d = district(office, "2018-05-25 09:00")
    document = submitted(d, said=category("internal_affairs"))
    edited(d, document)
    step = d.step(document, "sign-director")
    assert (list(step.persons), step.role) == (["director"], "office_director")
    refused = d.clerk.refused("IssueDocument", name=document.name, series="河北政办发")
    assert (refused.reason, refused.clause) == ("WRONG_SIGNER", "hebei-doc/4.7")
    done(d, document, "sign-director", "director")
    issue(d, document)
    other = submitted(d)
    edited(d, other)
    done(d, other, "sign", "zhang")
    assert signs(d, other) == [("issue", ["clerk"])]


@pytest.mark.clause("hebei-doc/4.7", "hebei-doc/3.4")
def test_the_office_drafts_for_itself(office: Any) -> None:
    d = district(office, "2018-05-25 09:00")
    document = submitted(d, "ning", category("internal_affairs"))
    done(d, document, "necessity-opinion", "clerk")
    done(d, document, "necessity-approval", "mayor")
    done(d, document, "register", "clerk")
    reviewed(d, document)
    for step, by in (("affairs", "ning"), ("deputy-director", "qi"), ("edit", "clerk"), ("sign-director", "director")):
        done(d, document, step, by)
    assert issue(d, document).state == types_pb2.DOCUMENT_STATE_CLOSED
