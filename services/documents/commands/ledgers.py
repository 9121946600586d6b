"""Views of ledgers that a person keeps, and exports that the worker makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.documents import store
from services.documents.commands.names import own_id
from services.documents.domain.listing import Wish
from services.documents.store import reads
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Missing, Stale
from services.kit.identity import may

READ = "documents:ledger:read"
EXPORT = "documents:document:export"


@dataclass(frozen=True, kw_only=True)
class SaveView(Command):
    display_name: str
    wish: Wish


@command(audit="documents.ledger_view.save")
def save_view(tx: Tx, cmd: SaveView) -> dict[str, Any]:
    """Keeps a filter under a name; the one that had the name is replaced."""
    may(cmd.caller, READ)
    person = cmd.caller.person
    before = reads.view_named(tx, person, cmd.display_name)
    row = {
        "person": person,
        "id": before.id if before is not None else ids.new(),
        "display_name": cmd.display_name,
        "wish": cmd.wish.stored(),
        "created_at": before.created_at if before is not None else tx.now,
    }
    tx.on_conflict("uq_ledger_views_tenant_person_display_name", Stale)  # the same name came twice at once
    tx.upsert(store.ledger_views, row)
    tx.audit("documents.ledger_view.save", f"ledgerViews/{row['id']}")
    return row


@dataclass(frozen=True, kw_only=True)
class DeleteView(Command):
    name: str


@command(audit="documents.ledger_view.delete")
def delete_view(tx: Tx, cmd: DeleteView) -> dict[str, Any]:
    """Deletes a view of the caller. Refuses Missing."""
    may(cmd.caller, READ)
    row = reads.view(tx, cmd.caller.person, own_id(cmd.name))
    if row is None:
        raise Missing()
    tx.delete(store.ledger_views, {"person": cmd.caller.person, "id": row.id})
    tx.audit("documents.ledger_view.delete", cmd.name)
    return dict(row._mapping)


@dataclass(frozen=True, kw_only=True)
class CreateExport(Command):
    wish: Wish


@command(audit="documents.ledger.export")
def create_export(tx: Tx, cmd: CreateExport) -> dict[str, Any]:
    """Lets the worker make a spreadsheet."""
    may(cmd.caller, EXPORT)
    row = {
        "id": ids.new(), "person": cmd.caller.person, "wish": cmd.wish.stored(), "state": "pending", "file_name": "", "sha256": "",
        "size": 0, "rows": 0, "attempts": 0, "created_at": tx.now, "next_at": tx.now, "finished_at": None, "expires_at": None,
    }  # fmt: skip
    tx.insert(store.exports, row)
    tx.audit("documents.ledger.export", f"ledgerExports/{row['id']}", details={"filter": cmd.wish.stored()})
    return row
