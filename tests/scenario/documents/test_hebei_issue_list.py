"""河北区政府：发文清单、发文必要性、贯彻落实文件."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.issuing import (
    ASKED,
    EXPLAINED,
    NUMBER,
    at_the_office,
    district,
    done,
    draft,
    edited,
    forwarded,
    issue,
    listed,
    reviewed,
    signs,
    submitted,
    superior_document,
)
from tests.scenario.documents.scene import Scene, shown, the_one
from xiaoneng.documents.v1 import issue_list_service_pb2, types_pb2

OPEN = issue_list_service_pb2.ISSUE_STATE_OPEN
DELIVERED = issue_list_service_pb2.ISSUE_STATE_DELIVERED
CLOSED = issue_list_service_pb2.ISSUE_STATE_CLOSED
CITY_TEXT = "各区要建立住房保障台账，完善配租配售办法，强化资金监管，健全退出机制，并于年底前完成存量房源核查登记工作。"
OWN_TEXT = "我区由住房建设局会同财政局制定细则，街道每季度入户核查一次，结果向社会公布。"


def proposed(d: Scene, document: Any) -> None:
    proposal = types_pb2.Proposal(handling_text="请住房建设局牵头起草", responsible_units=["housing"], lead_unit="housing")
    d.clerk.SubmitProposal(name=d.step(document, "propose").name, proposal=proposal)


def implementing(d: Scene, entry: Any, **about: Any) -> Any:
    """The lead department's draft for an entry, with its statement of benchmarking."""
    marks = {name: EXPLAINED[name] for name in ("document_level", "secrecy_class")}
    said = ASKED | marks | about.pop("said", {"issuer": "district_government_office", "superior_level": "general_office"})
    made = draft(d, "jia", said, **{"issue_entry": entry.name, "title": "关于住房保障的实施意见", "document_type": "yijian", **about})
    d.jia.AddRecord(name=made.name, kind="benchmarking", text="已逐条对照市政府文件")
    return made


def limits_of(entry: Any) -> list[tuple[str, str]]:
    return [(shown(limit.due_time), limit.citation.clause) for limit in entry.deadlines if not limit.HasField("end_time")]


@pytest.mark.clause("hebei-doc/1.1")
def test_what_has_to_be_implemented_is_on_the_list_before_it_is_forwarded(office: Any) -> None:
    d = district(office, "2018-06-04 09:00")
    document = superior_document(d)
    step = d.step(document, "propose")
    proposal = {"handling_text": "请住房建设局牵头起草", "responsible_units": ["housing"], "lead_unit": "housing"}
    refused = d.clerk.refused("SubmitProposal", name=step.name, proposal=proposal)
    assert (refused.reason, refused.clause) == ("NOT_ON_ISSUE_LIST", "hebei-doc/1.1")
    nobody = d.clerk.refused("AddIssueEntry", title="实施意见", superior_document=document.name)
    assert (nobody.reason, nobody.clause) == ("ENTRY_INCOMPLETE", "hebei-doc/1.1")
    entry = listed(d, document)
    assert (entry.lead_unit, shown(entry.draft_due_time), entry.state) == ("housing", "2018-06-26 18:00", OPEN)
    assert (entry.citation.clause, entry.superior_number) == ("hebei-doc/1.1", "津政发〔2018〕20号")
    assert d.clerk.GetDocument(name=document.name).on_issue_list
    forwarded(d, document)
    assert signs(d, document) == [("forward", ["fang"])]
    assert d.jia.refused("AddIssueEntry", title="实施意见", lead_unit="housing").reason == "PERMISSION_MISSING"


@pytest.mark.clause("hebei-doc/1.2")
def test_a_superior_document_reaches_the_lead_department(office: Any) -> None:
    d = district(office, "2018-06-04 09:00")
    document = superior_document(d)
    entry = listed(d, document)
    step = d.step(document, "propose")
    assert set(step.persons) == {"clerk", "ning", "qi"}
    early = d.director.refused("CompleteNamedStep", name=document.name, step="approve", verdict="VERDICT_APPROVE", opinion="同意")
    assert (early.reason, early.clause) == ("STEP_OUT_OF_ORDER", "hebei-doc/13.1")
    proposal = types_pb2.Proposal(handling_text="请牵头起草", responsible_units=["housing", "sports"], lead_unit="housing")
    d.clerk.SubmitProposal(name=step.name, proposal=proposal)
    first = the_one(d.opened(document))
    assert (first.step, first.role, list(first.persons)) == ("approve", "deputy_mayor", ["wu"])
    done(d, document, "approve", "wu")
    assert signs(d, document) == [("approve", ["zhang"])]
    assert not d.clerk.GetIssueEntry(name=entry.name).HasField("receive_time")
    d.at("2018-06-05 10:00")
    done(d, document, "approve", "zhang")
    assert [(s.step, s.role, s.unit, s.lead) for s in d.opened(document)] == [
        ("forward", "unit_head", "housing", True), ("forward", "unit_head", "sports", False)
    ]  # fmt: skip
    received = d.clerk.GetIssueEntry(name=entry.name)
    assert shown(received.receive_time) == "2018-06-05 10:00"
    assert d.fang.ExplainDeadline(deadline=received.deadlines[0].name).deadline.name == received.deadlines[0].name
    d.fang.SubmitFeedback(name=d.step(document, "forward", "housing").name, result_text="代拟稿已报送", completed=True)
    assert d.clerk.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("hebei-doc/1.2")
def test_the_office_presses_the_lead_department_and_reviews_in_five_days(office: Any) -> None:
    d = district(office, "2018-06-04 09:00")
    document = superior_document(d)
    entry = listed(d, document)
    forwarded(d, document)
    d.at("2018-06-12 09:00")
    pressed = d.clerk.PressIssueEntry(name=entry.name, text="请于本周内报送")
    assert pressed.press_count == 1
    (told,) = [e for e in d.events("documents.notice.given.v1") if e["subject"] == entry.name]
    assert (told["persons"], told["citation"]["clause"]) == (["fang"], "hebei-doc/1.2")
    assert "请于本周内报送" in told["text"]
    made = implementing(d, entry)
    d.jia.SubmitDraft(name=made.name)
    d.at("2018-06-15 10:00")
    done(d, made, "principal", "fang")
    delivered = d.clerk.GetIssueEntry(name=entry.name)
    assert (delivered.state, shown(delivered.deliver_time)) == (DELIVERED, "2018-06-15 10:00")
    assert limits_of(delivered) == [("2018-06-25 18:00", "hebei-doc/1.2")]
    d.at("2018-06-25 17:59")
    assert d.breaches(entry) == []
    d.at("2018-06-25 18:01")
    assert d.breaches(entry) == [("hebei-doc/1.2", "2018-06-25 18:00", "office_director")]


@pytest.mark.clause("hebei-doc/1.2")
def test_the_office_is_in_time_once_the_draft_is_with_the_signer(office: Any) -> None:
    d = district(office, "2018-06-15 09:00")
    entry = listed(d)
    made = implementing(d, entry)
    d.jia.SubmitDraft(name=made.name)
    done(d, made, "principal", "fang")
    done(d, made, "register", "clerk")
    reviewed(d, made)
    done(d, made, "affairs", "ning")
    done(d, made, "deputy-director", "qi")
    assert limits_of(d.clerk.GetIssueEntry(name=entry.name)) == [("2018-06-25 18:00", "hebei-doc/1.2")]
    d.at("2018-06-25 18:00")
    done(d, made, "edit", "clerk")
    assert limits_of(d.clerk.GetIssueEntry(name=entry.name)) == []


@pytest.mark.clause("hebei-doc/1.3")
def test_entries_are_closed_one_by_one_against_their_own_numbers(office: Any) -> None:
    d = district(office, "2018-06-11 09:00")
    first, second, third = (listed(d, title=f"实施意见之{number}") for number in "一二三")
    numbers = []
    for entry in (first, second):
        made = implementing(d, entry)
        d.jia.SubmitDraft(name=made.name)
        edited(d, made, head="fang", leader="wu")
        done(d, made, "sign", "wu")
        numbers.append(issue(d, made).document_number)
    assert numbers == [f"{NUMBER}〔2018〕1号", f"{NUMBER}〔2018〕2号"]
    d.at("2018-07-02 10:00")
    for entry, number in ((third, numbers[0]), (first, numbers[1])):
        refused = d.clerk.refused("CloseIssueEntry", name=entry.name, document_number=number)
        assert (refused.reason, refused.clause) == ("NOT_ISSUED_YET", "hebei-doc/1.3")
    assert d.director.refused("CloseIssueEntry", name=first.name, document_number=numbers[0]).reason == "NOT_LEDGER_KEEPER"
    for entry, number in zip((first, second), numbers, strict=True):
        closed = d.clerk.CloseIssueEntry(name=entry.name, document_number=number)
        assert (closed.state, closed.closed_by, shown(closed.close_time)) == (CLOSED, "clerk", "2018-07-02 10:00")
    listing = d.clerk.ListIssueEntries().entries
    assert {(e.title, e.state) for e in listing} == {("实施意见之一", CLOSED), ("实施意见之二", CLOSED), ("实施意见之三", OPEN)}


@pytest.mark.clause("hebei-doc/1.4")
def test_a_request_that_is_not_on_the_list_explains_itself(office: Any) -> None:
    d = district(office, "2018-06-05 09:30")
    for name in ("basis", "framework", "key_content", "measures", "participants", "completion_time"):
        said = {field: value for field, value in EXPLAINED.items() if field != name}
        refused = d.cao.refused("SubmitDraft", name=draft(d, "cao", said).name)
        assert (refused.reason, refused.clause) == ("ISSUE_REQUEST_INCOMPLETE", "hebei-doc/1.4")
        assert list(refused.fields) == [f"fields.{name}"]
    assert signs(d, submitted(d, "cao")) == [("principal", ["tang"])]


@pytest.mark.clause("hebei-doc/1.5")
def test_the_draft_waits_until_its_necessity_is_approved(office: Any) -> None:
    d = district(office, "2018-06-06 09:00")
    document = submitted(d, "cao")
    done(d, document, "principal", "tang")
    assert set(d.step(document, "necessity-opinion").persons) == {"clerk", "ning", "qi"}
    d.at("2018-06-06 10:00")
    for step in ("register", "affairs"):
        refused = d.clerk.refused("CompleteNamedStep", name=document.name, step=step, verdict="VERDICT_APPROVE", opinion="收到")
        assert (refused.reason, refused.clause) == ("NECESSITY_NOT_APPROVED", "hebei-doc/1.5")
    done(d, document, "necessity-opinion", "clerk", opinion="确有必要，建议发文")
    refused = d.clerk.refused("CompleteNamedStep", name=document.name, step="register", verdict="VERDICT_APPROVE", opinion="收到")
    assert (refused.reason, refused.clause) == ("NECESSITY_NOT_APPROVED", "hebei-doc/1.5")
    approval = d.step(document, "necessity-approval")
    assert (list(approval.persons), approval.role, approval.citation.clause) == (["liu"], "deputy_mayor", "hebei-doc/1.5")
    done(d, document, "necessity-approval", "liu")
    assert signs(d, document) == [("register", ["clerk"])]


@pytest.mark.clause("hebei-doc/1.5")
def test_what_is_not_necessary_is_not_issued(office: Any) -> None:
    d = district(office, "2018-06-06 09:00")
    document = submitted(d, "cao")
    done(d, document, "principal", "tang")
    done(d, document, "necessity-opinion", "clerk", opinion="建议由部门发文")
    done(d, document, "necessity-approval", "liu", verdict="VERDICT_DISAPPROVE", opinion="不发")
    assert d.clerk.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_ENDED


@pytest.mark.clause("hebei-doc/1.5")
def test_what_is_on_the_list_is_necessary(office: Any) -> None:
    d = district(office, "2018-06-06 09:00")
    made = implementing(d, listed(d))
    d.jia.SubmitDraft(name=made.name)
    done(d, made, "principal", "fang")
    assert signs(d, made) == [("register", ["clerk"])]


@pytest.mark.clause("hebei-doc/2.2")
def test_what_is_regulated_already_is_not_issued_again(office: Any) -> None:
    d = district(office, "2018-06-07 09:00")
    for name in ("no_provision_in_force", "search_result"):
        said = {field: value for field, value in EXPLAINED.items() if field != name}
        refused = d.hao.refused("SubmitDraft", name=draft(d, said=said).name)
        assert (refused.reason, refused.clause) == ("NECESSITY_CHECK_MISSING", "hebei-doc/2.2")
    document = submitted(d)
    at_the_office(d, document)
    done(d, document, "register", "clerk")
    d.at("2018-06-07 14:40")
    step = d.step(document, "affairs")
    silent = d.ning.refused("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
    assert (silent.reason, silent.clause) == ("REVIEW_NOT_RECORDED", "hebei-doc/2.2")
    reviewed(d, document, covered_by_document=True, document_in_force="河北政发〔2016〕12号")
    done(d, document, "affairs", "ning")
    back = d.clerk.GetDocument(name=document.name)
    assert back.state == types_pb2.DOCUMENT_STATE_RETURNED
    assert [(f.reason, f.effect, f.citation.clause) for f in back.findings] == [("ALREADY_REGULATED", "return", "hebei-doc/2.2")]
    assert "河北政发〔2016〕12号" in back.end_reason


@pytest.mark.clause("hebei-doc/2.3")
def test_what_a_lower_issuer_can_settle_is_not_issued_by_the_district(office: Any) -> None:
    d = district(office, "2018-06-08 09:00")
    document = submitted(d)
    at_the_office(d, document)
    done(d, document, "register", "clerk")
    d.at("2018-06-08 09:10")
    d.ning.AddRecord(name=document.name, kind="issue_review", text="审核中", fields={"covered_by_law": False, "covered_by_document": False})
    silent = d.ning.refused("CompleteStep", name=d.step(document, "affairs").name, verdict="VERDICT_APPROVE", opinion="同意")
    assert (silent.reason, silent.clause) == ("REVIEW_NOT_RECORDED", "hebei-doc/2.3")
    reviewed(d, document, lowest_issuer="department")
    done(d, document, "affairs", "ning")
    back = d.clerk.GetDocument(name=document.name)
    assert (back.state, the_one(back.findings).reason) == (types_pb2.DOCUMENT_STATE_RETURNED, "ISSUER_LEVEL_TOO_HIGH")
    assert "发文能够解决，不以区政府办公室名义发文" in back.end_reason


@pytest.mark.clause("hebei-doc/2.3")
def test_the_office_may_issue_what_the_district_need_not(office: Any) -> None:
    d = district(office, "2018-06-08 09:00")
    higher = submitted(d, said={**EXPLAINED, "issuer": "district_government"})
    at_the_office(d, higher)
    done(d, higher, "register", "clerk")
    reviewed(d, higher, lowest_issuer="district_government_office")
    done(d, higher, "affairs", "ning")
    assert the_one(d.clerk.GetDocument(name=higher.name).findings).reason == "ISSUER_LEVEL_TOO_HIGH"


@pytest.mark.clause("hebei-doc/2.3")
def test_a_department_signs_its_own_documents(office: Any) -> None:
    d = district(office, "2018-06-08 09:00")
    own = submitted(d, said={"issuer": "department"})
    assert signs(d, own) == [("sign", ["shi"])]
    assert d.step(own, "sign").role == "unit_head"
    done(d, own, "sign", "shi")
    gone = [(step.step, step.done_by) for step in d.route(own, "hao") if step.state == types_pb2.STEP_STATE_DONE]
    assert gone == [("draft", "hao"), ("sign", "shi")]
    assert d.hao.GetDocument(name=own.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("hebei-doc/2.4")
@pytest.mark.parametrize(("copied", "own", "warned"), [(13, 7, True), (6, 4, False), (61, 39, True)])
def test_a_copy_of_the_superior_document_is_seen(office: Any, copied: int, own: int, warned: bool) -> None:
    d = district(office, "2018-06-08 10:00")
    source = "".join(chr(0x4E00 + sign) for sign in range(400))
    mine = "".join(chr(0x6000 + sign) for sign in range(400))
    document = superior_document(d, body=source)
    entry = listed(d, document)
    part = {13: (130, 70), 6: (60, 40), 61: (61, 39)}[copied]
    made = implementing(d, entry, body=source[: part[0]] + mine[: part[1]])
    d.jia.SubmitDraft(name=made.name)
    seen = d.director.GetDocument(name=made.name)
    assert seen.overlap_percent == part[0] * 100 // (part[0] + part[1])
    found = [(f.reason, f.effect, f.citation.clause) for f in seen.findings]
    assert found == ([("OVERLAP_HIGH", "finding", "hebei-doc/2.4")] if warned else [])
    assert (copied, own) != (0, 0)


@pytest.mark.clause("hebei-doc/2.4")
@pytest.mark.parametrize("fault", ["copied", "empty"])
def test_what_only_copies_or_says_nothing_is_returned(office: Any, fault: str) -> None:
    d = district(office, "2018-06-08 10:00")
    document = superior_document(d, body=CITY_TEXT)
    made = implementing(d, listed(d, document), body=CITY_TEXT + OWN_TEXT)
    d.jia.SubmitDraft(name=made.name)
    done(d, made, "principal", "fang")
    done(d, made, "register", "clerk")
    reviewed(d, made, **{fault: True})
    done(d, made, "affairs", "ning")
    back = d.director.GetDocument(name=made.name)
    assert back.state == types_pb2.DOCUMENT_STATE_RETURNED
    assert [(f.reason, f.citation.clause) for f in back.findings if f.effect == "return"] == [("COPY_OF_SUPERIOR", "hebei-doc/2.4")]


@pytest.mark.clause("hebei-doc/2.5")
def test_what_is_published_needs_no_paper(office: Any) -> None:
    d = district(office, "2018-06-11 09:00")
    document = submitted(d, said={**EXPLAINED, "openness": "public"})
    refused = d.clerk.refused("MarkDocument", name=document.name, fields={"paper_copies": 40})
    assert (refused.reason, refused.clause) == ("PAPER_COPIES_WITHOUT_REASON", "hebei-doc/2.5")
    assert d.clerk.refused("MarkDocument", name=document.name, fields={"paper_copies": 1}).reason == "PAPER_COPIES_WITHOUT_REASON"
    d.clerk.MarkDocument(name=document.name, fields={"paper_copies": 0})
    marked = d.clerk.MarkDocument(name=document.name, fields={"paper_copies": 40, "paper_reason": "街道无网络终端"})
    assert marked.fields["paper_copies"] == 40


@pytest.mark.clause("hebei-doc/3.1")
def test_an_implementing_document_is_not_above_its_superior(office: Any) -> None:
    d = district(office, "2018-06-11 10:00")
    entry = listed(d, superior_document(d))
    above = implementing(d, entry, said={"issuer": "district_government", "superior_level": "general_office"})
    refused = d.jia.refused("SubmitDraft", name=above.name)
    assert (refused.reason, refused.clause) == ("LEVEL_ABOVE_SUPERIOR", "hebei-doc/3.1")
    below = implementing(d, entry, said={"issuer": "district_government_office", "superior_level": "government"})
    refused = d.jia.refused("SubmitDraft", name=below.name)
    assert (refused.reason, refused.clause) == ("LEVEL_BELOW_SUPERIOR", "hebei-doc/3.1")
    reasoned = implementing(
        d,
        entry,
        said={"issuer": "district_government_office", "superior_level": "government", "level_reason": "市里要求"},
        title="实施意见",
    )
    d.jia.SubmitDraft(name=reasoned.name)
    assert signs(d, reasoned) == [("principal", ["fang"])]


@pytest.mark.clause("hebei-doc/3.1")
def test_another_form_than_the_superiors_is_noted(office: Any) -> None:
    d = district(office, "2018-06-11 10:00")
    entry = listed(d, superior_document(d, document_type="tongzhi"))
    made = implementing(d, entry)
    d.jia.SubmitDraft(name=made.name)
    found = d.director.GetDocument(name=made.name).findings
    assert [(f.reason, f.effect, f.citation.clause) for f in found] == [("FORM_DIFFERS", "finding", "hebei-doc/3.1")]


@pytest.mark.clause("hebei-doc/3.2")
def test_the_draft_is_due_fifteen_working_days_after_receipt(office: Any) -> None:
    d = district(office, "2018-09-17 09:00")
    document = superior_document(d)
    entry = listed(d, document)
    d.at("2018-09-17 15:00")
    forwarded(d, document)
    received = d.clerk.GetIssueEntry(name=entry.name)
    assert shown(received.receive_time) == "2018-09-17 15:00"
    assert limits_of(received) == [("2018-10-12 18:00", "hebei-doc/3.2")]
    d.at("2018-10-12 17:59")
    assert d.breaches(entry) == []
    d.at("2018-10-12 18:01")
    assert [(clause, at) for clause, at, _ in d.breaches(entry)] == [("hebei-doc/3.2", "2018-10-12 18:00")]
    overdue = d.clerk.ListIssueEntries(overdue_only=True).entries
    assert [e.name for e in overdue] == [entry.name]


@pytest.mark.clause("hebei-doc/3.2")
def test_a_moment_that_the_superior_states_wins(office: Any) -> None:
    d = district(office, "2018-09-17 15:00")
    document = superior_document(d)
    entry = listed(d, document, stated_due_time="2018-09-28T10:00:00Z")
    forwarded(d, document)
    assert limits_of(d.clerk.GetIssueEntry(name=entry.name)) == [("2018-09-28 18:00", "hebei-doc/3.2")]
    made = implementing(d, entry)
    d.jia.SubmitDraft(name=made.name)
    done(d, made, "principal", "fang")
    assert [clause for _, clause in limits_of(d.clerk.GetIssueEntry(name=entry.name))] == ["hebei-doc/1.2"]
    d.at("2018-10-31 18:00")
    assert [breach for breach in d.breaches(entry) if breach[0] == "hebei-doc/3.2"] == []


@pytest.mark.clause("hebei-doc/3.2")
def test_a_returned_draft_leaves_the_department_its_own_limit(office: Any) -> None:
    d = district(office, "2018-09-17 15:00")
    entry = listed(d)
    made = implementing(d, entry)
    d.jia.SubmitDraft(name=made.name)
    done(d, made, "principal", "fang")
    done(d, made, "register", "clerk")
    assert d.clerk.GetIssueEntry(name=entry.name).state == DELIVERED
    d.at("2018-09-20 09:00")
    reviewed(d, made, copied=True)
    done(d, made, "affairs", "ning")
    again = d.clerk.GetIssueEntry(name=entry.name)
    assert (again.state, again.draft, limits_of(again)) == (OPEN, "", [("2018-10-12 18:00", "hebei-doc/3.2")])


@pytest.mark.clause("hebei-doc/3.3")
def test_an_implementing_draft_says_how_it_was_benchmarked(office: Any) -> None:
    d = district(office, "2018-10-15 09:00")
    entry = listed(d, superior_document(d))
    said = {**ASKED, "superior_level": "general_office"}
    made = draft(d, "jia", said, issue_entry=entry.name, document_type="yijian")
    refused = d.jia.refused("SubmitDraft", name=made.name)
    assert (refused.reason, refused.clause) == ("BENCHMARKING_MISSING", "hebei-doc/3.3")
    d.jia.AddRecord(name=made.name, kind="benchmarking", text="已逐条对照")
    d.jia.SubmitDraft(name=made.name)
    assert signs(d, made) == [("principal", ["fang"])]


@pytest.mark.clause("hebei-doc/3.4")
def test_the_principal_head_answers_for_the_draft(office: Any) -> None:
    d = district(office, "2018-10-15 10:00")
    document = submitted(d, "jia")
    step = d.step(document, "principal")
    assert (list(step.persons), step.role) == (["fang"], "unit_head")
    assert d.jia.refused("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意").reason == "NOT_FOUND"
    refused = d.clerk.refused("CompleteNamedStep", name=document.name, step="register", verdict="VERDICT_APPROVE", opinion="收到")
    assert (refused.reason, refused.clause) == ("PRINCIPAL_NOT_SIGNED", "hebei-doc/3.4")


@pytest.mark.clause("hebei-doc/3.5")
def test_the_deputy_director_reviews_before_the_deputy_mayor(office: Any) -> None:
    d = district(office, "2018-10-16 09:00")
    document = submitted(d)
    at_the_office(d, document)
    done(d, document, "register", "clerk")
    reviewed(d, document)
    done(d, document, "affairs", "ning")
    step = d.step(document, "deputy-director")
    assert (list(step.persons), step.role, step.citation.clause) == (["qi"], "deputy_office_director", "hebei-doc/3.5")
    refused = d.clerk.refused("CompleteNamedStep", name=document.name, step="sign", verdict="VERDICT_APPROVE", opinion="转办")
    assert (refused.reason, refused.clause) == ("STEP_OUT_OF_ORDER", "hebei-doc/3.5")


@pytest.mark.clause("hebei-doc/3.6")
def test_the_ledger_shows_how_far_superior_documents_are_implemented(office: Any) -> None:
    d = district(office, "2018-10-08 09:00")
    document = superior_document(d)
    entry = listed(d, document)
    forwarded(d, document)
    d.at("2018-10-16 10:00")
    line = the_one(d.clerk.ListLedger().entries)
    assert (line.document, line.lead_unit, line.citation.clause) == (document.name, "housing", "hebei-doc/3.6")
    row = the_one(d.clerk.ListIssueEntries(superior_document=document.name).entries)
    assert (row.name, row.lead_unit, shown(row.draft_due_time), row.state) == (entry.name, "housing", "2018-10-29 18:00", OPEN)
    assert (row.HasField("deliver_time"), row.HasField("issue_time")) == (False, False)
    assert d.hao.ListIssueEntries().entries == []
