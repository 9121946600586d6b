"""Time limits of documents: which start, which end, which are replaced. The deadline room counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.documents.domain import facts_of
from services.kit.deadline import acts, store
from services.kit.deadline.model import Deadline, Start, ladder_of
from services.kit.policy.rules import LimitRule
from services.kit.procedure.steps import Step

if TYPE_CHECKING:
    from services.documents.commands.case import Case
    from services.kit.deadline.model import Step as Rung
    from services.kit.policy.model import Limit
    from services.kit.policy.ruleset import RuleSet
    from services.kit.procedure.template import StepTemplate

ARRIVED = "documents.step.arrived"
HANDLING = "documents.handling.arrived"
REGISTERED = "documents.incoming.registered"
MATERIAL = "documents.material.requested"


def arrive(case: Case, step: Step, holders: Iterable[tuple[str, str]]) -> datetime | None:
    """Starts the limits of a step that opens; gives the first due moment."""
    found = of_step(case, step)
    who = list(holders)
    unit = step.unit or (who[0][1] if who else "")
    person = who[0][0] if len(who) == 1 else ""
    name = f"{case.document.name}/steps/{step.id}"
    started = [_start(case, name, limit, step.opened_at, unit, step.role, person) for limit in found]
    return min((d.due_at for d in started if d.due_at), default=None)


def of_step(case: Case, step: Step) -> list[Limit]:
    """The limits that the rules set for a step."""
    facts = case.facts(step, **facts_of.handling_facts(len(case.document.proposal.responsible_units)))
    found = list(case.rules.limits(ARRIVED, case.offered(ARRIVED, facts)))
    if case.template(step).act == "handle":
        found += case.rules.limits(HANDLING, case.offered(HANDLING, facts))
    return found


def of_template(case: Case, template: StepTemplate) -> list[Limit]:
    """The limits that a step would have if it opened with the facts of now; a step that would not open has none."""
    for step in case.route.preview(template.id, case.tx.now, unnamed=True)[:1]:
        return of_step(case, step)
    return []


def renew(case: Case, step: Step) -> datetime | None:
    """Sets the limits of an open step anew because facts have changed: the clock runs from its arrival as before."""
    name = f"{case.document.name}/steps/{step.id}"
    holders = [(person, step.unit) for person in case.persons.get(step.id, [])]
    wanted = of_step(case, step)
    _replace(case, name, wanted, step.opened_at, step.unit, step.role, holders[0][0] if len(holders) == 1 else "")
    return first_due(case, name)


def moved(case: Case, step: Step) -> None:
    """The matter goes on under another version: what that version sets otherwise for an open step begins anew from its arrival."""
    name = f"{case.document.name}/steps/{step.id}"
    persons = case.persons.get(step.id, [])
    wanted = of_step(case, step)
    kept = _unmoved(open_deadlines(case, name), wanted)
    _replace(case, name, wanted, step.opened_at, step.unit, step.role, persons[0] if len(persons) == 1 else "", kept)
    due = first_due(case, name)
    if due is not None:
        case.due[step.id] = due
    else:
        case.due.pop(step.id, None)


def document_moved(case: Case, before: RuleSet) -> None:
    """The same for the limits of the whole matter. Those that began with an event stay, unless the new version does not know them."""
    document = case.document
    wanted = case.rules.limits(REGISTERED, case.offered(REGISTERED, case.facts()))
    running = open_deadlines(case, document.name)
    of_events = {d.rule for d in running if getattr(before.rule(d.citation.pack, d.rule), "on", "") != REGISTERED}
    known = {d.rule for d in running if case.rules.rule(d.citation.pack, d.rule) is not None}
    kept = _unmoved(running, wanted) | (of_events & known)
    if document.registered_at is not None:
        _replace(case, document.name, wanted, document.registered_at, document.initiating_unit, "", "", kept)
    case.tx.flush()
    for own in store.of_parent(case.tx, document.name):
        if own.running and own.subject.startswith(subject_of(document.name, "")) and case.rules.rule(own.citation.pack, own.rule) is None:
            cancel(case, own.subject, "replaced by another limit")


def _unmoved(running: Iterable[Deadline], wanted: Iterable[Limit]) -> set[str]:
    """Rules whose limits stay as they are: nothing differs, or they are broken, or somebody has extended them."""
    by_rule = {limit.rule: limit for limit in wanted}
    return {
        d.rule
        for d in running
        if d.breached_at is not None or d.generation > 1 or (d.rule in by_rule and _says(by_rule[d.rule]) == _ran(d, by_rule[d.rule]))
    }


def _says(limit: Limit) -> tuple[Any, ...]:
    return limit.budget, limit.due_at, limit.hard, limit.citation.clause, _ladder(ladder_of(limit))


def _ran(d: Deadline, limit: Limit) -> tuple[Any, ...]:
    return d.budget, d.stated_at if limit.due_at else None, d.hard, d.citation.clause, _ladder(d.ladder)


def _ladder(steps: Iterable[Rung]) -> list[tuple[Any, ...]]:
    return [(step.do, step.side, step.offset, tuple(step.to), step.citation.clause, step.text) for step in steps]


def registered(case: Case) -> None:
    """Starts the limits that run from registration (the reply to the sender)."""
    document = case.document
    for limit in case.rules.limits(REGISTERED, case.offered(REGISTERED, case.facts())):
        _start(case, document.name, limit, document.registered_at or case.tx.now, document.initiating_unit, "", "")


def reconsidered(case: Case) -> None:
    """Facts of the document have changed: the limits from registration are those of the new facts, while none of them has passed."""
    document = case.document
    running = open_deadlines(case, document.name)
    if not running or any(d.due_at is not None and d.due_at < case.tx.now for d in running):
        return
    wanted = case.rules.limits(REGISTERED, case.offered(REGISTERED, case.facts()))
    _replace(case, document.name, wanted, document.registered_at or case.tx.now, document.initiating_unit, "", "")


def material(case: Case, name: str, unit: str, facts: dict[str, Any]) -> datetime | None:
    """Starts the limits of material that was asked for."""
    limits = case.rules.limits(MATERIAL, case.offered(MATERIAL, facts))
    started = [_start(case, name, limit, case.tx.now, unit, "", "") for limit in limits]
    return min((d.due_at for d in started if d.due_at), default=None)


def happened(case: Case, event: str, subject: str, **known: Any) -> None:
    """Something happened that ends a limit before its subject ends."""
    _end(case, open_deadlines(case, subject), event, known)


def occurred(case: Case, event: str, **known: Any) -> None:
    """Something happened to the document: limits that wait for it end, those that run from it start.

    A limit that says `until` what it runs is a matter of its own: it survives the close of the document.
    """
    case.tx.flush()
    document = case.document
    every = [d for d in store.of_parent(case.tx, document.name) if d.running]
    _end(case, [*open_deadlines(case, document.name), *every], event, known)
    for limit in case.rules.limits(event, case.offered(event, case.facts(**known))):
        subject = subject_of(document.name, limit.rule) if limit.until else document.name
        entry = 1 + max((d.entry for d in store.of_subject(case.tx, subject, limit.rule)), default=0)
        _start(case, subject, limit, case.tx.now, document.initiating_unit, "", "", entry)


def subject_of(document: str, rule: str) -> str:
    """The subject of a limit that says itself until what it runs."""
    return f"{document}/limits/{rule}"


def cancel_all(case: Case, reason: str) -> None:
    """Nothing is due any more: the document ends without being done."""
    cancel(case, case.document.name, reason)
    own = subject_of(case.document.name, "")
    for subject in sorted({d.subject for d in store.of_parent(case.tx, case.document.name) if d.running and d.subject.startswith(own)}):
        cancel(case, subject, reason)


def _end(case: Case, running: Iterable[Deadline], event: str, known: Mapping[str, Any]) -> None:
    facts = case.offered(event, case.facts(**known))
    for deadline in running:
        rule = case.rules.rule(deadline.citation.pack, deadline.rule)
        if isinstance(rule, LimitRule) and rule.ends(event, facts):
            acts.finish(case.tx, deadline.subject, rule=deadline.rule)


def finish(case: Case, subject: str) -> None:
    """What was due is done."""
    acts.finish(case.tx, subject)


def cancel(case: Case, subject: str, reason: str) -> None:
    """What was due needs not be done any more."""
    acts.cancel(case.tx, subject, reason)


def open_deadlines(case: Case, subject: str) -> list[Deadline]:
    """The deadlines of a subject that still run."""
    return store.of_subject(case.tx, subject, running=True)


def of_matter(case: Case) -> list[Deadline]:
    """The running limits of the document that end with its route, or with the reply to its sender."""
    found = []
    for running in open_deadlines(case, case.document.name):
        rule = case.rules.rule(running.citation.pack, running.rule)
        if getattr(rule, "until", "") in ("", "documents.document.replied"):
            found.append(running)
    return found


def first_due(case: Case, subject: str) -> datetime | None:
    """The first moment that is due."""
    return min((d.due_at for d in open_deadlines(case, subject) if d.due_at), default=None)


def _replace(
    case: Case, name: str, wanted: list[Limit], since: datetime, unit: str, role: str, person: str, kept: Set[str] | None = None
) -> None:
    """Lets the running limits of a subject be those that are wanted. One whose stated moment has changed begins anew, `kept` ones never."""
    case.tx.flush()
    known = store.of_subject(case.tx, name)
    running = {d.rule: d for d in known if d.running}
    if kept is None:
        kept = {limit.rule for limit in wanted if limit.rule in running and limit.due_at in (None, running[limit.rule].stated_at)}
    for rule in sorted(running.keys() - kept):
        acts.cancel(case.tx, name, "replaced by another limit", rule=rule)
    for limit in wanted:
        if limit.rule not in kept:
            entry = 1 + max((d.entry for d in known if d.rule == limit.rule), default=0)
            _start(case, name, limit, since, unit, role, person, entry)


def _start(case: Case, subject: str, limit: Limit, since: datetime, unit: str, role: str, person: str, entry: int = 1) -> Deadline:
    document = case.document
    if limit.answerable:
        role = limit.answerable
        found, facts = case.rules.role(role), case.facts()
        held = case.tx.roster.holders(found, case.tx.now, unit=unit or None, initiator=document.initiator, facts=facts)
        unit, person = (held[0].unit, held[0].person if len(held) == 1 else "") if held else ("", "")
    begin = Start(
        subject=subject,
        rule=limit,
        unit=unit,
        role=role,
        person=person or None,
        started_at=limit.since or since,
        parent="" if subject == document.name else document.name,
        initiator=document.initiator,
        entry=entry,
        pins=case.pins or dict(case.rules.pins),
    )
    return acts.start(case.tx, begin)
