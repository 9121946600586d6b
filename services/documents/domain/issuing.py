"""发文清单: the documents that have to be issued, and how much of a draft stands in what it implements. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.documents.domain.errors import EntryEnded, NotYetIssuedHere


class Origin(StrEnum):
    SUPERIOR = "superior"
    MEETING = "meeting"


class IssueState(StrEnum):
    OPEN = "open"
    DELIVERED = "delivered"
    ISSUED = "issued"
    CLOSED = "closed"


@dataclass
class IssueEntry:
    """A document that has to be issued: who drafts it, until when, and how far it is."""

    id: str
    title: str
    origin: Origin
    lead_unit: str
    created_at: datetime
    creator: str
    superior_document: str = ""
    superior_number: str = ""
    stated_due_at: datetime | None = None
    marks: tuple[str, ...] = ()
    meeting_kind: str = ""
    meeting: str = ""
    meeting_ended_at: datetime | None = None
    # Of the meeting's own event: the same one never makes two entries.
    matter: str = ""
    evidence: str = ""
    state: IssueState = IssueState.OPEN
    draft: str = ""
    document_number: str = ""
    received_at: datetime | None = None
    draft_due_at: datetime | None = None
    delivered_at: datetime | None = None
    issued_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    press_count: int = 0
    pressed_at: datetime | None = None
    clause: str = ""
    pins: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"issueEntries/{self.id}"

    @property
    def since(self) -> datetime:
        """When its clocks begin: the end of the meeting, whenever that is recorded."""
        return self.meeting_ended_at or self.created_at

    def ensure(self, *states: IssueState) -> None:
        """Refuses EntryEnded unless the entry is in one of these."""
        if self.state not in states:
            raise EntryEnded()

    def facts(self) -> dict[str, Any]:
        """What rules may know of it."""
        return {
            "on_issue_list": True,
            "issue_title": self.title,
            "issue_origin": str(self.origin),
            "issue_marks": list(self.marks),
            "issue_lead_unit": self.lead_unit or None,
            "issue_state": str(self.state),
            "superior_document": self.superior_document or None,
            "meeting_kind": self.meeting_kind or None,
            "meeting_ended_at": self.meeting_ended_at,
            "stated_due": self.stated_due_at,
            "draft_due": self.draft_due_at,
            "issued_number": self.document_number or None,
        }

    def summary(self) -> dict[str, Any]:
        """What its documents keep of it, so that their rules need not ask for it."""
        found = {"origin": str(self.origin), "marks": list(self.marks), "meeting_kind": self.meeting_kind, "lead_unit": self.lead_unit}
        return {name: value for name, value in found.items() if value}

    def receive(self, at: datetime) -> None:
        """The lead unit has the superior's document."""
        self.received_at = self.received_at or at

    def deliver(self, at: datetime) -> None:
        """The draft is with the office."""
        self.state, self.delivered_at = IssueState.DELIVERED, at

    def release(self) -> None:
        """Its draft came to nothing: it waits for another one."""
        self.state, self.draft, self.delivered_at = IssueState.OPEN, "", None

    def issue(self, number: str, at: datetime) -> None:
        self.state, self.document_number, self.issued_at = IssueState.ISSUED, number, at
        self.delivered_at = self.delivered_at or at

    def press(self, at: datetime) -> None:
        self.ensure(IssueState.OPEN)
        self.press_count, self.pressed_at = self.press_count + 1, at

    def close(self, number: str, by: str, at: datetime) -> None:
        """销号, against the number of its own document. Refuses NotYetIssuedHere, EntryEnded."""
        if self.state is IssueState.CLOSED:
            raise EntryEnded()
        if self.state is not IssueState.ISSUED or number != self.document_number:
            raise NotYetIssuedHere(number=number)
        self.state, self.closed_at, self.closed_by = IssueState.CLOSED, at, by


SHINGLE = 8


def overlap_percent(draft: str, superior: str) -> int | None:
    """How much of a draft stands word for word in the text that it implements: characters in common runs, in percent.

    Blanks, punctuation and full- or half-width make no difference. None where one of them has no text.
    """
    mine, theirs = _plain(draft), _plain(superior)
    if len(mine) < SHINGLE or len(theirs) < SHINGLE:
        return None
    known = {theirs[at : at + SHINGLE] for at in range(len(theirs) - SHINGLE + 1)}
    covered = 0
    end = 0
    for at in range(len(mine) - SHINGLE + 1):
        if mine[at : at + SHINGLE] in known:
            covered += at + SHINGLE - max(end, at)
            end = at + SHINGLE
    return covered * 100 // len(mine)


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign)[0] in "LN")
