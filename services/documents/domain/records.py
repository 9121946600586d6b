"""A dated record on a document, of a kind that a pack declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# What rules can say about the text of a record: its beginning.
_SEEN = 2000


@dataclass(frozen=True)
class Record:
    """登记事项. What was withdrawn stays, and counts no more."""

    id: str
    document: str
    kind: str
    unit: str
    persons: tuple[str, ...]
    text: str
    recorder: str
    recorded_at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    withdrawn_by: str = ""
    withdraw_reason: str = ""
    withdrawn_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"documents/{self.document}/records/{self.id}"

    def noted(self) -> dict[str, Any]:
        """What rules see of it, as JSON: kept with the document, so that no rule needs another question."""
        return {
            "id": self.id,
            "kind": self.kind,
            "unit": self.unit,
            "persons": list(self.persons),
            "text": self.text[:_SEEN],
            "fields": dict(self.fields),
            "recorder": self.recorder,
            "recorded_at": self.recorded_at.isoformat(),
        }


def from_noted(document: str, kept: Mapping[str, Any]) -> Record:
    """A record as rules see it, from what is kept with its document."""
    values = {**kept, "persons": tuple(kept["persons"]), "recorded_at": datetime.fromisoformat(kept["recorded_at"])}
    return Record(document=document, **values)
