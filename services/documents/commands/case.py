"""A document with its route, locked in one transaction.

Commands decide with it what happens; `commands.effects` writes what follows from a change of the route: rows, deadlines, events, lists.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.documents import store
from services.documents.commands import asking
from services.documents.commands.names import document_id
from services.documents.domain import facts_of
from services.documents.domain.document import Document, Kind
from services.documents.domain.errors import Filed, NobodyHoldsRole, NotYourStep
from services.documents.domain.records import Record, from_noted
from services.documents.facts import CATALOGUE, DELEGATION_KIND
from services.kit import ids
from services.kit.db.load import First
from services.kit.db.tx import Tx
from services.kit.deadline import store as deadlines
from services.kit.errors import Finding, Missing, RuleRefusal
from services.kit.policy.catalogue import EventKind, Operation
from services.kit.policy.declare import facts_of_fields, facts_of_records, is_declared
from services.kit.procedure.errors import RouteRefused
from services.kit.procedure.instance import Instance, restore
from services.kit.procedure.steps import Actor, Step
from services.kit.procedure.template import Procedure, StepTemplate

if TYPE_CHECKING:
    from services.kit.policy.ruleset import RuleSet

_POINTS: tuple[Operation | EventKind, ...] = (*CATALOGUE.operations, *CATALOGUE.events)
_OFFERED = {point.name: frozenset(point.facts) for point in _POINTS}
ROUTES = {
    Kind.INCOMING: "documents.incoming.route",
    Kind.OUTGOING: "documents.outgoing.route",
    Kind.SUBMISSION: "documents.submission.route",
}


@dataclass
class Case:
    """What a command works on."""

    tx: Tx
    document: Document
    instance: Instance | None = None
    pack: str = ""
    pins: dict[str, int] = field(default_factory=dict)
    # By step: who may act, when handling started, when it is due.
    persons: dict[str, list[str]] = field(default_factory=dict)
    started: dict[str, datetime] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    proposal_draft: dict[str, Any] = field(default_factory=dict)
    # Records that count, the oldest first, as rules see them.
    noted: list[Record] = field(default_factory=list)
    # Rules whose limits it was told of that they will not be kept.
    warned: list[str] = field(default_factory=list)
    new: bool = False
    # It has not left its drafter yet: nobody sees it by permission.
    unlisted: bool = True
    _rules: RuleSet | None = None

    def __post_init__(self) -> None:
        if self.new:
            deadlines.hold(self.tx, self.document.name)  # nothing can run yet

    # ---- rules and facts ------------------------------------------------------------------------------------------

    @property
    def rules(self) -> RuleSet:
        """The rules under which the matter began; today's before it has."""
        if self._rules is None:
            self._rules = self.tx.rules(pins=self.pins) if self.pins else self.tx.rules()
        return self._rules

    def repin(self, pins: dict[str, int]) -> None:
        """Lets the matter go on under other versions."""
        self.pins, self._rules = pins, None

    @property
    def zone(self) -> str:
        return self.tx.roster.tenant.time_zone

    @property
    def route(self) -> Instance:
        """The route. Where the document has none yet: what the rules say about that, or else Missing."""
        if self.instance is None:
            self.enforce(ROUTES[self.document.kind])
            raise NotYourStep()
        return self.instance

    def facts(self, step: Step | None = None, **extra: Any) -> dict[str, Any]:
        """All that can be said now, with what an act adds."""
        at = self.tx.now
        found = facts_of.document_facts(self.document, lambda unit: self.tx.roster.in_charge_of(unit, at), at, self.zone)
        found |= facts_of.step_facts(self.route, step) if step is not None else facts_of.no_step()
        word = self.rules.vocabulary("document_type").get(self.document.document_type, "")
        found["title_names_type"] = bool(word) and self.document.title.rstrip().endswith(word)
        found |= facts_of_fields(self.rules.fields, self.document.fields) | facts_of_records(self.rules.records, self.noted)
        found |= asking.beside(self.tx, self.document)
        unit = self.tx.roster.unit(extra.get("unit") or (step.unit if step is not None else "") or self.document.initiating_unit)
        return {**found, "unit_kind": unit.kind if unit is not None else None, **extra}

    def offered(self, point: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What is offered to rules at this point; a fact that nobody knows is None."""
        declared = {name: value for name, value in facts.items() if is_declared(name)}
        known = {name: facts.get(name) for name in _OFFERED[point]} | declared
        return asking.Asked(self.tx, self.rules, known, self.document.initiating_unit, self.document.initiator)

    def enforce(self, operation: str, step: Step | None = None, **extra: Any) -> list[Finding]:
        """Asks the rules whether an act may be done. Raises RuleRefusal; keeps what they only find."""
        facts = self.offered(operation, self.facts(step, **extra))
        calendar = self.tx.roster.calendar()
        found = self.rules.enforce(operation, facts, calendar)
        self.keep(found)
        return found

    def found(self, operation: str, **extra: Any) -> list[Finding]:
        """What the rules have against an act, whatever it leads to; nothing is kept."""
        return self.rules.check(operation, self.offered(operation, self.facts(**extra)), self.tx.roster.calendar())

    def keep(self, found: Iterable[Finding]) -> None:
        """Keeps with the document what the rules have found."""
        self.findings += [_finding_row(finding, self.tx.now) for finding in found]

    def routed(self) -> Procedure | None:
        """The procedure that the rules give this document now; remembers which pack it is from."""
        point = ROUTES[self.document.kind]
        return self.rules.procedure(point, self.offered(point, self.facts()))

    def refresh(self) -> None:
        """Lets the route see what has become known."""
        if self.instance is not None:
            self.instance.facts = self.facts()

    # ---- persons ----------------------------------------------------------------------------------------------------

    def resolve(self, step: Step, template: StepTemplate) -> list[tuple[str, str]]:
        """Persons who may act at a step, each with the unit in which he does. Refuses NobodyHoldsRole: no step may lie with nobody."""
        roster, at = self.tx.roster, self.tx.now
        if step.person:
            member = roster.member(step.person, at)
            found = [(step.person, step.unit or (member.unit if member else ""))] if member else []
        else:
            role = self.rules.role(step.role)
            holders = roster.holders(role, at, unit=step.unit or None, initiator=self.document.initiator, facts=self.facts())
            found = [(holder.person, step.unit or holder.unit) for holder in holders]
        if not found:
            unit = roster.unit(step.unit)
            label = self.rules.roles[step.role].label if step.role in self.rules.roles else step.role
            raise NobodyHoldsRole(step=template.label or template.id, role=label, unit=unit.display_name if unit else "—")
        return found

    def actor(self, step: Step) -> Actor:
        """The caller as actor of a step: holder of it, or delegate of a holder. Refuses NotYourStep."""
        caller = self.tx.caller
        assert caller is not None
        holders = self.persons.get(step.id, [])
        if caller.person in holders and caller.acting_for in (None, caller.person):
            return Actor(caller.person)
        wanted = [caller.acting_for] if caller.acting_for else holders
        for delegation in self.tx.roster.acts_for(caller.person, self.tx.now, DELEGATION_KIND):
            if delegation.delegator in holders and delegation.delegator in wanted:
                return Actor(caller.person, acting_for=delegation.delegator)
        raise NotYourStep()

    def step(self, step_id: str) -> Step:
        """A step of this document. Refuses Missing."""
        for step in self.route.steps:
            if step.id == step_id:
                return step
        raise Missing()

    def template(self, step: Step) -> StepTemplate:
        return self.route.procedure.step(step.step)

    # ---- the route's own refusals ------------------------------------------------------------------------------------

    def demanded(self, refused: RouteRefused) -> Exception:
        """The refusal of the route with the reason and the article of the pack, where it names one."""
        if refused.demand is None:
            return refused
        procedure = self.route.procedure
        told = {**self.facts(), **refused.details, "missing": self._missing(refused)}
        finding = self.rules.demand(refused.demand.reason, refused.demand.clause, told, rule=procedure.id)
        return RuleRefusal([finding])

    def _missing(self, refused: RouteRefused) -> str:
        """What has to be done first, by the names that people know."""
        known = asking.named(self.tx)
        return "、".join(f"{label}（{known(party)}）" if party else label for label, party in refused.missing)


def first(cmd: Any) -> First:
    """What a command asks first that is about the document in its `name`."""
    return store.reads.matter(document_id(cmd.name))


def load(tx: Tx, document: str, *, filed: bool = False) -> Case:
    """Loads and locks a document with its route and its running limits. Refuses Missing; Filed, unless `filed` ones are wanted too."""
    found = tx.load(store.reads.matter(document))
    if not found["document"]:
        raise Missing()
    if found["document"][0].filed_at is not None and not filed:
        store.visibility.ensure(tx, document)
        raise Filed()
    deadlines.hold(tx, f"documents/{document}", found["deadlines"])
    return _case(tx, found["document"][0], found["steps"])


def peek(tx: Tx, document_id: str) -> Case:
    """Loads a document without locking it, to be read. Refuses Missing."""
    row = store.reads.document(tx, document_id)
    if row is None:
        raise Missing()
    return _case(tx, row, store.reads.steps_of(tx, document_id))


def peek_many(tx: Tx, documents: Collection[str]) -> dict[str, Case]:
    """Several documents by their ids, in two questions."""
    steps: dict[str, list[Any]] = {document: [] for document in documents}
    for step in store.reads.steps_of_many(tx, documents):
        steps[step.document].append(step)
    return {row.id: _case(tx, row, steps[row.id]) for row in store.reads.documents(tx, documents)}


def _case(tx: Tx, row: Any, steps: Iterable[Any]) -> Case:
    rows = list(steps)
    case = Case(
        tx,
        store.document_of(row),
        pack=row.procedure_pack,
        pins=dict(row.pins),
        persons={step.id: list(step.persons) for step in rows},
        started={step.id: step.started_at for step in rows if step.started_at},
        due={step.id: step.due_at for step in rows if step.due_at},
        findings=list(row.findings),
        proposal_draft=dict(row.proposal_draft),
        noted=[from_noted(row.id, kept) for kept in row.noted],
        unlisted=row.state == "draft",
        warned=list(row.route.get("warned", ())),
    )
    if row.procedure:
        procedure = case.rules.procedure_named(row.procedure_pack, row.procedure)
        if procedure is None:
            raise LookupError(f"pack {row.procedure_pack} has no procedure {row.procedure}")
        kept = row.route
        engine_steps = [store.step_of(step) for step in rows]
        case.instance = restore(
            procedure, ids.new, engine_steps, {}, kept.get("arrived", ()), store.objections_of(kept), kept.get("state", "running")
        )
        case.refresh()
    return case


def _finding_row(finding: Finding, at: datetime) -> dict[str, Any]:
    return {
        "reason": finding.reason,
        "text": finding.text,
        "effect": finding.effect,
        "clause": finding.citation.clause,
        "rule": finding.rule,
        "found_at": at.isoformat(),
    }
