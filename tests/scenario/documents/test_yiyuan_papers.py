"""沂源县：办文程序（第九条），保密纪律（第十七条）."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.api import httpbody_pb2

from tests.scenario.documents.scene import Scene
from tests.scenario.documents.yiyuan import audited, county_of, done, drafted, lying, refused_draft, submitted, too_early, walked
from xiaoneng.documents.v1 import attachment_service_pb2, types_pb2

PDF = b"%PDF-1.7\n" + b"x" * 200


def issued(county: Scene, document: Any) -> None:
    assert lying(county, document) == [("issue", ["yan", "zeng"])]
    county.zeng.IssueDocument(name=document.name, series="沂政发")
    assert county.meng.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


def tried(county: Scene, document: Any, step: str, by: str) -> tuple[str, str]:
    """Reason and clause with which somebody is refused at a step that lies with others."""
    name = county.step(document, step).name
    refused = getattr(county, by).refused("CompleteStep", name=name, verdict="VERDICT_APPROVE", opinion="同意")
    return refused.reason, refused.clause


def not_issued(county: Scene, document: Any) -> tuple[str, str]:
    refused = county.zeng.refused("IssueDocument", name=document.name, series="沂政发")
    return refused.reason, refused.clause


@pytest.mark.clause("yiyuan/9.1")
def test_what_goes_up_is_signed_by_the_partys_principal_leader(office: Any) -> None:
    county = county_of(office, "2004-07-13 09:00")
    for kind in ("implementation_report", "upward_report", "upward_request", "major_emergency_information"):
        paper = submitted(county, "sang", fields={"upward": kind, "issuing_name": "government"})
        done(county, paper, "head", "wen")
        assert lying(county, paper) == [("check", ["kong"])]
        assert not_issued(county, paper) == ("WRONG_SIGNER", "yiyuan/9.1")
        done(county, paper, "check", "kong")
        assert lying(county, paper) == [("sign", ["song"])]
    assert tried(county, paper, "sign", "kong") == ("WRONG_SIGNER", "yiyuan/9.1")
    assert not_issued(county, paper) == ("WRONG_SIGNER", "yiyuan/9.1")
    refused = county.fu.refused("CompleteStep", name=county.step(paper, "sign").name, verdict="VERDICT_APPROVE", opinion="同意")
    assert (refused.reason, refused.clause) == ("WRONG_SIGNER", "yiyuan/9.1")
    done(county, paper, "sign", "song")
    issued(county, paper)
    assert walked(county, paper) == ["draft", "head", "check", "sign", "issue"]


@pytest.mark.clause("yiyuan/9.2")
def test_a_leader_signs_for_the_principal_leader_by_delegation_only(office: Any) -> None:
    county = county_of(office, "2004-07-13 09:00")
    paper = submitted(county, "sang", fields={"passed_by": "standing_committee", "issuing_name": "party_committee"})
    done(county, paper, "head", "wen")
    assert lying(county, paper) == [("check", ["kong"])]
    assert not_issued(county, paper) == ("STEP_OUT_OF_ORDER", "yiyuan/9.2")
    done(county, paper, "check", "kong")
    assert lying(county, paper) == [("sign", ["song"])]
    assert tried(county, paper, "sign", "kong") == ("DELEGATION_MISSING", "yiyuan/9.2")
    entrusted = county.fu.CompleteStep(name=county.step(paper, "sign").name, verdict="VERDICT_APPROVE", opinion="受宋书记委托签发")
    assert (entrusted.done_by, entrusted.done_for) == ("fu", "song")
    issued(county, paper)
    assert walked(county, paper) == ["draft", "head", "check", "sign", "issue"]
    plenary = submitted(county, "sang", fields={"passed_by": "plenary", "issuing_name": "party_committee"})
    done(county, plenary, "head", "wen")
    done(county, plenary, "check", "kong")
    done(county, plenary, "sign", "song")
    issued(county, plenary)


@pytest.mark.clause("yiyuan/9.3")
def test_the_countys_name_needs_its_office_and_its_leaders(office: Any) -> None:
    county = county_of(office, "2004-07-14 09:00")
    paper = submitted(county, "sang", fields={"issuing_name": "government"})
    done(county, paper, "head", "wen")
    assert lying(county, paper) == [("government-check", ["meng"])]
    assert too_early(county, paper, "leader", "meng")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/9.3")
    done(county, paper, "government-check", "meng")
    assert lying(county, paper) == [("leader", ["tang"])]
    assert not_issued(county, paper) == ("STEP_OUT_OF_ORDER", "yiyuan/9.3")
    done(county, paper, "leader", "tang")
    issued(county, paper)
    assert walked(county, paper) == ["draft", "head", "government-check", "leader", "issue"]
    weighty = submitted(county, "sang", fields={"issuing_name": "government"})
    done(county, weighty, "head", "wen")
    done(county, weighty, "government-check", "meng", important=True)
    done(county, weighty, "leader", "tang")
    assert lying(county, weighty) == [("government-principal", ["ren"])]
    done(county, weighty, "government-principal", "ren")
    issued(county, weighty)
    of_the_party = submitted(county, "geng", fields={"issuing_name": "party_committee"})
    done(county, of_the_party, "head", "guo")
    assert lying(county, of_the_party) == [("party-check", ["kong"])]
    done(county, of_the_party, "party-check", "kong", important=True)
    assert lying(county, of_the_party) == [("leader", ["fu"])]
    done(county, of_the_party, "leader", "fu")
    assert lying(county, of_the_party) == [("party-principal", ["song"])]
    done(county, of_the_party, "party-principal", "song")
    issued(county, of_the_party)


@pytest.mark.clause("yiyuan/9.4")
def test_a_joint_document_is_signed_by_both_principal_leaders(office: Any) -> None:
    county = county_of(office, "2004-07-14 09:00")
    paper = submitted(county, "cai", fields={"issuing_name": "party_and_government"})
    done(county, paper, "head", "cai")
    assert lying(county, paper) == [("party-check", ["kong"]), ("government-check", ["meng"])]
    done(county, paper, "party-check", "kong")
    assert too_early(county, paper, "party-opinion", "kong")[0] == "STEP_OUT_OF_ORDER"
    done(county, paper, "government-check", "meng")
    assert lying(county, paper) == [("party-opinion", ["fu"]), ("government-opinion", ["du"])]
    done(county, paper, "party-opinion", "fu")
    assert too_early(county, paper, "party-sign", "fu")[0] == "STEP_OUT_OF_ORDER"
    done(county, paper, "government-opinion", "du")
    assert lying(county, paper) == [("party-sign", ["song"]), ("government-sign", ["ren"])]
    assert not_issued(county, paper) == ("SIGNATURE_MISSING", "yiyuan/9.4")
    county.at("2004-07-14 15:00")
    done(county, paper, "party-sign", "song")
    refused = county.zeng.refused("IssueDocument", name=paper.name, series="沂政发")
    assert (refused.reason, refused.clause) == ("SIGNATURE_MISSING", "yiyuan/9.4")
    assert "尚缺：县长签发" in refused.text
    done(county, paper, "government-sign", "ren")
    issued(county, paper)
    order = ["draft", "head", "party-check", "government-check", "party-opinion", "government-opinion", "party-sign", "government-sign"]
    assert walked(county, paper) == [*order, "issue"]
    first = submitted(county, "cai", fields={"issuing_name": "party_and_government"})
    for step, by in (("head", "cai"), ("party-check", "kong"), ("government-check", "meng"), ("party-opinion", "fu"),
                     ("government-opinion", "du"), ("government-sign", "ren")):  # fmt: skip
        done(county, first, step, by)
    refused = county.zeng.refused("IssueDocument", name=first.name, series="沂政发")
    assert (refused.reason, "尚缺：县委书记签发" in refused.text) == ("SIGNATURE_MISSING", True)


@pytest.mark.clause("yiyuan/9.5")
def test_an_office_issues_with_its_directors_signature(office: Any) -> None:
    county = county_of(office, "2004-07-15 09:00")
    for name, step, director in (
        ("party_office", "party-office", "kong"),
        ("government_office", "government-office", "meng"),
        ("both_offices", "party-office", "kong"),
    ):
        paper = submitted(county, "sang", fields={"issuing_name": name})
        done(county, paper, "head", "wen")
        assert lying(county, paper) == [("check", ["yan", "zeng"])]
        assert not_issued(county, paper) == ("STEP_OUT_OF_ORDER", "yiyuan/9.3")
        done(county, paper, "check", "zeng")
        assert lying(county, paper) == [(step, [director])]
        assert not_issued(county, paper) == ("WRONG_SIGNER", "yiyuan/9.5")
        assert tried(county, paper, step, "zeng" if director == "meng" else "meng") == ("WRONG_SIGNER", "yiyuan/9.5")
        done(county, paper, step, director)
        issued(county, paper)
    assert walked(county, paper) == ["draft", "head", "check", "party-office", "issue"]
    weighty = submitted(county, "sang", important=True, fields={"issuing_name": "government_office"})
    done(county, weighty, "head", "wen")
    done(county, weighty, "check", "zeng")
    done(county, weighty, "government-office", "meng")
    assert lying(county, weighty) == [("leader", ["tang"])]
    done(county, weighty, "leader", "tang")
    issued(county, weighty)


@pytest.mark.clause("yiyuan/9.6")
def test_a_department_hands_in_what_its_head_has_checked(office: Any) -> None:
    county = county_of(office, "2004-07-15 10:00")
    kinds = (
        ({"upward": "upward_report"}, "check"),
        ({"passed_by": "plenary"}, "check"),
        ({"issuing_name": "government"}, "government-check"),
        ({"issuing_name": "party_and_government"}, "party-check"),
        ({"issuing_name": "both_offices"}, "check"),
    )
    for fields, check in kinds:
        paper = submitted(county, "sang", fields=fields)
        assert lying(county, paper) == [("head", ["wen"])]
        assert too_early(county, paper, check, "sang")[:2] == ("PRINCIPAL_NOT_SIGNED", "yiyuan/9.6")
        done(county, paper, "head", "wen")
        assert county.opened(paper)[0].step == check


@pytest.mark.clause("yiyuan/9.7")
def test_nothing_is_handed_to_a_leader_who_did_not_ask_for_it(office: Any) -> None:
    county = county_of(office, "2004-07-16 09:00")
    for fields in (
        {"addressees": ["tang"]},
        {"addressees": ["tang"], "assigned_by": "du"},
        {"addressees": ["meng"], "assigned_by": "meng"},
    ):
        assert refused_draft(county, "bai", "direct", fields=fields) == ("DIRECT_DELIVERY", "yiyuan/9.7")
    asked = submitted(county, "bai", "direct", fields={"addressees": ["tang"], "assigned_by": "tang"})
    assert lying(county, asked) == [("receive", ["tang"])]
    done(county, asked, "receive", "tang")
    assert walked(county, asked) == ["draft", "receive"]


@pytest.mark.clause("yiyuan/9.8")
def test_departments_issue_together_when_every_head_has_signed(office: Any) -> None:
    county = county_of(office, "2004-07-16 09:00")
    paper = submitted(county, "bai", fields={"issuing_name": "departments", "joint_units": ["finance", "land"]})
    assert lying(county, paper) == [("head", ["wu"])]
    assert too_early(county, paper, "cosign", "bai")[:2] == ("COSIGNATURE_MISSING", "yiyuan/9.8")
    done(county, paper, "head", "wu")
    assert lying(county, paper) == [("cosign", ["cai"]), ("cosign", ["tian"])]
    done(county, paper, "cosign", "cai", "finance")
    county.at("2004-07-16 10:00")
    reason, clause, text = too_early(county, paper, "issue", "bai")
    assert (reason, clause, "会签（国土资源局）" in text) == ("COSIGNATURE_MISSING", "yiyuan/9.8", True)
    done(county, paper, "cosign", "tian", "land")
    assert lying(county, paper) == [("issue", ["bai"])]
    done(county, paper, "issue", "bai")
    assert walked(county, paper) == ["draft", "head", "cosign", "cosign", "issue"]


@pytest.mark.clause("yiyuan/9.9")
def test_a_request_is_answered_with_a_clear_opinion(office: Any) -> None:
    county = county_of(office, "2004-07-19 09:00")
    for about in ({"document_type": "qingshi"}, {"document_type": "baogao"}):
        matter = submitted(county, "jiao", "decision", **about)
        step = county.step(matter, "decide").name
        if about["document_type"] == "qingshi":
            for said in ({"verdict": "VERDICT_READ", "opinion": "阅"}, {"verdict": "VERDICT_APPROVE"}):
                refused = county.tang.refused("CompleteStep", name=step, **said)
                assert (refused.reason, refused.clause) == ("OPINION_UNCLEAR", "yiyuan/9.9")
            kept = county.tang.CompleteStep(name=step, verdict="VERDICT_APPROVE", opinion="同意")
            assert (kept.done_by, kept.opinion, kept.HasField("end_time")) == ("tang", "同意", True)
        else:
            county.tang.CompleteStep(name=step, verdict="VERDICT_READ")


# ---- 保密 ------------------------------------------------------------------------------------------------------------------


def an_internal_paper(county: Scene, **fields: Any) -> types_pb2.Document:
    """A paper of the price bureau that Mr Tang has to decide about."""
    return submitted(county, "bai", "decision", body="水价拟上调百分之五，尚未公开。", fields={"disclosure": "unpublished", **fields})


def copies(county: Scene, person: str, paper: Any) -> Iterator[tuple[str, str]]:
    """With what somebody is refused for whatever takes a document out of the house."""
    caller = getattr(county, person)
    for method, about in (
        ("CopyDocument", {"act": "COPY_ACT_PRINT"}),
        ("CopyDocument", {"act": "COPY_ACT_EXCERPT", "passage": "水价拟上调"}),
        ("ForwardDocument", {"persons": ["sang"]}),
    ):
        refused = caller.refused(method, name=paper.name, **about)
        yield refused.reason, refused.clause


@pytest.mark.clause("yiyuan/17.2")
def test_what_is_not_public_is_copied_with_an_approval_only(office: Any) -> None:
    county = county_of(office, "2004-09-27 10:00")
    for disclosure in ("secret", "unpublished", "not_for_publication"):
        paper = an_internal_paper(county, disclosure=disclosure)
        assert county.bai.GetDocument(name=paper.name).body.startswith("水价")
        assert list(copies(county, "tang", paper)) == [("COPY_NOT_PERMITTED", "yiyuan/17.2")] * 3
    assert county.wu.CopyDocument(name=paper.name, act="COPY_ACT_PRINT").text.startswith("水价")
    refused = county.tang.refused("RequestPermit", name=paper.name, acts=["COPY_ACT_PRINT"])
    assert (refused.reason, refused.clause) == ("COPY_NOT_PERMITTED", "yiyuan/17.2")
    asked = county.tang.RequestPermit(name=paper.name, acts=["COPY_ACT_PRINT"], reason="常务会议使用")
    for somebody in ("tang", "meng", "bai"):
        assert getattr(county, somebody).refused("DecidePermit", name=asked.name, granted=True).reason == "NOT_FOUND"
    granted = county.wu.DecidePermit(name=asked.name, granted=True, reason="同意打印一份")
    assert (granted.decider, granted.uses_left, list(granted.decided_by)) == ("wu", 1, ["乡镇、部门单位主要负责人"])
    assert county.tang.CopyDocument(name=paper.name, act="COPY_ACT_PRINT").mark == "唐副县长 2004-09-27 10:00"
    assert list(copies(county, "tang", paper)) == [("COPY_NOT_PERMITTED", "yiyuan/17.2")] * 3
    again = county.tang.RequestPermit(name=paper.name, acts=["COPY_ACT_EXCERPT", "COPY_ACT_FORWARD"], reason="起草报告")
    county.wu.DecidePermit(name=again.name, granted=True, uses=5, expire_time="2004-09-28T09:00:00Z")
    county.at("2004-09-28 17:00")
    assert county.tang.CopyDocument(name=paper.name, act="COPY_ACT_EXCERPT", passage="水价拟上调").text == "水价拟上调"
    county.tang.ForwardDocument(name=paper.name, persons=["sang"])
    assert county.sang.GetDocument(name=paper.name).name == paper.name
    county.at("2004-09-28 17:01")
    assert list(copies(county, "tang", paper)) == [("COPY_NOT_PERMITTED", "yiyuan/17.2")] * 3
    public = submitted(county, "bai", "decision", body="公开", fields={"disclosure": "public"})
    assert county.tang.CopyDocument(name=public.name, act="COPY_ACT_PRINT").text == "公开"


def test_a_permit_that_was_refused_opens_nothing(office: Any) -> None:
    county = county_of(office, "2004-09-27 10:00")
    paper = an_internal_paper(county)
    asked = county.tang.RequestPermit(name=paper.name, acts=["COPY_ACT_PRINT"], reason="会议使用")
    assert county.wu.DecidePermit(name=asked.name, granted=False, reason="尚未定稿").uses_left == 0
    assert county.wu.refused("DecidePermit", name=asked.name, granted=True).reason == "PERMIT_DECIDED"
    assert next(copies(county, "tang", paper)) == ("COPY_NOT_PERMITTED", "yiyuan/17.2")
    assert [p.name for p in county.wu.ListPermits(name=paper.name).permits] == [asked.name]
    assert list(county.bai.ListPermits(name=paper.name).permits) == []


def test_drafts_are_the_drafters_own(office: Any) -> None:
    county = county_of(office, "2004-09-27 10:00")
    draft = drafted(county, "bai", body="草稿", fields={"disclosure": "unpublished"})
    assert county.bai.CopyDocument(name=draft.name, act="COPY_ACT_PRINT").text == "草稿"


def test_a_file_is_downloaded_as_often_as_it_was_granted(office: Any) -> None:
    county = county_of(office, "2004-09-27 10:00")
    served, tenant = county.office.served, county.office.tenant
    bai, tang = (served.client(county.office.organisation.person(short).person, tenant) for short in ("bai", "tang"))
    request = attachment_service_pb2.UploadAttachmentRequest
    file = bai.UploadAttachment(iter([request(file_name="测算.pdf", body=httpbody_pb2.HttpBody(data=PDF))]))
    paper = submitted(county, "bai", "decision", fields={"disclosure": "unpublished"}, attachments=[file.name])
    assert tang.refused("DownloadAttachment", name=file.name).reason == "COPY_NOT_PERMITTED"
    asked = county.tang.RequestPermit(name=paper.name, acts=["COPY_ACT_DOWNLOAD"], reason="会议使用")
    county.wu.DecidePermit(name=asked.name, granted=True)
    assert b"".join(piece.data for piece in tang.DownloadAttachment(name=file.name)) == PDF
    assert tang.refused("DownloadAttachment", name=file.name).reason == "COPY_NOT_PERMITTED"
    assert audited(county, "documents.document.copy_refused") == [("tang", paper.name)] * 2


@pytest.mark.clause("yiyuan/17.2")
def test_lending_the_sight_of_a_paper_needs_the_same_approval(office: Any) -> None:
    county = county_of(office, "2004-09-27 10:00")
    paper = an_internal_paper(county)
    loan = {"grantee": {"person": "sang"}, "end_time": "2004-09-30T10:00:00Z", "reason": "借阅"}
    refused = county.meng.refused("GrantAccess", document=paper.name, **loan)
    assert (refused.reason, refused.clause) == ("COPY_NOT_PERMITTED", "yiyuan/17.2")
    assert county.sang.refused("GetDocument", name=paper.name).reason == "NOT_FOUND"
    asked = county.meng.RequestPermit(name=paper.name, acts=["COPY_ACT_FORWARD"], reason="起草报告")
    county.wu.DecidePermit(name=asked.name, granted=True)
    county.meng.GrantAccess(document=paper.name, **loan)
    assert county.sang.GetDocument(name=paper.name).name == paper.name
    assert county.meng.refused("GrantAccess", document=paper.name, **loan).reason == "COPY_NOT_PERMITTED"
    whole = county.wu.refused("GrantAccess", source_unit="price", **loan)
    assert (whole.reason, whole.clause) == ("COPY_NOT_PERMITTED", "yiyuan/17.2")
    county.wu.GrantAccess(document=paper.name, **loan)
    public = submitted(county, "bai", "decision", fields={"disclosure": "public"})
    county.meng.GrantAccess(document=public.name, **loan)
    assert audited(county, "documents.document.copy_refused") == [("meng", paper.name)] * 2


def test_the_package_for_the_archive_needs_a_permit_for_each_paper_that_does(office: Any) -> None:
    county = county_of(office, "2004-09-27 10:00")
    zeng = county.office.served.client(county.office.organisation.person("zeng").person, county.office.tenant)
    loan = {"grantee": {"person": "zeng"}, "end_time": "2004-10-30T10:00:00Z", "reason": "归档"}
    papers = [an_internal_paper(county), submitted(county, "bai", "decision", fields={"disclosure": "public"})]
    for paper in papers:
        done(county, paper, "decide", "tang")
        county.wu.GrantAccess(document=paper.name, **loan)
    county.zeng.FileDocuments(year=2004, documents=[paper.name for paper in papers], retention_class="d30")
    assert zeng.refused("DownloadFilingPackage", year=2004).reason == "COPY_NOT_PERMITTED"
    assert audited(county, "documents.document.copy_refused") == [("zeng", papers[0].name)]
    asked = county.zeng.RequestPermit(name=papers[0].name, acts=["COPY_ACT_DOWNLOAD"], reason="移交档案馆")
    county.wu.DecidePermit(name=asked.name, granted=True)
    assert b"".join(piece.data for piece in zeng.DownloadFilingPackage(year=2004)).startswith(b"PK")
    assert zeng.refused("DownloadFilingPackage", year=2004).reason == "COPY_NOT_PERMITTED"
