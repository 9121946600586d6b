"""The issue list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, queries_issuing
from services.documents.commands import issue_entries
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import issue_list_service_pb2, issue_list_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports


class IssueListService(issue_list_service_pb2_grpc.IssueListServiceServicer):
    """Keeps the documents that have to be issued."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def AddIssueEntry(self, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.IssueEntry:
        return self._run(issue_entries.add_issue_entry, issue_entries.AddIssueEntry, request, context)

    def RecordMeetingDecision(self, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.IssueEntry:
        return self._run(issue_entries.record_meeting_decision, issue_entries.RecordMeetingDecision, request, context)

    def UpdateIssueEntry(self, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.IssueEntry:
        return self._run(issue_entries.update_issue_entry, issue_entries.UpdateIssueEntry, request, context)

    def PressIssueEntry(self, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.IssueEntry:
        return self._run(issue_entries.press_issue_entry, issue_entries.PressIssueEntry, request, context)

    def CloseIssueEntry(self, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.IssueEntry:
        return self._run(issue_entries.close_issue_entry, issue_entries.CloseIssueEntry, request, context)

    def GetIssueEntry(self, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.IssueEntry:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return queries_issuing.get_entry(tx, request.name)

    def ListIssueEntries(self, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.ListIssueEntriesResponse:
        who = caller(context)
        asked = (request.state, request.lead_unit, request.superior_document, request.overdue_only)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("issue_entries", who.tenant, who.person, *asked), now=tx.now)
            shown, token = page.cut(queries_issuing.list_entries(tx, request, page), key=lambda row: (row.due, row.id))
            entries = queries_issuing.entry_lines(tx, shown)
        return issue_list_service_pb2.ListIssueEntriesResponse(entries=entries, next_page_token=token)

    def _run(self, use_case: Any, kind: Any, request: Any, context: grpc.ServicerContext) -> issue_list_service_pb2.IssueEntry:
        return run(self._ports, use_case, convert.command(kind, request, caller(context)), queries_issuing.entered_view)
