"""Transmissions between offices: how far one has come, and which states may follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.documents.domain.errors import ArrivalAnswered, TransmissionAnswered


class TransmissionState(StrEnum):
    SENT = "sent"
    ARRIVED = "arrived"
    REGISTERED = "registered"
    REFUSED = "refused"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


ANSWERS = frozenset({TransmissionState.REGISTERED, TransmissionState.REFUSED, TransmissionState.WITHDRAWN})
STATE_LABELS = {
    TransmissionState.SENT: "已发出",
    TransmissionState.ARRIVED: "已送达",
    TransmissionState.REGISTERED: "已签收",
    TransmissionState.REFUSED: "已拒收",
    TransmissionState.WITHDRAWING: "撤回中",
    TransmissionState.WITHDRAWN: "已撤回",
}


@dataclass(frozen=True)
class Office:
    """An office of the installation, as much as others may know of it."""

    tenant: str
    display_name: str
    kind: str
    parent: str


def relation(mine: Office, other: Office) -> str:
    """Where `other` stands as seen from `mine`."""
    if mine.parent == other.tenant:
        return "superior"
    if other.parent == mine.tenant:
        return "subordinate"
    return "sibling" if mine.parent and mine.parent == other.parent else "other"


@dataclass(frozen=True)
class Transmission:
    """A document on its way, as its sender keeps it."""

    id: str
    document: str
    receiver: str
    receiver_name: str
    state: TransmissionState
    sender: str
    sent_at: datetime
    arrived_at: datetime | None = None
    answered_at: datetime | None = None
    reason: str = ""
    citation: dict[str, Any] | None = None
    findings: list[dict[str, Any]] | None = None
    acknowledged_at: datetime | None = None

    @property
    def name(self) -> str:
        """Resource name."""
        return f"transmissions/{self.id}"

    @property
    def answered(self) -> bool:
        """Whether the receiver has said what becomes of it."""
        return self.state in ANSWERS

    def ensure_open(self) -> None:
        """Refuses TransmissionAnswered."""
        if self.answered:
            raise TransmissionAnswered(state=STATE_LABELS[self.state])


@dataclass(frozen=True)
class Arrival:
    """What another office delivered. The document that it becomes has the same id."""

    id: str
    sending_tenant: str
    sender: str
    sender_number: str
    sender_date: date | None
    title: str
    body: str
    document_type: str
    urgency: str
    note: str
    state: TransmissionState
    arrived_at: datetime
    answerer: str = ""
    answered_at: datetime | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """Resource name."""
        return f"arrivals/{self.id}"

    @property
    def transmission(self) -> str:
        """Resource name of the transmission at its sender."""
        return f"transmissions/{self.id}"

    @property
    def waiting(self) -> bool:
        """Whether nobody has answered it."""
        return self.state is TransmissionState.ARRIVED

    def ensure_waiting(self) -> None:
        """Refuses ArrivalAnswered."""
        if not self.waiting:
            raise ArrivalAnswered(state=STATE_LABELS[self.state])
