"""The issue list as people read it: an entry, and the list with the draft that is due first in front."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from services.documents import convert, store
from services.documents.commands.issue_entries import MANAGE
from services.documents.commands.issue_list import Entered
from services.documents.commands.names import document_id, own_id
from services.documents.domain.issuing import IssueEntry
from services.documents.store import issuing, visibility
from services.kit import deadline
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.pages import Page
from xiaoneng.documents.v1 import issue_list_service_pb2

if TYPE_CHECKING:
    from sqlalchemy import Row


def _mine(tx: Tx) -> Collection[str] | None:
    """The office that keeps the list sees all of it, everybody else the entries of his own units."""
    assert tx.caller is not None
    return None if MANAGE in tx.caller.permissions else tx.roster.units_of(tx.caller.person, tx.now)


def get_entry(tx: Tx, name: str) -> issue_list_service_pb2.IssueEntry:
    """An entry that the caller may see. Refuses Missing."""
    row = issuing.entry_row(tx, own_id(name), _mine(tx))
    if row is None:
        raise Missing()
    return entry_lines(tx, [row])[0]


def entered_view(done: Entered) -> issue_list_service_pb2.IssueEntry:
    """The reply of a command."""
    done.tx.flush()
    return _shown(done.tx, done.entry, deadline.of_subjects(done.tx, [done.entry.name])[done.entry.name])


def list_entries(tx: Tx, request: issue_list_service_pb2.ListIssueEntriesRequest, page: Page) -> Sequence[Row[Any]]:
    """The entries of a page. Refuses Missing for a document that the caller may not see."""
    superior = document_id(request.superior_document)
    if superior:
        visibility.ensure(tx, superior)
    state = convert.word(request, "state")
    overdue_at = tx.now if request.overdue_only else None
    return issuing.page_of_entries(tx, issuing.Filter(state, request.lead_unit, superior, overdue_at, _mine(tx)), page)


def entry_lines(tx: Tx, rows: Sequence[Row[Any]]) -> list[issue_list_service_pb2.IssueEntry]:
    """Entries with their limits."""
    entries = [store.issue_entry_of(row) for row in rows]
    found = deadline.of_subjects(tx, [entry.name for entry in entries])
    return [_shown(tx, entry, found[entry.name]) for entry in entries]


def _shown(tx: Tx, entry: IssueEntry, limits: Sequence[deadline.Deadline]) -> issue_list_service_pb2.IssueEntry:
    return convert.issue_entry(entry, Entered(tx, entry).rules, [deadline.view(limit) for limit in limits])
