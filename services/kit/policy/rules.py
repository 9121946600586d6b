"""The rules of a pack, compiled: one class per kind, each with its evaluator. Pure.

Guards (`check`, `cap`, `signer`, `approval`, `quorum`) are asked before an operation is done and say what is not met; the others answer
what holds: which route, which limit, who is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.kit.errors import Citation
from services.kit.policy.conditions import ALWAYS, Condition, Facts, is_there, many, size
from services.kit.policy.model import (
    Approval,
    Effect,
    Ground,
    Ledger,
    Limit,
    Notice,
    Quorum,
    Register,
    Row,
    Rung,
    Schedule,
    Signer,
    Visibility,
)
from services.kit.policy.predicates import Predicate
from services.kit.procedure.template import Procedure
from services.kit.worktime import Budget, Calendar

Details = dict[str, Any]

# Under which name a service's facts give the name of a unit or person: `name:<id>`.
NAMES = "name:"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`else`: what follows when a demand is not met."""

    effect: Effect
    reason: str
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What all rules have. `source` is the rule as the pack writes it."""

    id: str
    kind: str
    citation: Citation
    on: tuple[str, ...] = ()
    when: Condition = ALWAYS
    hard: bool = True
    label: str = ""
    also: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    tightens: str = ""
    source: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Identifies the rule among all packs: `<pack>:<rule>`."""
        return f"{self.citation.pack}:{self.id}"

    @property
    def clauses(self) -> tuple[str, ...]:
        """All clauses that rest on this rule."""
        return (self.citation.clause, *self.also)

    def applies(self, facts: Facts) -> bool:
        """Says whether `when` holds."""
        return self.when.holds(facts)


@dataclass(frozen=True, kw_only=True)
class Guard(Rule):
    """A rule that is asked before an operation is done."""

    refusal: Refusal

    def unmet(self, facts: Facts, calendar: Calendar | None) -> Details | None:
        """What the text of the refusal may tell beside the facts; None when the demand is met."""
        raise AssertionError("every guard says what it demands")


@dataclass(frozen=True, kw_only=True)
class CheckRule(Guard):
    """A demand about facts."""

    require: Predicate

    def unmet(self, facts: Facts, calendar: Calendar | None) -> Details | None:
        if self.require.holds(facts, calendar):
            return None
        lacking = self.require.lacking(facts)
        if lacking:
            return {"missing": named(facts, lacking)}
        unstated = self.require.unstated(facts)
        return {"unstated": unstated} if unstated else {}


@dataclass(frozen=True, kw_only=True)
class CapRule(Guard):
    """A number that is not to be passed. A fact that is not known is not measured."""

    of: str
    least: int | None = None
    most: int | None = None

    def unmet(self, facts: Facts, calendar: Calendar | None) -> Details | None:
        number = size(facts.get(self.of))
        if number is None:
            return None
        if self.most is not None and number > self.most:
            return {"value": number, "limit": self.most}
        if self.least is not None and number < self.least:
            return {"value": number, "limit": self.least}
        return None


@dataclass(frozen=True, kw_only=True)
class SignerRule(Guard):
    """Who signs. `signed_by` is the fact with the role that signs, `delegated` tells whether a delegate does."""

    signers: tuple[str, ...]
    signed_by: str = ""
    delegated: str = ""
    delegable: bool = True
    passes_to: tuple[str, ...] = ()

    def unmet(self, facts: Facts, calendar: Calendar | None) -> Details | None:
        signed_by = facts.get(self.signed_by) if self.signed_by else None
        wrong = is_there(signed_by) and not set(_each(signed_by)) & {*self.signers, *self.passes_to}
        if wrong or (not self.delegable and self.delegated and facts.get(self.delegated) is True):
            return {"signer": self.signers[0]}
        return None

    def answer(self) -> Signer:
        return Signer(self.id, self.citation, self.signers, self.delegable, self.passes_to)


@dataclass(frozen=True, kw_only=True)
class ApprovalRule(Guard):
    """Whose consent is needed. `given` is the fact with the roles that consented; `asked` and `before` are moments."""

    approvers: tuple[str, ...]
    given: str = ""
    fields: tuple[str, ...] = ()
    asked: str = ""
    before: str = ""

    def unmet(self, facts: Facts, calendar: Calendar | None) -> Details | None:
        if not all(is_there(facts.get(name)) for name in self.fields):
            return {"approver": self.approvers[0]}
        if self.given and not set(self.approvers) <= set(_each(facts.get(self.given))):
            return {"approver": self.approvers[0]}
        if self.before:
            asked, before = facts.get(self.asked), facts.get(self.before)
            if asked is not None and before is not None and asked > before:
                return {"approver": self.approvers[0]}
        return None

    def answer(self) -> Approval:
        return Approval(self.id, self.citation, self.approvers, self.fields)


@dataclass(frozen=True, kw_only=True)
class QuorumRule(Guard):
    """A share of those entitled that must be there, or agree. Lists are counted."""

    counted: str
    entitled: str
    numerator: int
    denominator: int
    inclusive: bool = True

    def unmet(self, facts: Facts, calendar: Calendar | None) -> Details | None:
        answer = self.answer(facts)
        return None if answer.met else {"value": answer.counted, "limit": answer.entitled}

    def answer(self, facts: Facts) -> Quorum:
        counted, entitled = size(facts.get(self.counted)) or 0, size(facts.get(self.entitled)) or 0
        share, needed = counted * self.denominator, entitled * self.numerator
        met = entitled > 0 and (share >= needed if self.inclusive else share > needed)
        return Quorum(self.id, self.citation, self.numerator, self.denominator, self.inclusive, met, counted, entitled)


@dataclass(frozen=True, kw_only=True)
class ProcedureRule(Rule):
    """The route of a matter."""

    procedure: Procedure


@dataclass(frozen=True, slots=True)
class ConditionalRung:
    """A rung of a limit's ladder with the facts under which it belongs there."""

    when: Condition
    rung: Rung


@dataclass(frozen=True, kw_only=True)
class LimitRule(Rule):
    """A time limit. `due_from` is the fact that states the due moment, where no number of the text counts."""

    budget: Budget | None
    due_from: str = ""
    ladder: tuple[ConditionalRung, ...] = ()
    until: str = ""
    until_when: Condition = ALWAYS
    default_of: str = ""
    overrides: tuple[str, ...] = ()
    since: str = ""
    answerable: str = ""

    def applies(self, facts: Facts) -> bool:
        return self.when.holds(facts) and (not self.due_from or is_there(facts.get(self.due_from)))

    def ends(self, event: str, facts: Facts) -> bool:
        """Says whether an event ends the limit before the end of what it was started for."""
        return self.until == event and self.until_when.holds(facts)

    def answer(self, facts: Facts) -> Limit:
        due_at = facts.get(self.due_from) if self.due_from else None
        ladder = tuple(entry.rung for entry in self.ladder if entry.when.holds(facts))
        since = facts.get(self.since) if self.since else None
        said = (self.hard, self.until, self.default_of, self.label, since, self.answerable)
        return Limit(self.id, self.citation, self.budget, due_at, ladder, *said)


@dataclass(frozen=True, kw_only=True)
class VisibilityRule(Rule):
    """Who may read, print, download, excerpt or forward."""

    acts: tuple[str, ...]
    to: tuple[str, ...]
    parties: bool = True
    refusal: Refusal | None = None

    def answer(self) -> Visibility:
        said = self.refusal or Refusal("refuse", "")
        return Visibility(self.id, self.citation, self.acts, self.to, self.parties, said.reason, said.effect)


@dataclass(frozen=True, kw_only=True)
class ScheduleRule(Rule):
    """A duty that comes again."""

    answer: Schedule


@dataclass(frozen=True, kw_only=True)
class NoticeRule(Rule):
    """Somebody is told. `text` is a reason code."""

    to: tuple[str, ...]
    text: str
    of: str = ""

    def answer(self, text: str) -> Notice:
        return Notice(self.id, self.citation, self.to, text, self.of)


@dataclass(frozen=True, kw_only=True)
class LedgerRule(Rule):
    """An entry in a ledger."""

    answer: Ledger


@dataclass(frozen=True, kw_only=True)
class RegisterRule(Rule):
    """A list that an office must keep."""

    answer: Register


@dataclass(frozen=True, kw_only=True)
class MatrixRule(Rule):
    """A table: the first row whose `when` holds applies."""

    rows: tuple[tuple[Condition, Mapping[str, Any]], ...]

    def answer(self, facts: Facts) -> Row | None:
        for index, (when, gives) in enumerate(self.rows):
            if when.holds(facts):
                return Row(self.id, self.citation, index, gives)
        return None


@dataclass(frozen=True, kw_only=True)
class GroundRule(Rule):
    """A ground of accountability. `text` is a reason code."""

    ground: str
    mode: Any
    to: tuple[str, ...] = ()
    text: str = ""

    def answer(self, text: str) -> Ground:
        return Ground(self.id, self.citation, self.ground, self.mode, self.to, text)


def named(facts: Facts, ids: tuple[str, ...]) -> str:
    """Units and persons by the names that people know, where the service's facts say them under `name:<id>`."""
    return "、".join(str(facts.get(f"{NAMES}{id_}") or id_) for id_ in ids)


def _each(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if many(value) else (value,)
