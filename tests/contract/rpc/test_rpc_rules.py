"""What a regulation refuses says which rule, which clause and which article, for programs and for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from google.rpc import error_details_pb2, status_pb2

from services.kit.testing.builders.desk import instant
from services.kit.testing.builders.documents import Paper
from tests.contract.rpc.office import OfficeDesk, Refusal, filled

TITLE = "《市水利局深化作风建设提升工作质效管理办法》"


def refused(desk: OfficeDesk, part: str, call: str, /, **fields: Any) -> Refusal:
    """A call that a rule refuses."""
    method = desk.line.method(call)
    return desk.line.refused(method, filled(method, fields), desk.said(part))


def two_sections_without_a_lead(desk: OfficeDesk) -> Refusal:
    units = [desk.unit("section"), desk.unit("other_section")]
    proposal = {"handling_text": "请落实", "responsible_units": units}
    return refused(desk, "clerk", "SubmitProposal", name=Paper(desk).classified().step("propose"), proposal=proposal)


def a_proposal_that_says_nothing(desk: OfficeDesk) -> Refusal:
    return refused(desk, "clerk", "SubmitProposal", name=Paper(desk).classified().step("propose"), proposal={"remark": "无"})


def a_signature_before_the_review(desk: OfficeDesk) -> Refusal:
    name = Paper(desk).classified().proposed().name
    return refused(desk, "registry_head", "CompleteNamedStep", name=name, step="sign", verdict="VERDICT_APPROVE")


def an_account_by_who_may_not_open_one(desk: OfficeDesk) -> Refusal:
    fields = [{"name": "account", "value": "lanmu"}]
    entry = {"register": "registers/column_accounts", "holder": f"units/{desk.unit('section')}", "fields": fields}
    return refused(desk, "section_head", "CreateRegistration", registration=entry)


def material_without_its_due_moment(desk: OfficeDesk) -> Refusal:
    step = Paper(desk).classified().proposed(completion_deadline=instant(desk.now + timedelta(days=9))).signed().decided().step("handle")
    return refused(desk, "section_head", "RequestMaterial", name=step, units=[desk.unit("other_section")], text="请提供数据")


@pytest.mark.parametrize(
    ("act", "reason", "rule", "clause", "field"),
    [
        (two_sections_without_a_lead, "MISSING_LEAD_UNIT", "lead-unit", "ganzhou/2.1", "lead_unit"),
        (a_proposal_that_says_nothing, "PROPOSAL_INCOMPLETE", "proposal-complete", "ganzhou/1.2", "handling_text"),
        (a_signature_before_the_review, "PROPOSAL_NOT_REVIEWED", "action-route", "ganzhou/1.3", ""),
        (an_account_by_who_may_not_open_one, "NOT_ACCOUNT_CREATOR", "column-accounts", "ganzhou/15.1", "registration"),
        (material_without_its_due_moment, "MATERIAL_DUE_MISSING", "material-due-set", "ganzhou/2.5", "material_due"),
    ],
)
def test_a_refusal_by_rule_cites_its_article(home: OfficeDesk, act: Any, reason: str, rule: str, clause: str, field: str) -> None:
    answer = act(home)
    assert (answer.code, answer.reason) == ("FAILED_PRECONDITION", reason)
    said = answer.answer
    assert (said.metadata["rule"], said.clause) == (rule, clause)
    assert f"（{TITLE}{said.article}）" in said.text
    assert (reason, clause) in said.findings
    assert field == "" or field in said.fields


def test_every_demand_that_is_not_met_is_told_at_once(home: OfficeDesk) -> None:
    """The first gives the reason; each is a violation of its own, with its words and its article."""
    units = [home.unit("section"), home.unit("other_section")]
    answer = refused(home, "clerk", "SubmitProposal", name=Paper(home).classified().step("propose"), proposal={"responsible_units": units})
    assert {reason for reason, _ in answer.answer.findings} == {"PROPOSAL_INCOMPLETE", "MISSING_LEAD_UNIT"}
    failures = error_details_pb2.PreconditionFailure()
    for detail in status_pb2.Status.FromString(answer.body).details:
        detail.Unpack(failures)
    assert all(TITLE in violation.description for violation in failures.violations)
