"""What takes a document out of the hands of its readers, and the permits for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.documents.domain.errors import PermitDecided


class CopyAct(StrEnum):
    PRINT = "print"
    DOWNLOAD = "download"
    EXCERPT = "excerpt"
    FORWARD = "forward"


class PermitState(StrEnum):
    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"


@dataclass
class Permit:
    """For a person, a document and certain acts; asked for, then granted or not."""

    id: str
    document: str
    person: str
    acts: tuple[str, ...]
    reason: str
    asked_at: datetime
    roles: tuple[str, ...] = ()
    clause: str = ""
    state: PermitState = PermitState.PENDING
    decider: str = ""
    decision: str = ""
    decided_at: datetime | None = None
    expires_at: datetime | None = None
    uses_left: int = 0

    @property
    def name(self) -> str:
        return f"documents/{self.document}/permits/{self.id}"

    def decide(self, granted: bool, person: str, decision: str, at: datetime, uses: int, expires_at: datetime | None) -> None:
        if self.state is not PermitState.PENDING:
            raise PermitDecided()
        self.state = PermitState.GRANTED if granted else PermitState.REJECTED
        self.decider, self.decision, self.decided_at = person, decision, at
        self.uses_left, self.expires_at = (uses, expires_at) if granted else (0, None)

    def serves(self, act: str, at: datetime) -> bool:
        """Says whether it may be used for this act now."""
        alive = self.expires_at is None or at <= self.expires_at
        return self.state is PermitState.GRANTED and act in self.acts and self.uses_left > 0 and alive

    def use(self) -> None:
        self.uses_left -= 1


def first_to_use(permits: Iterable[Permit], act: str, at: datetime) -> Permit | None:
    """Of the permits that serve, the one that ends first."""
    serving = [permit for permit in permits if permit.serves(act, at)]
    return min(serving, key=lambda p: (p.expires_at is None, p.expires_at or at, p.asked_at), default=None)
