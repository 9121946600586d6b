"""Requests to the issue list of documents."""

from __future__ import annotations

from datetime import timedelta

from services.kit.testing.builders.desk import Act, Builder, Desk, instant
from services.kit.testing.builders.documents import Paper, to_be_issued


def _entry(desk: Desk) -> str:
    """What has to be issued by the section."""
    return str(desk.do("registrar", "AddIssueEntry", title="关于河长制工作的实施意见", lead_unit=desk.unit("section")).name)


def add_issue_entry(desk: Desk) -> Act:
    about = {"title": "关于河长制工作的实施意见", "lead_unit": desk.unit("section"), "superior_document": Paper(desk).name}
    return Act("registrar", about)


def record_meeting_decision(desk: Desk) -> Act:
    about = {"title": "关于河长制工作的意见", "meeting_kind": "meeting", "meeting": "第三次会议", "evidence": "会议记录第12页"}
    ended = instant(desk.now - timedelta(hours=1))
    return Act("registrar", about | {"meeting_end_time": ended, "lead_unit": desk.unit("section")})


def update_issue_entry(desk: Desk) -> Act:
    return Act("registrar", {"name": _entry(desk), "marks": {"codes": ["urgent"]}, "reason": "主要领导要求"})


def press_issue_entry(desk: Desk) -> Act:
    return Act("registrar", {"name": _entry(desk), "text": "请抓紧报送"})


def close_issue_entry(desk: Desk) -> Act:
    entry = _entry(desk)
    document = to_be_issued(desk, issue_entry=entry)
    issued = desk.do("registrar", "IssueDocument", name=document, series=desk.cast.series)
    return Act("registrar", {"name": entry, "document_number": issued.document_number})


def get_issue_entry(desk: Desk) -> Act:
    return Act("registrar", {"name": _entry(desk)})


def list_issue_entries(desk: Desk) -> Act:
    document = Paper(desk).name
    desk.do("registrar", "AddIssueEntry", title="实施意见", superior_document=document, lead_unit=desk.unit("section"))
    return Act("registrar", {"superior_document": document})


BUILDERS: dict[str, Builder] = {
    "documents.IssueListService.AddIssueEntry": add_issue_entry,
    "documents.IssueListService.CloseIssueEntry": close_issue_entry,
    "documents.IssueListService.GetIssueEntry": get_issue_entry,
    "documents.IssueListService.ListIssueEntries": list_issue_entries,
    "documents.IssueListService.PressIssueEntry": press_issue_entry,
    "documents.IssueListService.RecordMeetingDecision": record_meeting_decision,
    "documents.IssueListService.UpdateIssueEntry": update_issue_entry,
}
