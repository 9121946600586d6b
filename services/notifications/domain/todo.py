"""待办: what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

NEVER = datetime(9999, 12, 30, tzinfo=UTC)
"""Sorts items without a due moment behind all others."""


class Kind(StrEnum):
    """What has to be done."""

    ACTION = "action"
    READING = "reading"


class State(StrEnum):
    """Where an item stands, for its service and for one of its persons."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Urgency(IntEnum):
    """How pressing an item is."""

    ORDINARY = 1
    URGENT = 2
    SPECIALLY_URGENT = 3


@dataclass(frozen=True)
class WorkItem:
    """One thing that somebody has to do or to read, as its service last told it."""

    item: str
    subject: str
    service: str
    kind: Kind
    state: State
    persons: tuple[str, ...]
    arrived_at: datetime
    title: str = ""
    number: str = ""
    step: str = ""
    unit: str = ""
    role: str = ""
    urgency: Urgency = Urgency.ORDINARY
    due_at: datetime | None = None
    provisional: bool = False
    citation: dict[str, Any] = field(default_factory=dict)
    remark: str = ""
    delegable: bool = True
    ended_by: str = ""
    ended_for: str = ""
    ended_at: datetime | None = None
    deadline: str = ""
    limit_label: str = ""

    def __post_init__(self) -> None:
        if self.state is State.OPEN and not self.persons:
            raise ValueError(f"{self.item} is open and lies with nobody")
        if (self.state is State.OPEN) == (self.ended_at is not None):
            raise ValueError(f"{self.item} is {self.state} and {'has' if self.ended_at else 'has not'} ended")

    @property
    def sort_at(self) -> datetime:
        """Its place in the list: the due moment, behind everything without one."""
        return self.due_at or NEVER

    def fate_for(self, person: str) -> State:
        """How the item stands in the list of one of its persons: done for who did it or for whom it was done, gone for the others."""
        if self.state is State.DONE and person not in (self.ended_by, self.ended_for):
            return State.CANCELLED
        return self.state

    @property
    def concerned(self) -> tuple[str, ...]:
        """Everybody whose list shows or showed it, whoever ended it included."""
        enders = [person for person in (self.ended_for or self.ended_by,) if person]
        return tuple(dict.fromkeys([*self.persons, *enders]))
