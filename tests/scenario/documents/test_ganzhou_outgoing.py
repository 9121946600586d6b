"""赣州市水利局：发文、呈批."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.scene import Scene, scene, shown, the_one
from xiaoneng.documents.v1 import types_pb2


def drafted(bureau: Scene, kind: str, **fields: Any) -> Any:
    """A draft of the construction section."""
    about = {"title": "关于在建工程度汛的通知", "body": "各县（市、区）水利局：", "document_type": "tongzhi"}
    return bureau.wu.CreateDraft(kind=kind, **about, **fields)


def passed(bureau: Scene, document: Any, step: str, by: str, **fields: Any) -> None:
    getattr(bureau, by).CompleteStep(name=bureau.step(document, step).name, verdict="VERDICT_APPROVE", opinion="同意", **fields)


@pytest.mark.clause("ganzhou/1.13")
def test_an_outgoing_document_goes_through_section_office_and_leader(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-05-06 09:00"))
    document = drafted(bureau, "DOCUMENT_KIND_OUTGOING")
    bureau.wu.SubmitDraft(name=document.name)
    bureau.at("2019-05-06 10:00")
    refused = bureau.sun.refused("CompleteNamedStep", name=document.name, step="check", verdict="VERDICT_APPROVE")
    assert (refused.reason, refused.clause) == ("STEP_OUT_OF_ORDER", "ganzhou/1.13")
    passed(bureau, document, "review", "luo")
    bureau.at("2019-05-06 11:00")
    passed(bureau, document, "check", "sun")
    only = the_one(bureau.opened(document))
    assert (only.step, list(only.persons), shown(only.arrive_time)) == ("sign", ["li"], "2019-05-06 11:00")
    passed(bureau, document, "sign", "li")
    bureau.zhou.IssueDocument(name=document.name, series="赣市水利字")
    done = [(step.step, step.done_by) for step in bureau.route(document) if step.state == types_pb2.STEP_STATE_DONE]
    assert done == [("draft", "wu"), ("review", "luo"), ("check", "sun"), ("sign", "li"), ("issue", "zhou")]


@pytest.mark.clause("ganzhou/1.14")
def test_an_important_document_is_not_issued_before_the_principal_leader_approves(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-05-06 09:00"))
    document = drafted(bureau, "DOCUMENT_KIND_OUTGOING")
    bureau.wu.SubmitDraft(name=document.name)
    passed(bureau, document, "review", "luo")
    passed(bureau, document, "check", "sun", important=True)
    bureau.at("2019-05-06 15:00")
    passed(bureau, document, "sign", "li")
    final = bureau.step(document, "final")
    assert (list(final.persons), shown(final.arrive_time)) == (["huang"], "2019-05-06 15:00")
    refused = bureau.zhou.refused("IssueDocument", name=document.name, series="赣市水利字")
    assert (refused.reason, refused.clause) == ("FINAL_APPROVAL_MISSING", "ganzhou/1.14")
    passed(bureau, document, "final", "huang")
    issued = bureau.zhou.IssueDocument(name=document.name, series="赣市水利字")
    assert (issued.document_number, issued.state) == ("赣市水利字〔2019〕1号", types_pb2.DOCUMENT_STATE_CLOSED)


@pytest.mark.clause("ganzhou/1.14")
def test_an_ordinary_document_needs_one_signature(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-05-06 09:00"))
    document = drafted(bureau, "DOCUMENT_KIND_OUTGOING")
    bureau.wu.SubmitDraft(name=document.name)
    for step, by in (("review", "luo"), ("check", "sun"), ("sign", "li")):
        passed(bureau, document, step, by)
    assert [s.step for s in bureau.opened(document)] == ["issue"]


@pytest.mark.clause("ganzhou/1.15")
def test_a_submission_comes_back_to_who_started_it(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-05-07 09:00"))
    document = drafted(bureau, "DOCUMENT_KIND_SUBMISSION")
    bureau.wu.SubmitDraft(name=document.name)
    bureau.at("2019-05-07 09:30")
    passed(bureau, document, "review", "luo")
    bureau.at("2019-05-07 10:30")
    passed(bureau, document, "sign", "li")
    only = the_one(bureau.opened(document, "wu"))
    assert (only.step, list(only.persons), shown(only.arrive_time)) == ("execute", ["wu"], "2019-05-07 10:30")
    acted = {person for step in bureau.route(document, "wu") for person in step.persons}
    assert acted.isdisjoint({"sun", "chen", "zhou"})
    bureau.wu.CompleteStep(name=only.name, verdict="VERDICT_APPROVE", opinion="已报出")
    assert bureau.wu.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    done = [(step.step, step.done_by) for step in bureau.route(document, "wu") if step.state == types_pb2.STEP_STATE_DONE]
    assert done == [("draft", "wu"), ("review", "luo"), ("sign", "li"), ("execute", "wu")]


@pytest.mark.clause("ganzhou/1.14")
def test_an_important_submission_needs_the_approval_of_the_principal_leader(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-05-07 09:00"))
    document = drafted(bureau, "DOCUMENT_KIND_SUBMISSION", important=True)
    ordinary = drafted(bureau, "DOCUMENT_KIND_SUBMISSION")
    for each in (document, ordinary):
        bureau.wu.SubmitDraft(name=each.name)
        passed(bureau, each, "review", "luo")
        passed(bureau, each, "sign", "li")
    refused = bureau.wu.refused("CompleteNamedStep", name=document.name, step="execute")
    assert (refused.reason, refused.clause) == ("FINAL_APPROVAL_MISSING", "ganzhou/1.14")
    assert [(s.step, list(s.persons)) for s in bureau.opened(document)] == [("final", ["huang"])]
    assert [s.step for s in bureau.opened(ordinary)] == ["execute"]


@pytest.mark.clause("ganzhou/1.15")
def test_an_important_submission_goes_on_to_the_principal_leader(office: Any) -> None:
    bureau = scene(office("bureau", at="2019-05-07 09:00"))
    document = drafted(bureau, "DOCUMENT_KIND_SUBMISSION", important=True)
    bureau.wu.SubmitDraft(name=document.name)
    passed(bureau, document, "review", "luo")
    refused = bureau.wu.refused("CompleteNamedStep", name=document.name, step="execute")
    assert (refused.reason, refused.clause) == ("STEP_OUT_OF_ORDER", "ganzhou/1.15")
    passed(bureau, document, "sign", "li")
    assert [(s.step, list(s.persons)) for s in bureau.opened(document)] == [("final", ["huang"])]
    passed(bureau, document, "final", "huang")
    assert [(s.step, list(s.persons)) for s in bureau.opened(document)] == [("execute", ["wu"])]
