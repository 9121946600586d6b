"""The outbox: what has happened is written in the transaction that caused it, and relayed afterwards.

`Tx.emit(Event(...))` writes the row; nothing else publishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from google.protobuf.message import Message


@dataclass(frozen=True)
class Event:
    """What a command tells the world. `Tx.emit` adds id, tenant, time, actor and the version of the subject.

    `type` is without the prefix `cn.xiaoneng.`; `data` the message that the catalogue names for it; `unit` the unit of
    the office that it concerns; `clause` the article's entry where a rule caused it; `receivers` the tenants for which
    handlers run when they are others than the tenant of the transaction; `time` when it happened, if not now.
    """

    type: str
    subject: str
    data: Message
    unit: str | None = None
    clause: str | None = None
    receivers: tuple[str, ...] = ()
    time: datetime | None = None
