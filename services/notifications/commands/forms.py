"""Half-filled forms of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.kit.db.command import Command, command
from services.notifications import store

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


@dataclass(frozen=True, kw_only=True)
class KeepForm(Command):
    """What the caller has filled in so far."""

    form: str
    content: str


@dataclass(frozen=True, kw_only=True)
class DiscardForm(Command):
    """A form that the caller has sent, or does not want any more."""

    form: str


@command(audit="notifications.form.keep")
def keep_form(tx: Tx, cmd: KeepForm) -> dict[str, Any]:
    """Keeps a form of the caller in place of what was kept before."""
    row = {"person": cmd.caller.person, "form": cmd.form, "content": cmd.content, "kept_at": tx.now}
    tx.upsert(store.kept_forms, row)
    return row


@command(audit="notifications.form.discard")
def discard_form(tx: Tx, cmd: DiscardForm) -> dict[str, Any]:
    """Discards a form of the caller; nothing happens where nothing is kept."""
    tx.delete(store.kept_forms, {"person": cmd.caller.person, "form": cmd.form})
    return {"form": cmd.form, "content": "", "kept_at": None}
