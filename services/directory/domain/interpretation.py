"""How a regulation is to be understood. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Interpretation:
    """What somebody entitled to it has said of a pack, or of one clause of it."""

    id: str
    pack: str
    clause: str
    text: str
    person: str
    unit: str
    created_at: datetime
    withdrawn_at: datetime | None = None
    withdraw_reason: str = ""
