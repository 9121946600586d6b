"""沂源县：请示汇报程序（第四条）."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from tests.scenario.documents.scene import dues, moment
from tests.scenario.documents.yiyuan import a_report, county_of, done, drafted, lying, refused_draft, submitted, too_early, walked
from xiaoneng.documents.v1 import types_pb2
from xiaoneng.kit.v1 import deadline_view_pb2


@pytest.mark.clause("yiyuan/4.1")
def test_an_emergency_is_reported_within_an_hour_of_becoming_known(office: Any) -> None:
    county = county_of(office, "2004-06-08 09:00")
    known = {"known_at": moment("2004-06-08 08:40").isoformat(), "major_emergency": True}
    draft = drafted(county, "lu", "report_upward", fields=known)
    county.at("2004-06-08 09:41")
    county.lu.SubmitDraft(name=draft.name)
    county.settle()
    assert county.breaches(draft) == [("yiyuan/4.1", "2004-06-08 09:40", "")]
    in_time = drafted(county, "lu", "report_upward", fields={"known_at": moment("2004-06-08 09:41").isoformat(), "major_emergency": True})
    county.at("2004-06-08 10:40")
    county.lu.SubmitDraft(name=in_time.name)
    county.at("2004-06-08 12:00")
    assert county.breaches(in_time) == []


@pytest.mark.clause("yiyuan/4.1")
def test_what_is_late_before_it_is_drafted_stands_on_its_route_at_once_and_is_late_once(office: Any) -> None:
    county = county_of(office, "2004-06-08 09:00")
    known = {"known_at": moment("2004-06-08 07:30").isoformat(), "major_emergency": True}
    draft = drafted(county, "lu", "report_upward", fields=known)
    county.settle()
    (limit,) = county.lu.GetRoute(name=draft.name).deadlines
    shown = (limit.label, limit.citation.clause, limit.due_time.ToDatetime(UTC), limit.state, limit.breached)
    assert shown == ("紧急情况报告", "yiyuan/4.1", moment("2004-06-08 08:30"), deadline_view_pb2.DEADLINE_STATE_OVERDUE, True)
    county.at("2004-06-08 09:05")
    county.lu.SubmitDraft(name=draft.name)
    county.at("2004-06-08 12:00")
    assert county.breaches(draft) == [("yiyuan/4.1", "2004-06-08 08:30", "")]
    (ended,) = county.lu.GetRoute(name=draft.name).deadlines
    assert (ended.name, ended.state) == (limit.name, deadline_view_pb2.DEADLINE_STATE_LATE)


@pytest.mark.clause("yiyuan/4.1")
def test_what_else_is_to_be_reported_has_a_working_day(office: Any) -> None:
    county = county_of(office, "2004-06-11 15:00")
    told = {"known_at": moment("2004-06-11 10:00").isoformat(), "proposed_handling": "拟先行处置"}
    late, in_time = (drafted(county, "jiao", "report_upward", fields=told) for _ in range(2))
    county.at("2004-06-14 17:59")
    county.jiao.SubmitDraft(name=in_time.name)
    county.at("2004-06-14 18:01")
    assert (county.breaches(late), county.breaches(in_time)) == ([("yiyuan/4.1", "2004-06-14 18:00", "")], [])


@pytest.mark.clause("yiyuan/4.2")
def test_a_report_goes_up_level_by_level(office: Any) -> None:
    county = county_of(office, "2004-06-09 09:00")
    report = a_report(county, "nie", important=True)
    assert lying(county, report) == [("read", ["meng"])]
    assert too_early(county, report, "principal", "nie")[:2] == ("OFFICE_REVIEW_MISSING", "yiyuan/4.6")
    done(county, report, "read", "meng")
    assert lying(county, report) == [("opinion", ["tang"])]
    assert too_early(county, report, "principal", "tang")[:2] == ("LEVEL_SKIPPED", "yiyuan/4.2")
    county.at("2004-06-09 15:00")
    done(county, report, "opinion", "tang", opinion="拟同意农业局意见")
    assert lying(county, report) == [("principal", ["ren"])]
    assert county.step(report, "principal").arrive_time.ToDatetime().strftime("%H:%M") == "07:00"
    done(county, report, "principal", "ren")
    done(county, report, "answer", "tang")
    assert walked(county, report) == ["draft", "read", "opinion", "principal", "answer"]
    of_the_party = a_report(county, "geng", important=True)
    assert lying(county, of_the_party) == [("read", ["kong"])]
    done(county, of_the_party, "read", "kong")
    done(county, of_the_party, "opinion", "fu")
    assert lying(county, of_the_party) == [("principal", ["song"])]
    ordinary = a_report(county, "nie")
    done(county, ordinary, "read", "meng")
    done(county, ordinary, "opinion", "tang")
    assert county.meng.GetDocument(name=ordinary.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("yiyuan/4.3")
def test_nobody_turns_to_the_principal_leader_first(office: Any) -> None:
    county = county_of(office, "2004-06-10 09:00")
    to_ren = {"proposed_handling": "拟追加经费", "addressees": ["ren"]}
    assert refused_draft(county, "jiao", "report_upward", fields=to_ren) == ("LEVEL_SKIPPED", "yiyuan/4.3")
    first = a_report(county, "jiao", fields={"addressees": ["tang"]})
    assert refused_draft(county, "jiao", "report_upward", fields={**to_ren, "follows": first.name}) == ("LEVEL_SKIPPED", "yiyuan/4.3")
    done(county, first, "read", "meng")
    done(county, first, "opinion", "tang", opinion="请向任县长汇报")
    assert refused_draft(county, "wen", "report_upward", fields={**to_ren, "follows": first.name}) == ("LEVEL_SKIPPED", "yiyuan/4.3")
    second = submitted(county, "jiao", "report_upward", fields={**to_ren, "follows": first.name})
    assert lying(county, second) == [("read", ["meng"])]
    done(county, second, "read", "meng")
    assert lying(county, second) == [("principal", ["ren"])]
    done(county, second, "principal", "ren")
    assert walked(county, second) == ["draft", "read", "principal"]


@pytest.mark.clause("yiyuan/4.4")
def test_a_report_is_for_the_leader_in_charge_alone(office: Any) -> None:
    county = county_of(office, "2004-06-10 09:00")
    for persons in (["du"], ["tang", "ren"], ["fu"]):
        fields = {"proposed_handling": "拟追加经费", "major_emergency": len(persons) > 1, "addressees": persons}
        assert refused_draft(county, "jiao", "report_upward", fields=fields) == ("MULTIPLE_SUBMISSION", "yiyuan/4.4")
    assert lying(county, a_report(county, "jiao", fields={"addressees": ["tang"]})) == [("read", ["meng"])]


@pytest.mark.clause("yiyuan/4.5")
def test_a_major_emergency_goes_straight_up_and_is_explained_afterwards(office: Any) -> None:
    county = county_of(office, "2004-06-10 16:00")
    report = submitted(county, "lu", "report_upward", fields={"major_emergency": True, "addressees": ["ren"]})
    assert lying(county, report) == [("principal", ["ren"]), ("explain", ["lu"])]
    assert dues(county.step(report, "explain")) == [("2004-06-11 18:00", "yiyuan/4.5")]
    county.at("2004-06-11 17:00")
    done(county, report, "principal", "ren", opinion="立即处置")
    assert lying(county, report) == [("explain", ["lu"])]
    county.at("2004-06-11 18:01")
    assert county.breaches(report) == [("yiyuan/4.5", "2004-06-11 18:00", "drafter")]
    county.lu.ReportHandling(name=county.step(report, "explain").name, text="已向唐副县长说明情况")
    assert walked(county, report) == ["draft", "principal", "explain"]
    assert county.tang.GetDocument(name=report.name).state == types_pb2.DOCUMENT_STATE_CLOSED


@pytest.mark.clause("yiyuan/4.6")
def test_a_report_says_what_is_proposed_and_is_read_by_the_office_first(office: Any) -> None:
    county = county_of(office, "2004-06-11 09:00")
    assert refused_draft(county, "jiao", "report_upward") == ("PROPOSAL_MISSING", "yiyuan/4.6")
    report = a_report(county, "jiao")
    assert lying(county, report) == [("read", ["meng"])]
    assert too_early(county, report, "opinion", "meng")[:2] == ("OFFICE_REVIEW_MISSING", "yiyuan/4.6")
    county.meng.SendBackStep(name=county.step(report, "read").name, reason="请补充依据")
    assert lying(county, report) == [("draft", ["jiao"])]
    county.jiao.SubmitDraft(name=report.name)
    done(county, report, "read", "meng")
    assert lying(county, report) == [("opinion", ["tang"])]
    followed = county.jiao.CreateDraft(kind="DOCUMENT_KIND_SUBMISSION", title="续报", document_class="report_upward",
                                       fields={"proposed_handling": "拟同意", "follows": report.name})  # fmt: skip
    county.jiao.SubmitDraft(name=followed.name)
    assert (walked(county, followed), lying(county, followed)) == (["draft"], [("read", ["meng"])])


@pytest.mark.clause("yiyuan/4.7")
def test_the_leader_in_charge_answers_within_five_working_days(office: Any) -> None:
    county = county_of(office, "2004-09-30 09:00")
    report, in_time = a_report(county, "jiao"), a_report(county, "jiao")
    county.at("2004-09-30 10:00")
    for each in (report, in_time):
        done(county, each, "read", "meng")
    assert dues(county.step(report, "opinion")) == [("2004-10-12 18:00", "yiyuan/4.7")]
    county.at("2004-10-12 17:59")
    done(county, in_time, "opinion", "tang")
    assert county.breaches(report) == []
    county.at("2004-10-12 18:01")
    assert county.breaches(report) == [("yiyuan/4.7", "2004-10-12 18:00", "leader_in_charge")]
    assert county.breaches(in_time) == []


@pytest.mark.clause("yiyuan/4.8")
def test_what_the_principal_leader_decides_is_answered_after_his_decision(office: Any) -> None:
    county = county_of(office, "2004-06-14 09:00")
    report = a_report(county, "jiao")
    done(county, report, "read", "meng")
    done(county, report, "opinion", "tang", opinion="主导意见：同意，请任县长定", important=True)
    county.at("2004-06-14 10:00")
    assert too_early(county, report, "answer", "tang")[:2] == ("ANSWER_BEFORE_DECISION", "yiyuan/4.8")
    done(county, report, "principal", "ren")
    assert lying(county, report) == [("answer", ["tang"])]
    done(county, report, "answer", "tang", opinion="按县长意见办理")
    assert county.jiao.GetDocument(name=report.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    ordinary = a_report(county, "jiao")
    done(county, ordinary, "read", "meng")
    done(county, ordinary, "opinion", "tang")
    assert (walked(county, ordinary), lying(county, ordinary)) == (["draft", "read", "opinion"], [])
