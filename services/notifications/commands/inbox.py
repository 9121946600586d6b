"""Reading messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from services.kit.db.command import Command, command
from services.notifications import store
from services.notifications.domain.errors import MessageMissing

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


@dataclass(frozen=True, kw_only=True)
class MarkMessageRead(Command):
    """The caller has read a message."""

    message_id: str


@command(audit="notifications.message.read")
def mark_message_read(tx: Tx, cmd: MarkMessageRead) -> dict[str, Any]:
    """Records that the caller has read a message; reading twice changes nothing. Refuses: MessageMissing."""
    row: Row[Any] | None = store.message_of(tx, cmd.message_id, cmd.caller.person)
    if row is None:
        raise MessageMissing()
    read_at = row.read_at or tx.now
    if row.read_at is None:
        tx.update(store.messages, {"id": row.id}, {"read_at": read_at})
    return {**row._mapping, "read_at": read_at}
