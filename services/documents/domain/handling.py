"""What responsible units do with a document: dispatch, material, reports, feedback, more time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.documents.domain.errors import ExtensionDecided, MaterialSupplied


@dataclass(frozen=True)
class Dispatch:
    """调度部署: how the lead unit divided the work."""

    id: str
    document: str
    unit: str
    units: tuple[str, ...]
    text: str
    person: str
    recorded_at: datetime


@dataclass
class Material:
    """Material that one unit asks of another."""

    id: str
    document: str
    requesting_unit: str
    unit: str
    text: str
    requester: str
    requested_at: datetime
    due_at: datetime | None = None
    answer: str = ""
    supplier: str = ""
    supplied_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"documents/{self.document}/materials/{self.id}"

    def supply(self, answer: str, person: str, at: datetime) -> None:
        """Late material is taken as well; it counts as late."""
        if self.supplied_at is not None:
            raise MaterialSupplied()
        self.answer, self.supplier, self.supplied_at = answer, person, at


@dataclass(frozen=True)
class Report:
    """A report to the leader in charge."""

    id: str
    document: str
    unit: str
    text: str
    person: str
    reported_at: datetime


@dataclass(frozen=True)
class Feedback:
    """办结反馈 of a responsible unit."""

    id: str
    document: str
    step: str
    unit: str
    lead: bool
    result_text: str
    measures: str
    dispatch_text: str
    evidence: tuple[str, ...]
    completed: bool
    person: str
    submitted_at: datetime
    margin_seconds: int = 0


class ExtensionState(StrEnum):
    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"


@dataclass
class Extension:
    """A request for more time; the old due moment stays in it."""

    id: str
    document: str
    step: str
    unit: str
    deadline: str
    old_due_at: datetime
    new_due_at: datetime
    reason: str
    requester: str
    requested_at: datetime
    consenting_unit: str
    roles: tuple[str, ...] = ()
    clause: str = ""
    state: ExtensionState = ExtensionState.PENDING
    decider: str = ""
    decision: str = ""
    decided_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"documents/{self.document}/extensions/{self.id}"

    def decide(self, granted: bool, person: str, reason: str, at: datetime) -> None:
        if self.state is not ExtensionState.PENDING:
            raise ExtensionDecided()
        self.state = ExtensionState.GRANTED if granted else ExtensionState.REJECTED
        self.decider, self.decision, self.decided_at = person, reason, at
