"""What the rules of a pack come to: the plain, frozen answers that services act on. No SQL, no clock, no YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from services.kit.errors import Citation
from services.kit.worktime import Budget

Facts = Mapping[str, Any]
Effect = Literal["refuse", "return", "finding"]

KINDS = (
    "procedure",
    "limit",
    "check",
    "cap",
    "signer",
    "approval",
    "visibility",
    "schedule",
    "notice",
    "ledger",
    "register",
    "matrix",
    "quorum",
    "ground",
)
LAYERS = ("defaults", "regulation", "campaign", "instruction")


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """Who is meant by a role here: posts, narrowed to a unit or a portfolio; or a person of the matter itself.

    A person holds the role who holds one of `posts`
    - anywhere in the tenant (`of` empty), or in a unit of one of `unit_kinds`;
    - in the unit that is asked about (`of="unit"`), or in the unit of whoever opened the matter (`of="initiator_unit"`);
    - and has the unit asked about in his portfolio (`of="portfolio"`).
    With `serves` it counts only where the unit that is asked about is of one of these kinds; elsewhere its fallback does.
    With `members` every member of these units holds it, whatever the post. With `initiator` it is the person who opened the matter, with
    `person` the person or persons whom that fact names, with `register` whom the entries of that shared register name. Where nobody is
    found, the first of `fallback` with a holder counts.
    """

    name: str
    label: str
    posts: tuple[str, ...] = ()
    unit_kinds: tuple[str, ...] = ()
    of: Literal["", "unit", "initiator_unit", "portfolio"] = ""
    serves: tuple[str, ...] = ()
    members: bool = False
    initiator: bool = False
    person: str = ""
    fallback: tuple[RoleDefinition, ...] = ()
    register: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: what happens at, before (`side` -1) or after (1) the due moment, and whom it is told.

    `at` is the moment itself on the platform's own terms: side 0 has no offset; otherwise `offset` is counted with the tenant's calendar.
    """

    do: Literal["warn", "breach", "notify", "escalate", "open_supervision", "propose_accountability"]
    side: int
    offset: Budget | None
    to: tuple[str, ...]
    citation: Citation
    text: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit that starts now. Exactly one of `budget` and `due_at` is set: a number of the text, or a date that the matter states.

    `until` names the event that ends it; empty: the end of what it was started for. `default_of` names a field for which the limit only
    offers a value. Nothing is ever stopped by a limit that has passed; `hard` tells 'must' from 'in principle' in statistics.
    """

    rule: str
    citation: Citation
    budget: Budget | None
    due_at: datetime | None
    ladder: tuple[Rung, ...]
    hard: bool = True
    until: str = ""
    default_of: str = ""
    label: str = ""
    # The moment from which it counts, where the matter states one; else when it starts.
    since: datetime | None = None
    # Role whose limit it is, where it is not that of whom the event is about.
    answerable: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the roles in their order; each may be represented by a delegate or not."""

    rule: str
    citation: Citation
    roles: tuple[str, ...]
    delegable: bool
    passes_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Whose consent is needed first: every one of `roles`, in this order; `fields` go with the request."""

    rule: str
    citation: Citation
    roles: tuple[str, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who may do `acts` (read, print, download, excerpt, forward) with a thing: holders of `roles` and parties of its route.

    For others it needs an approval; `reason` is what they are told. With the effect `finding` it is only kept that they did it.
    """

    rule: str
    citation: Citation
    acts: tuple[str, ...]
    roles: tuple[str, ...]
    parties: bool = True
    reason: str = ""
    effect: Effect = "refuse"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A duty that comes again: what the service does (`job`), when (`spec`, read by `worktime.Schedule.parse`), for whom."""

    rule: str
    citation: Citation
    job: str
    spec: Mapping[str, Any]
    to: tuple[str, ...] = ()
    text: str = ""
    label: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody is told that something happened; `text` is filled; `of` is the fact with the unit whose roles are meant."""

    rule: str
    citation: Citation
    to: tuple[str, ...]
    text: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """An entry in a ledger (台账): what it must say, and who closes it (销号)."""

    rule: str
    citation: Citation
    name: str
    label: str
    fields: tuple[str, ...]
    closed_by: str


@dataclass(frozen=True, slots=True)
class Derived:
    """Whom a column of a register names without anybody writing it: the holders of a role for a unit, or of the post in another column.

    The unit is that in the column `of`, or the one to which the entry belongs.
    """

    role: str = ""
    post: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class RegisterField:
    """A column of a register.

    What is `expected` may be left open and is a gap as long as it is. A person must hold the role `holds` for the unit of the entry, or
    have an entry in the register `listed`; `not_holding` and `not_listed` are the reasons for one who does not. A `derived` column follows
    the posts.
    """

    name: str
    label: str
    type: str
    required: bool = True
    values: tuple[str, ...] = ()
    expected: bool = False
    unit_kinds: tuple[str, ...] = ()
    holds: str = ""
    not_holding: str = ""
    listed: str = ""
    not_listed: str = ""
    derived: Derived | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """The columns with the first and the last day on which an entry counts."""

    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """An entry is owed anew for every period: its column names the year, `times` (read by `worktime.Schedule.parse`) says by when."""

    column: str
    times: Mapping[str, Any]
    since: date


@dataclass(frozen=True, slots=True)
class Register:
    """A list that an office must keep: liaison officers, responsible leaders for areas. How many per holder, who consents, what is a gap.

    `per` says to what an entry belongs: a unit (of `unit_kinds`, all if empty), the tenant, each value of `each` (with its Chinese
    `labels`), a person (`persons/…`; those owe one who hold the role `holders`), or an entry of the register `where`
    (`registrations/…`). With `where`, only holders of an entry in that other register, and persons whom it names. `gap` is the reason
    code that a holder with fewer than `least` gets in the gap report, overdue after `gap_after` where the text gives time; `expired` takes
    its place where an entry has run out, `incomplete` where one lacks what is expected. `over`, `outside`, `not_approved` and
    `not_maintained` are the reasons for one entry too many, one of a unit of another kind, one without consent, one made by
    somebody outside `maintained_by`. All are filled with `count`, `limit` and `holder`. With `read_by` only these roles read it, keepers
    what they entered themselves; `not_reader` is the reason for everybody else. A `shared` register is known to all services.
    """

    rule: str
    citation: Citation
    name: str
    label: str
    fields: tuple[RegisterField, ...]
    per: Literal["unit", "tenant", "each", "person", "entry"]
    unit_kinds: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    where: str = ""
    least: int = 0
    most: int | None = None
    over: str = ""
    gap: str = ""
    gap_after: Budget | None = None
    maintained_by: tuple[str, ...] = ()
    not_maintained: str = ""
    approved_by: tuple[str, ...] = ()
    not_approved: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    gap_citation: Citation | None = None
    approval_citation: Citation | None = None
    holders: str = ""
    outside: str = ""
    expired: str = ""
    incomplete: str = ""
    term: Term | None = None
    period: Period | None = None
    read_by: tuple[str, ...] = ()
    not_reader: str = ""
    shared: bool = False

    @property
    def reports_gaps(self) -> bool:
        """Whether somebody may stand in the gap report because of it."""
        return bool(self.gap or self.expired or self.incomplete)

    def cite_gap(self) -> Citation:
        """The article that demands enough entries."""
        return self.gap_citation or self.citation

    def cite_approval(self) -> Citation:
        """The article that demands consent."""
        return self.approval_citation or self.citation


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a matrix that applies: what it gives."""

    rule: str
    citation: Citation
    row: int
    gives: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quorum:
    """Which share of the entitled must be present or agree."""

    rule: str
    citation: Citation
    numerator: int
    denominator: int
    inclusive: bool
    met: bool
    counted: int
    entitled: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of accountability that the facts speak for. The platform proposes, people decide."""

    rule: str
    citation: Citation
    ground: str
    mode: Literal["propose", "manual"]
    to: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """An obligation of the regulation: how it is cited, its decisive words, whether its numbers were assumed by the pack's owner."""

    id: str
    article: str
    quote: str
    assumed: bool = False
    guidance: bool = False


@dataclass(frozen=True, slots=True)
class Binds:
    """Whom a pack binds: only units of these kinds, only these units; nothing of it applies to anybody else."""

    clause: str = ""
    unit_kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What a pack says about itself."""

    pack: str
    version: int
    title: str
    issuer: str
    document_number: str
    effective_from: date | None  # without one it is to be given a date before it can be put in force
    effective_to: date | None
    supersedes: tuple[str, ...]
    layer: Literal["defaults", "regulation", "campaign", "instruction"]
    owner: Mapping[str, str]
    tightens: str = ""
    binds_children: bool = False
    binds: Binds | None = None
    # Packs that are issued together and put in force as a whole, this one among them; empty: it stands alone.
    set: tuple[str, ...] = ()
