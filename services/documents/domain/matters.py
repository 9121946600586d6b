"""Service matters: first asked, told once, accepted, decided by departments beside each other or in turn, done or refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.documents.domain.errors import MatterOver, NotHandedOver, NoticeGiven, PartNotOpen, PartsOpen


class MatterState(StrEnum):
    """How far a matter has come."""

    OPEN = "open"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    ACCEPTED_INCOMPLETE = "accepted_incomplete"
    DONE = "done"
    REFUSED = "refused"
    CLOSED = "closed"


OVER = frozenset({MatterState.DONE, MatterState.REFUSED, MatterState.CLOSED})
NOTICE_PARTS = ("procedure", "basis", "conditions", "cautions")


@dataclass
class Matter:
    """What somebody asks of the office. `parts` are what departments have to decide, in the order of the item."""

    id: str
    title: str
    visitor: str
    contact: str
    item: str
    duty: str
    first_asked: str
    handler: str
    unit: str
    created_at: datetime
    handed_to: str = ""
    department_named: str = ""
    state: str = MatterState.OPEN
    notice: dict[str, Any] = field(default_factory=dict)
    missing_papers: list[str] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    serial: bool = False
    reason: str = ""
    basis: str = ""
    result: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    involved: list[str] = field(default_factory=list)
    pins: dict[str, int] = field(default_factory=dict)
    due_at: datetime | None = None
    accepted_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"serviceMatters/{self.id}"

    @property
    def told(self) -> list[str]:
        """Which parts of the notice say something."""
        return [part for part in NOTICE_PARTS if self.notice.get(part)]

    @property
    def open_parts(self) -> list[dict[str, Any]]:
        """Parts that are not decided yet."""
        return [part for part in self.parts if not part["decided_at"]]

    def ensure_running(self, *states: MatterState) -> None:
        """Refuses MatterOver for one that has ended, or is not as far as the act asks for."""
        if self.state in OVER or (states and self.state not in states):
            raise MatterOver()

    def hand_over(self, colleague: str) -> None:
        """A colleague gets it; who was asked first answers for it until that is confirmed."""
        self.handed_to, self.state = colleague, MatterState.HANDED_OVER

    def confirm(self, person: str, unit: str) -> None:
        """The colleague has it. Refuses NotHandedOver."""
        if self.state != MatterState.HANDED_OVER or self.handed_to != person:
            raise NotHandedOver()
        self.handler, self.unit, self.handed_to, self.state = person, unit or self.unit, "", MatterState.OPEN

    def tell(self, notice: dict[str, Any]) -> None:
        """What is told is told once. Refuses MatterOver, NoticeGiven."""
        self.ensure_running()
        if self.notice:
            raise NoticeGiven()
        self.notice = notice

    def accept(self, missing: tuple[str, ...], departments: tuple[str, ...], serial: bool, at: datetime) -> None:
        """A request: the departments get their parts, at once or the first of them. Refuses MatterOver."""
        self.ensure_running(MatterState.OPEN)
        self.missing_papers, self.accepted_at, self.serial = list(missing), at, serial
        self.state = MatterState.ACCEPTED_INCOMPLETE if missing else MatterState.ACCEPTED
        moment = at.isoformat()
        self.parts = [
            {"unit": unit, "opened_at": "" if serial and n else moment, "decided_at": "", "person": "", "approved": False, "opinion": ""}
            for n, unit in enumerate(departments)
        ]

    def supply(self, papers: tuple[str, ...]) -> None:
        """Papers come in; with the last one it is complete. Refuses MatterOver."""
        self.ensure_running(MatterState.ACCEPTED, MatterState.ACCEPTED_INCOMPLETE)
        self.missing_papers = [paper for paper in self.missing_papers if paper not in papers]
        if not self.missing_papers:
            self.state = MatterState.ACCEPTED

    def decide(self, unit: str, person: str, approved: bool, opinion: str, at: datetime) -> None:
        """A department decides its part. Refuses MatterOver, PartNotOpen."""
        self.ensure_running(MatterState.ACCEPTED, MatterState.ACCEPTED_INCOMPLETE)
        part = next((p for p in self.parts if p["unit"] == unit and p["opened_at"] and not p["decided_at"]), None)
        if part is None:
            raise PartNotOpen()
        part |= {"decided_at": at.isoformat(), "person": person, "approved": approved, "opinion": opinion}
        waiting = next((p for p in self.parts if not p["opened_at"]), None)
        if waiting is not None:
            waiting["opened_at"] = at.isoformat()

    def complete(self, result: str, at: datetime) -> None:
        """Done. Refuses MatterOver, PartsOpen."""
        self.ensure_running(MatterState.ACCEPTED, MatterState.ACCEPTED_INCOMPLETE)
        if self.open_parts:
            raise PartsOpen()
        self.result = result
        self.end(MatterState.DONE, at)

    def end(self, state: MatterState, at: datetime) -> None:
        """It is over."""
        self.state, self.ended_at = state, at
