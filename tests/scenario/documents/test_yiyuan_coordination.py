"""沂源县：沟通、酝酿、协调（第五条至第七条）."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.scene import the_one
from tests.scenario.documents.yiyuan import county_of, done, drafted, lying, submitted, too_early, walked
from xiaoneng.documents.v1 import types_pb2

TALK = {"form": "phone", "held_on": "2004-06-15", "participants": ["cai"], "result": "同意"}


@pytest.mark.clause("yiyuan/5.2")
def test_a_policy_is_discussed_with_every_department_concerned(office: Any) -> None:
    county = county_of(office, "2004-06-15 09:00")
    fields = {"policy_document": True, "concerned_units": ["finance", "land"], "issuing_name": "government"}
    draft = drafted(county, "sang", fields=fields)
    county.sang.AddRecord(name=draft.name, kind="consultation", unit="finance", fields=TALK)
    county.at("2004-06-15 10:00")
    refused = county.sang.refused("SubmitDraft", name=draft.name)
    assert (refused.reason, refused.clause) == ("CONSULTATION_MISSING", "yiyuan/5.2")
    assert refused.text.startswith("研究制定政策性文件、规定，应先与相关部门单位协商沟通，尚缺：国土资源局")
    county.sang.AddRecord(name=draft.name, kind="consultation", unit="land", fields={**TALK, "participants": ["tian"]})
    county.sang.SubmitDraft(name=draft.name)
    assert lying(county, draft) == [("head", ["wen"])]
    assert lying(county, submitted(county, "sang", fields={**fields, "policy_document": False})) == [("head", ["wen"])]


@pytest.mark.clause("yiyuan/5.3")
def test_a_consultation_is_recorded_with_form_date_persons_and_result(office: Any) -> None:
    county = county_of(office, "2004-06-15 15:00")
    draft = drafted(county, "sang")
    for left_out in ("form", "held_on", "participants", "result"):
        fields = {name: value for name, value in TALK.items() if name != left_out}
        refused = county.sang.refused("AddRecord", name=draft.name, kind="consultation", unit="finance", fields=fields)
        assert (refused.reason, refused.clause) == ("CONSULTATION_RECORD_INCOMPLETE", "yiyuan/5.3")
    for form in ("phone", "written", "face_to_face", "meeting"):
        kept = county.sang.AddRecord(name=draft.name, kind="consultation", unit="finance", fields={**TALK, "form": form})
        assert kept.fields["form"] == form


@pytest.mark.clause("yiyuan/6.1")
def test_a_leading_opinion_is_deliberated_in_its_order(office: Any) -> None:
    county = county_of(office, "2004-06-16 09:00")
    fields = {"concerned_units": ["culture", "lucun"], "body_leaders": ["gu"]}
    proposal = submitted(county, "tang", "proposal", fields=fields)
    assert lying(county, proposal) == [("units", ["wen"]), ("units", ["lu"])]
    done(county, proposal, "units", "wen", "culture")
    assert too_early(county, proposal, "bodies", "tang")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/6.1")
    county.at("2004-06-16 10:00")
    done(county, proposal, "units", "lu", "lucun")
    assert lying(county, proposal) == [("bodies", ["gu"])]
    assert too_early(county, proposal, "report", "tang")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/6.1")
    done(county, proposal, "bodies", "gu")
    assert lying(county, proposal) == [("report", ["tang"])]
    done(county, proposal, "report", "tang")
    assert lying(county, proposal) == [("party-principal", ["song"]), ("government-principal", ["ren"])]
    done(county, proposal, "party-principal", "song")
    done(county, proposal, "government-principal", "ren")
    order = ["opinion", "units", "units", "bodies", "report", "party-principal", "government-principal"]
    assert walked(county, proposal) == order


@pytest.mark.clause("yiyuan/6.1")
def test_talks_are_left_out_with_a_reason_only(office: Any) -> None:
    county = county_of(office, "2004-06-16 09:00")
    for fields in ({"concerned_units": ["culture"]}, {"body_leaders": ["gu"]}):
        refused = county.tang.refused("SubmitDraft", name=drafted(county, "tang", "proposal", fields=fields).name)
        assert (refused.reason, refused.clause) == ("STEP_OUT_OF_ORDER", "yiyuan/6.1")
    proposal = submitted(county, "tang", "proposal", fields={"concerned_units": ["culture"], "body_leaders": ["gu"]})
    county.tang.AddRecord(name=proposal.name, kind="units_waived", text="只涉及部门内部分工")
    assert lying(county, proposal) == [("bodies", ["gu"])]
    assert county.tang.refused("CompleteNamedStep", name=proposal.name, step="report").reason == "STEP_OUT_OF_ORDER"
    county.tang.AddRecord(name=proposal.name, kind="bodies_waived", text="已在联席会议沟通")
    assert lying(county, proposal) == [("report", ["tang"])]


@pytest.mark.clause("yiyuan/6.3")
def test_a_unit_deliberates_before_an_important_decision(office: Any) -> None:
    county = county_of(office, "2004-06-18 09:00")
    matter = submitted(county, "wen", "unit_decision", important=True, fields={"concerned_units": ["finance", "land"]})
    done(county, matter, "opinions", "wen")
    done(county, matter, "consent", "tang")
    step = county.step(matter, "decide").name

    def refused() -> tuple[str, str]:
        answer = county.wen.refused("CompleteStep", name=step, verdict="VERDICT_APPROVE", opinion="通过")
        return answer.reason, answer.clause

    assert refused() == ("DELIBERATION_MISSING", "yiyuan/6.3")
    county.wen.AddRecord(name=matter.name, kind="deliberation", unit="finance", persons=["tang"], text="分管领导同意")
    assert refused() == ("DELIBERATION_MISSING", "yiyuan/6.3")
    county.wen.AddRecord(name=matter.name, kind="deliberation", unit="land", persons=["tian"], text="国土部门同意")
    done(county, matter, "decide", "wen")
    alone = submitted(county, "wen", "unit_decision", important=True, fields={"concerned_units": ["finance"]})
    county.wen.AddRecord(name=alone.name, kind="deliberation", unit="finance", persons=["cai"], text="财政部门同意")
    done(county, alone, "opinions", "wen")
    done(county, alone, "consent", "tang")
    step = county.step(alone, "decide").name
    assert refused() == ("DELIBERATION_MISSING", "yiyuan/6.3")
    ordinary = submitted(county, "wen", "unit_decision")
    done(county, ordinary, "opinions", "wen")
    done(county, ordinary, "consent", "tang")
    done(county, ordinary, "decide", "wen")


@pytest.mark.clause("yiyuan/7.2")
def test_a_task_for_anothers_department_comes_after_a_word_with_its_leader(office: Any) -> None:
    county = county_of(office, "2004-06-22 09:00")
    task = submitted(county, "tang", "task")
    assert lying(county, task) == [("assign", ["tang"])]
    given = types_pb2.Proposal(handling_text="开展校园安全整治", responsible_units=["construction", "education"], lead_unit="education")
    refused = county.tang.refused("SubmitProposal", name=county.step(task, "assign").name, proposal=given)
    assert (refused.reason, refused.clause) == ("PORTFOLIO_LEADER_NOT_CONSULTED", "yiyuan/7.2")
    assert "尚缺：杜副县长" in refused.text
    county.at("2004-06-22 10:00")
    county.tang.AddRecord(name=task.name, kind="communication", persons=["du"], text="杜副县长同意")
    county.tang.SubmitProposal(name=county.step(task, "assign").name, proposal=given)
    assert lying(county, task) == [("handle", ["jian"]), ("handle", ["jiao"])]
    assert county.tang.GetDocument(name=task.name).initiator == "tang"
    assert walked(county, task) == ["assign"]


@pytest.mark.clause("yiyuan/7.3")
def test_a_wide_and_weighty_matter_is_not_decided_by_one_leader(office: Any) -> None:
    county = county_of(office, "2004-06-23 09:00")
    matter = submitted(county, "jiao", "decision", fields={"wide_and_weighty": True})
    assert lying(county, matter) == [("report", ["tang"])]
    assert too_early(county, matter, "decide", "tang")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/7.3")
    assert too_early(county, matter, "party-principal", "tang")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/7.3")
    done(county, matter, "report", "tang")
    assert lying(county, matter) == [("party-principal", ["song"]), ("government-principal", ["ren"])]
    done(county, matter, "party-principal", "song")
    assert too_early(county, matter, "decide", "song")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/7.3")
    done(county, matter, "government-principal", "ren")
    assert lying(county, matter) == [("decide", ["meng"])]
    done(county, matter, "decide", "meng", opinion="常务会议通过")
    assert walked(county, matter) == ["draft", "report", "party-principal", "government-principal", "decide"]


@pytest.mark.clause("yiyuan/7.5")
def test_other_leaders_take_no_reports_on_key_work(office: Any) -> None:
    county = county_of(office, "2004-06-24 10:00")
    fields = {"proposed_handling": "拟分期建设", "field": "xincheng", "addressees": ["du"]}
    draft = drafted(county, "jian", "report_upward", fields=fields)
    refused = county.jian.refused("SubmitDraft", name=draft.name)
    assert (refused.reason, refused.clause) == ("NOT_RESPONSIBLE_LEADER", "yiyuan/7.5")
    assert "唐副县长" in refused.text
    report = county.jian.SubmitDraft(name=draft.name, fields={"addressees": ["tang"]})
    done(county, report, "read", "meng")
    assert lying(county, report) == [("opinion", ["tang"])]
    own = submitted(county, "jian", "report_upward", fields={**fields, "field": None})
    done(county, own, "read", "meng")
    assert lying(county, own) == [("opinion", ["du"])]


@pytest.mark.clause("yiyuan/7.7")
def test_work_of_several_units_has_one_lead_party(office: Any) -> None:
    county = county_of(office, "2004-06-25 09:00")
    task = submitted(county, "tang", "task")
    step = county.step(task, "assign").name
    units = ["education", "culture", "price"]
    refused = county.tang.refused("SubmitProposal", name=step, proposal={"handling_text": "整治文化市场", "responsible_units": units})
    assert (refused.reason, refused.clause) == ("MISSING_LEAD_UNIT", "yiyuan/7.7")
    county.tang.SubmitProposal(name=step, proposal={"handling_text": "整治文化市场", "responsible_units": units, "lead_unit": "culture"})
    assert [(s.unit, s.lead) for s in county.opened(task)] == [("education", False), ("culture", True), ("price", False)]
    county.wu.SubmitFeedback(name=county.step(task, "handle", "price").name, result_text="已配合", completed=True)
    assert county.tang.GetDocument(name=task.name).state == types_pb2.DOCUMENT_STATE_RUNNING
    county.wen.SubmitFeedback(name=county.step(task, "handle", "culture").name, result_text="已完成", completed=True)
    assert county.tang.GetDocument(name=task.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    one = submitted(county, "tang", "task")
    county.tang.SubmitProposal(name=county.step(one, "assign").name, proposal={"handling_text": "自查", "responsible_units": ["price"]})
    assert the_one(county.opened(one)).persons == ["wu"]


@pytest.mark.clause("yiyuan/8.2")
def test_ordinary_work_is_decided_by_the_leader_in_charge(office: Any) -> None:
    county = county_of(office, "2004-07-06 09:00")
    matter = submitted(county, "jiao", "decision")
    assert lying(county, matter) == [("decide", ["tang"])]
    done(county, matter, "decide", "tang")
    assert (walked(county, matter), lying(county, matter)) == (["draft", "decide"], [])
    assert county.jiao.GetDocument(name=matter.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("yiyuan/8.3")
def test_an_important_matter_goes_to_the_principal_leader_and_a_meeting(office: Any) -> None:
    county = county_of(office, "2004-07-06 10:00")
    matter = submitted(county, "jiao", "decision", important=True)
    assert lying(county, matter) == [("report", ["tang"])]
    assert too_early(county, matter, "decide", "tang")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/8.3")
    done(county, matter, "report", "tang")
    assert lying(county, matter) == [("principal", ["ren"])]
    done(county, matter, "principal", "ren", opinion="提交县长办公会议研究")
    assert lying(county, matter) == [("decide", ["meng"])]
    done(county, matter, "decide", "meng", opinion="县长办公会议通过")
    assert walked(county, matter) == ["draft", "report", "principal", "decide"]
    party = submitted(county, "geng", "decision", important=True)
    done(county, party, "report", "fu")
    assert lying(county, party) == [("principal", ["song"])]


@pytest.mark.clause("yiyuan/8.6")
def test_a_unit_decides_after_research_opinions_and_consent(office: Any) -> None:
    county = county_of(office, "2004-07-09 09:00")
    matter = submitted(county, "sang", "unit_decision")
    assert lying(county, matter) == [("opinions", ["sang"])]
    assert too_early(county, matter, "consent", "sang")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/8.6")
    done(county, matter, "opinions", "sang")
    assert lying(county, matter) == [("consent", ["tang"])]
    county.at("2004-07-09 15:00")
    assert too_early(county, matter, "decide", "wen")[:2] == ("STEP_OUT_OF_ORDER", "yiyuan/8.6")
    done(county, matter, "consent", "tang")
    assert lying(county, matter) == [("decide", ["wen"])]
    done(county, matter, "decide", "wen")
    assert walked(county, matter) == ["research", "opinions", "consent", "decide"]


@pytest.mark.clause("yiyuan/8.6", "yiyuan/8.7")
def test_what_concerns_the_county_has_its_consent_first(office: Any) -> None:
    county = county_of(office, "2004-07-12 08:30")
    for interest in ("development", "stability", "masses_interests"):
        matter = submitted(county, "wu", "unit_decision", fields={"county_interest": interest})
        done(county, matter, "opinions", "wu")
        done(county, matter, "consent", "tang")
        assert lying(county, matter) == [("party-consent", ["song"]), ("government-consent", ["ren"])]
        assert too_early(county, matter, "decide", "wu")[:2] == ("PRIOR_CONSENT_MISSING", "yiyuan/8.7")
        done(county, matter, "party-consent", "song")
        assert too_early(county, matter, "decide", "wu")[:2] == ("PRIOR_CONSENT_MISSING", "yiyuan/8.7")
        done(county, matter, "government-consent", "ren")
        assert lying(county, matter) == [("decide", ["wu"])]
    own = submitted(county, "wu", "unit_decision")
    done(county, own, "opinions", "wu")
    done(county, own, "consent", "tang")
    assert lying(county, own) == [("decide", ["wu"])]
