"""Requests to ledgers, exports, grants and the search of documents."""

from __future__ import annotations

from datetime import timedelta

from services.kit import ids
from services.kit.testing.builders.desk import Act, Builder, Desk, instant
from services.kit.testing.builders.documents import Paper


def save_ledger_view(desk: Desk) -> Act:
    return Act(
        "registrar", {"display_name": f"本科室逾期件{ids.new()[-8:]}", "filter": {"view": "LEDGER_VIEW_SUPERVISED", "overdue": True}}
    )


def list_ledger_views(desk: Desk) -> Act:
    return Act("registrar")


def delete_ledger_view(desk: Desk) -> Act:
    act = save_ledger_view(desk)
    return Act("registrar", {"name": desk.do("registrar", "SaveLedgerView", **act.request).name})


def create_ledger_export(desk: Desk) -> Act:
    return Act("registrar", {"filter": {"view": "LEDGER_VIEW_INCOMING"}})


def download_ledger_export(desk: Desk) -> Act:
    Paper(desk)
    name = desk.do("registrar", "CreateLedgerExport", filter={"view": "LEDGER_VIEW_INCOMING"}).name
    desk.settle()
    desk.pass_time(timedelta(minutes=1))
    return Act("registrar", {"name": name})


def search_documents(desk: Desk) -> Act:
    Paper(desk)
    return Act("registrar", {"text": "防汛工作", "filter": {"view": "LEDGER_VIEW_INCOMING"}})


def grant_access(desk: Desk) -> Act:
    until = instant(desk.now + timedelta(days=30))
    grantee = {"unit": desk.unit("other_section"), "post": "unit_head"}
    return Act("registrar", {"grantee": grantee, "document": Paper(desk).name, "end_time": until, "reason": "协同办理"})


def revoke_access(desk: Desk) -> Act:
    name = desk.do("registrar", "GrantAccess", **grant_access(desk).request).name
    return Act("registrar", {"name": name, "reason": "已办结"})


def list_access_grants(desk: Desk) -> Act:
    granted = desk.do("registrar", "GrantAccess", **grant_access(desk).request)
    return Act("registrar", {"scope": "GRANT_SCOPE_GIVEN", "document": granted.document})


BUILDERS: dict[str, Builder] = {
    "documents.GrantService.GrantAccess": grant_access,
    "documents.GrantService.ListAccessGrants": list_access_grants,
    "documents.GrantService.RevokeAccess": revoke_access,
    "documents.LedgerService.CreateLedgerExport": create_ledger_export,
    "documents.LedgerService.DeleteLedgerView": delete_ledger_view,
    "documents.LedgerService.DownloadLedgerExport": download_ledger_export,
    "documents.LedgerService.ListLedgerExports": list_ledger_views,
    "documents.LedgerService.ListLedgerViews": list_ledger_views,
    "documents.LedgerService.SaveLedgerView": save_ledger_view,
    "documents.SearchService.SearchDocuments": search_documents,
}
