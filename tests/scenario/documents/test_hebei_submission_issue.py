"""河北区政府：会议审议通过后的印发时限，按市政府要求上报."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.issuing import category, district, done, edited, submitted
from tests.scenario.documents.scene import Scene, moment


def passed(d: Scene, ended: str, kind: str, *marks: str) -> Any:
    """What a meeting passed, as the office records it."""
    about = {"title": "关于住房保障的实施意见", "meeting": "第21次会议", "lead_unit": "housing", "evidence": "会议纪要"}
    return d.clerk.RecordMeetingDecision(meeting_kind=kind, meeting_end_time=moment(ended), marks=list(marks), **about)


def issue_breaches(d: Scene, entry: Any) -> list[tuple[str, str]]:
    """Clause and moment of the breaches of the limits of issue."""
    return [(clause, at) for clause, at, _ in d.breaches(entry) if clause.startswith("hebei-doc/14")]


@pytest.mark.clause("hebei-doc/14.1")
def test_a_normative_document_is_issued_within_five_days_of_the_meeting(office: Any) -> None:
    d = district(office, "2018-09-28 17:30")
    entry = passed(d, "2018-09-28 17:30", "executive_meeting", "normative", "unchanged")
    d.at("2018-10-10 17:59")
    assert issue_breaches(d, entry) == []
    d.at("2018-10-10 18:01")
    assert issue_breaches(d, entry) == [("hebei-doc/14.1", "2018-10-10 18:00")]


@pytest.mark.clause("hebei-doc/14.2")
def test_what_is_passed_unchanged_is_issued_within_five_days_of_the_meeting(office: Any) -> None:
    d = district(office, "2018-12-27 16:00")
    entry = passed(d, "2018-12-27 16:00", "mayors_office_meeting", "unchanged")
    d.at("2019-01-04 17:59")
    assert issue_breaches(d, entry) == []
    d.at("2019-01-04 18:01")
    assert issue_breaches(d, entry) == [("hebei-doc/14.2", "2019-01-04 18:00")]


@pytest.mark.clause("hebei-doc/14.2")
def test_what_is_changed_is_issued_within_five_days_of_the_revised_draft(office: Any) -> None:
    d = district(office, "2018-07-09 16:00")
    entry = passed(d, "2018-07-09 16:00", "mayors_office_meeting", "larger_changes")
    about = {
        "kind": "DOCUMENT_KIND_OUTGOING",
        "title": "关于住房保障的实施意见",
        "document_type": "yijian",
        "body": "修改稿。",
        "fields": {"issuer": "district_government_office"},
    }
    draft = d.jia.CreateDraft(**about, issue_entry=entry.name)
    d.jia.AddRecord(name=draft.name, kind="opinion_coordination", text="已与财政局协调一致")
    d.jia.SubmitDraft(name=draft.name)
    d.at("2018-07-11 10:00")
    done(d, draft, "principal", "fang")
    d.at("2018-07-18 17:59")
    assert issue_breaches(d, entry) == []
    d.at("2018-07-18 18:01")
    assert issue_breaches(d, entry) == [("hebei-doc/14.2", "2018-07-18 18:00")]


@pytest.mark.clause("hebei-sup/2-1-2-5.1")
def test_the_report_is_with_the_city_by_its_date(office: Any) -> None:
    d = district(office, "2018-10-09 09:00")
    report = submitted(d, said=category("to_city_government", superior_due="2018-10-12T18:00:00+08:00"))
    edited(d, report)
    done(d, report, d.opened(report)[0].step, "zhang")
    assert [(step.role, list(step.persons)) for step in d.opened(report)] == [("district_mayor", ["mayor"])]
    d.at("2018-10-12 17:59")
    assert [breach for breach in d.breaches(report) if breach[0].startswith("hebei-sup")] == []
    d.at("2018-10-12 18:01")
    late = [breach for breach in d.breaches(report) if breach[0].startswith("hebei-sup")]
    assert late == [("hebei-sup/2-1-2-5.1", "2018-10-12 18:00", "district_mayor")]
