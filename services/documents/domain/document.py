"""公文: a document from registration or draft to close, and what may happen to it in which state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.documents.domain.errors import Classified, NotADraft, PreforwardedAlready, ReturnPending, WrongState
from services.documents.domain.numbering import Number


class Kind(StrEnum):
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    SUBMISSION = "submission"


class State(StrEnum):
    DRAFT = "draft"
    REGISTERED = "registered"
    RUNNING = "running"
    CLOSED = "closed"
    ENDED = "ended"
    RETURNED = "returned"
    VOID = "void"
    MERGED = "merged"


class Ledger(StrEnum):
    NONE = ""
    OPEN = "open"
    FED_BACK = "fed_back"
    CLOSED = "closed"


LABELS: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.REGISTERED: "已登记",
    State.RUNNING: "在办",
    State.CLOSED: "已办结",
    State.ENDED: "已终止",
    State.RETURNED: "已退文",
    State.VOID: "已作废",
    State.MERGED: "已合并",
}

# What may be written on a document of this network; everything else belongs on another one.
UNCLASSIFIED = frozenset({"", "公开", "内部", "非密"})
ALIVE = frozenset({State.DRAFT, State.REGISTERED, State.RUNNING})


@dataclass(frozen=True)
class Proposal:
    """拟办意见: what is to be done, by whom, until when."""

    handling_text: str = ""
    responsible_units: tuple[str, ...] = ()
    lead_unit: str = ""
    lead_reason: str = ""
    lead_leader: str = ""
    readers: tuple[str, ...] = ()
    completion_deadline: datetime | None = None
    feedback_deadline: datetime | None = None
    remark: str = ""
    proposer: str = ""
    submitted_at: datetime | None = None

    @property
    def lead(self) -> str:
        """The unit in the lead: the one named, or the only one."""
        if self.lead_unit:
            return self.lead_unit
        return self.responsible_units[0] if len(self.responsible_units) == 1 else ""


@dataclass
class Document:
    """A document. Its route is an instance of `kit.procedure`, kept beside it."""

    id: str
    kind: Kind
    title: str
    initiator: str
    initiating_unit: str
    created_at: datetime
    updated_at: datetime
    state: State = State.DRAFT
    body: str = ""
    sender: str = ""
    sender_number: str = ""
    sender_date: date | None = None
    document_type: str = ""
    document_class: str = ""
    medium: str = "electronic"
    urgency: str = "ordinary"
    source: str = ""
    matters: tuple[str, ...] = ()
    comprehensive: bool = False
    important: bool = False
    difficult: bool = False
    contains_request: bool = False
    pre_forwarded: bool = False
    # What packs want stated of it, as they declare it; plain JSON.
    fields: dict[str, Any] = field(default_factory=dict)
    registration_number: str = ""
    document_number: str = ""
    registered_at: datetime | None = None
    proposal: Proposal = field(default_factory=Proposal)
    ledger: Ledger = Ledger.NONE
    ledger_clause: str = ""
    lead_unit: str = ""
    # As filed: number, retention class, the year to which it belongs; read-only from then on.
    file_number: str = ""
    retention: str = ""
    file_year: int = 0
    filed_at: datetime | None = None
    # Year and place of its number, by which lists are sorted; 0 before it has one.
    ordinal: int = 0
    # When the matter is due as far as known: the stated limit, later that of the unit in the lead.
    due_at: datetime | None = None
    closed_at: datetime | None = None
    replied_at: datetime | None = None
    interim_replied_at: datetime | None = None
    issue_entry: str = ""
    implements: str = ""
    issuing: Mapping[str, Any] = field(default_factory=dict)
    overlap_percent: int | None = None
    merged_into: str = ""
    # It is to go back to its sender and waits for the consent that the rules ask for.
    returning: bool = False
    # The returned one that this one corrects, when its matter was handed in first, and a mark of its text.
    resubmits: str = ""
    first_at: datetime | None = None
    text_hash: str = ""
    end_reason: str = ""
    version: int = 1

    @property
    def name(self) -> str:
        return f"documents/{self.id}"

    @property
    def number(self) -> str:
        """The number by which people know it."""
        return self.document_number or self.registration_number

    @property
    def stated_limit(self) -> datetime | None:
        """The limit that holds for its handling."""
        return self.proposal.completion_deadline or self.proposal.feedback_deadline

    def ensure(self, *states: State) -> None:
        """Refuses WrongState unless the document is in one of these."""
        if self.state not in states:
            raise WrongState(state=LABELS[self.state])

    def ensure_draft_of(self, person: str) -> None:
        """Refuses NotADraft; what another drafts is his alone."""
        if self.state is not State.DRAFT or self.initiator != person:
            raise NotADraft()

    def classify(self, document_class: str, urgency: str, at: datetime) -> str:
        """Gives it a class (or another one); returns the one before."""
        self.ensure(State.REGISTERED, State.RUNNING)
        before, self.document_class = self.document_class, document_class
        self.urgency = urgency or self.urgency
        self._touch(at)
        return before

    def preforward(self, lead_unit: str, at: datetime) -> None:
        """先转办: a unit handles while the signatures run."""
        self.ensure(State.REGISTERED, State.RUNNING)
        if self.pre_forwarded:
            raise PreforwardedAlready()
        self.pre_forwarded = True
        self.lead_unit = lead_unit
        units = dict.fromkeys((*self.proposal.responsible_units, lead_unit))
        self.proposal = replace(self.proposal, responsible_units=tuple(units), lead_unit=lead_unit)
        self._touch(at)

    def propose(self, proposal: Proposal, at: datetime) -> None:
        """Takes the proposed handling; the limit that it states holds from now on."""
        self.proposal = proposal
        self.lead_unit = proposal.lead
        self.due_at = self.stated_limit
        self._touch(at)

    def decide(self, facts: Mapping[str, object], at: datetime) -> None:
        """Takes what an actor set while completing a step."""
        named = {name: facts[name] for name in _PROPOSAL_FACTS if name in facts}
        if named:
            lists = {name: tuple(value) for name, value in named.items() if isinstance(value, (list, tuple))}
            self.propose(replace(self.proposal, **{**named, **lists}), at)  # type: ignore[arg-type]
        for name in ("important", "difficult"):
            if name in facts:
                setattr(self, name, bool(facts[name]))
        self._touch(at)

    def start_route(self, at: datetime) -> None:
        self.ensure(State.DRAFT, State.REGISTERED, State.RUNNING)
        self.state = State.RUNNING
        self._touch(at)

    def state_fields(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is stated with these values beside the others; a value of None takes one away."""
        return {name: value for name, value in {**self.fields, **given}.items() if value is not None}

    def send_home(self, reason: str, at: datetime) -> None:
        """退文意见: it waits for consent to its return."""
        self.ensure(State.REGISTERED, State.RUNNING)
        if self.returning:
            raise ReturnPending()
        self.returning, self.end_reason = True, reason
        self._touch(at)

    def stay(self, at: datetime) -> None:
        """Its return was not consented to: it goes on."""
        self.returning, self.end_reason, self.state = False, "", State.REGISTERED
        self._touch(at)

    def fall_due(self, at: datetime | None) -> None:
        """The limit of its handling is known, or has moved."""
        self.due_at = at

    def enter_ledger(self, clause: str) -> None:
        """It has to be closed from now on (台账)."""
        if self.ledger is Ledger.NONE:
            self.ledger, self.ledger_clause = Ledger.OPEN, clause

    def feed_back(self, at: datetime) -> None:
        """A unit that does not close the entry has fed back."""
        if self.ledger is Ledger.OPEN:
            self.ledger = Ledger.FED_BACK
        self._touch(at)

    def close(self, at: datetime) -> None:
        """办结（销号）."""
        self.ensure(State.RUNNING)
        self.state, self.closed_at = State.CLOSED, at
        if self.ledger is not Ledger.NONE:
            self.ledger = Ledger.CLOSED
        self._touch(at)

    def end(self, state: State, reason: str, at: datetime, merged_into: str = "") -> None:
        """It ends without being done. Its number stays taken."""
        self.ensure(*ALIVE - {State.DRAFT})
        self.state, self.end_reason, self.merged_into = state, reason, merged_into
        self.ledger = Ledger.NONE
        self.closed_at = at
        self._touch(at)

    def issue(self, number: Number, at: datetime) -> None:
        self.document_number, self.ordinal = number.text, number.ordinal
        self._touch(at)

    def reply(self, interim: bool, at: datetime) -> None:
        if interim:
            self.interim_replied_at = at
        else:
            self.replied_at = at
        self._touch(at)

    def correct(self, values: Mapping[str, object], at: datetime) -> dict[str, tuple[object, object]]:
        """Puts other values in place of those registered; returns before and after of what changed."""
        changed = {name: (getattr(self, name), value) for name, value in values.items() if getattr(self, name) != value}
        for name, (_, value) in changed.items():
            setattr(self, name, value)
        self._touch(at)
        return changed

    def file(self, number: str, retention: str, year: int, at: datetime) -> None:
        """归档."""
        self.ensure(State.CLOSED)
        self.file_number, self.retention, self.file_year, self.filed_at = number, retention, year, at
        self._touch(at)

    def _touch(self, at: datetime) -> None:
        self.updated_at = at
        self.version += 1


_PROPOSAL_FACTS = ("readers", "responsible_units", "lead_unit", "lead_leader", "completion_deadline", "feedback_deadline")


def ensure_unclassified(secrecy: str) -> None:
    """Refuses a classified document at the door."""
    if secrecy.strip() not in UNCLASSIFIED:
        raise Classified(secrecy=secrecy.strip())
