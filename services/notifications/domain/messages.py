"""A message before it is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from services.kit.errors import Citation
from services.notifications.domain.delivery import MessageKind


@dataclass(frozen=True)
class Draft:
    """What is to be told to one person. `cause` is what makes it one: the same cause reaches a person once."""

    person: str
    kind: MessageKind
    cause: str
    text: str
    planned_at: datetime
    subject: str = ""
    deadline: str = ""
    link: str = ""
    citation: dict[str, Any] = field(default_factory=dict)
    merged: tuple[datetime, ...] = ()


def link_to(subject: str) -> str:
    """Path of the page that shows a subject or an item; the to-do list without one."""
    parts = subject.split("/")
    return f"/{parts[0]}/{parts[1]}" if len(parts) > 1 else "/todos"


def citation_data(citation: Citation | None) -> dict[str, Any]:
    """A citation as it is stored; empty without one."""
    return asdict(citation) if citation else {}
