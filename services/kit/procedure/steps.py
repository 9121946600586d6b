"""The parts of a running procedure: steps, who acted, what they said, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class StepState(StrEnum):
    """Where a step stands. Only OPEN can be acted on."""

    OPEN = "open"
    WAITING = "waiting"  # open, but a signer added before it comes first
    MERGED = "merged"  # the party has its task in another branch
    DONE = "done"
    SKIPPED = "skipped"  # its condition did not hold
    SENT_BACK = "sent_back"  # its actor sent the matter back
    TAKEN_BACK = "taken_back"  # its actor took it back before the next one had opened it
    WITHDRAWN = "withdrawn"  # removed by somebody's sending or taking back, or by another division of work
    LAPSED = "lapsed"  # the matter was closed without it


# The verdict of whoever does not decide himself but asks the next level to (转请审批).
ONWARD = "pass_on"
ACTIVE = frozenset({StepState.OPEN, StepState.WAITING})
SETTLED = frozenset({StepState.DONE, StepState.SKIPPED})


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, perhaps for another one whose delegate this person is."""

    person: str
    acting_for: str = ""

    @property
    def persons(self) -> frozenset[str]:
        return frozenset(filter(None, (self.person, self.acting_for)))


@dataclass(frozen=True)
class Outcome:
    """What an actor says when completing a step."""

    verdict: str = ""
    opinion: str = ""
    differing: bool = False
    objection: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)
    # Step to which the actor wants the matter to go on; refused unless the route goes there.
    forward_to: str = ""


@dataclass(frozen=True)
class Step:
    """One step of one party in one generation. Never deleted: history is the list of steps."""

    id: str
    step: str
    generation: int
    state: StepState
    opened_at: datetime
    role: str = ""
    unit: str = ""
    person: str = ""
    party: str = ""
    lead: bool = False
    # False: a later sending back, taking back or new generation took its place.
    current: bool = True
    remark: str = ""
    added_to: str = ""
    merged_into: str = ""
    opened_by: str = ""
    seen_at: datetime | None = None
    ended_at: datetime | None = None
    done_by: str = ""
    done_for: str = ""
    verdict: str = ""
    opinion: str = ""
    differing: bool = False
    objection: bool = False
    reason: str = ""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def actors(self) -> frozenset[str]:
        return frozenset(filter(None, (self.done_by, self.done_for)))

    def ended(self, state: StepState, at: datetime, reason: str = "") -> "Step":
        return replace(self, state=state, ended_at=at, reason=reason or self.reason)


@dataclass(frozen=True)
class Objection:
    """An objection that keeps `blocks` from being acted on until it is decided."""

    raised_at_step: str
    blocks: tuple[str, ...]
    by: str
    raised_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.decided_at is None


@dataclass
class Changes:
    """What an act changed. Each list holds the steps as they are now."""

    opened: list[Step] = field(default_factory=list)
    completed: list[Step] = field(default_factory=list)
    skipped: list[Step] = field(default_factory=list)
    sent_back: list[Step] = field(default_factory=list)
    taken_back: list[Step] = field(default_factory=list)
    withdrawn: list[Step] = field(default_factory=list)
    lapsed: list[Step] = field(default_factory=list)
    # Open steps that are not needed any more, by what is known now.
    left_out: list[Step] = field(default_factory=list)
    merged: list[Step] = field(default_factory=list)
    transferred: list[Step] = field(default_factory=list)
    seen: list[Step] = field(default_factory=list)
    # Waiting steps that can be acted on now, and steps that started to wait.
    resumed: list[Step] = field(default_factory=list)
    paused: list[Step] = field(default_factory=list)
    # Steps that stay as they were but no longer count (done before a sending back).
    superseded: list[Step] = field(default_factory=list)
    objected: list[Objection] = field(default_factory=list)
    decided: list[Objection] = field(default_factory=list)
    closed: bool = False
    ended: bool = False

    def touched(self) -> list[Step]:
        """Every step that has to be stored, as it is now."""
        last: dict[str, Step] = {}
        for name in _LISTS:
            for step in getattr(self, name):
                last[step.id] = step
        return list(last.values())


_LISTS = (
    "opened", "completed", "skipped", "sent_back", "taken_back", "withdrawn", "lapsed", "left_out",
    "merged", "transferred", "seen", "resumed", "paused", "superseded",
)  # fmt: skip
