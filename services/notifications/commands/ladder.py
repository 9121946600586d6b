"""Telling persons what a ladder demands: the event names role and unit, here they become persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from services.kit.policy.cache import PinnedPackMissing
from services.notifications import metrics, store
from services.notifications.commands.post import post
from services.notifications.commands.remind import act_of
from services.notifications.domain.delivery import MessageKind
from services.notifications.domain.messages import Draft, link_to
from services.notifications.domain.texts import Matter, ladder_text

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.policy.ruleset import RuleSet

log = structlog.get_logger(__name__)
CARETAKER = "notifications:delivery:list"
"""Who may see what reached nobody is told when a role has no holder."""


@dataclass(frozen=True)
class LadderStep:
    """One step of a ladder that was reached, as the event of the deadline watch tells it."""

    service: str
    deadline: str
    subject: str
    parent: str
    generation: int
    rung: int
    kind: MessageKind
    unit: str
    role: str
    person: str
    initiator: str
    to: tuple[str, ...]
    text: str
    at: datetime
    due_at: datetime | None
    citation: Mapping[str, Any]
    pins: Mapping[str, int]


def tell_step(tx: Tx, step: LadderStep) -> int:
    """Writes the messages of one step, each person's once; returns how many. A role without a holder goes to the caretakers."""
    rules = _rules(tx, step.pins)
    persons = set(_holders(tx, rules, step, step.to))
    if step.kind is not MessageKind.ESCALATION:
        persons |= set(_answerable(tx, rules, step))
    if not persons:
        tx.after_commit(metrics.WITHOUT_HOLDER.labels(tx.tenant).inc)
        log.error("ladder_step_without_holder", deadline=step.deadline, roles=list(step.to or (step.role,)), unit=step.unit)
        persons = set(_caretakers(tx))
    text = ladder_text(step.kind, _matter(tx, step), step.text)
    return post(tx, (_draft(step, person, text) for person in sorted(persons)))


def _rules(tx: Tx, pins: Mapping[str, int]) -> RuleSet:
    """The rules under which the matter runs; where their version has not reached this copy, those of now."""
    try:
        return tx.rules(pins=pins) if pins else tx.rules()
    except PinnedPackMissing:
        return tx.rules()


def _answerable(tx: Tx, rules: RuleSet, step: LadderStep) -> Iterable[str]:
    """Whoever has to do it: those with whom the item lies now, else the person named, else the holders of the role; and their delegates."""
    persons: Sequence[str] = store.holding(tx, step.subject) or [person for person in (step.person,) if person]
    if not persons and step.role:
        persons = list(_holders(tx, rules, step, (step.role,)))
    for person in persons:
        yield person
        yield from (delegation.delegate for delegation in tx.roster.delegates_of(person, tx.now, act_of(step.service)))


def _holders(tx: Tx, rules: RuleSet, step: LadderStep, roles: Iterable[str]) -> Iterable[str]:
    for name in roles:
        role = rules.roles.get(name)
        if role is None:
            log.error("ladder_names_unknown_role", role=name, deadline=step.deadline)
            continue
        yield from (holder.person for holder in tx.roster.holders(role, tx.now, step.unit or None, step.initiator or None))


def _caretakers(tx: Tx) -> Iterable[str]:
    return [member.person for member in tx.roster.who_may(CARETAKER, tx.now, tx.rules())]


def _matter(tx: Tx, step: LadderStep) -> Matter:
    item = store.item_of(tx, [step.subject]) or store.item_of(tx, [step.parent or step.subject])
    unit = tx.roster.unit(step.unit)
    cited = step.citation
    return Matter(
        title=item.title if item else "",
        number=item.number if item else "",
        step=item.step if item and item.item == step.subject else "",
        unit=unit.display_name if unit else "",
        article=f"《{cited['regulation']}》{cited['article']}" if cited else "",
        due=tx.roster.calendar().local(step.due_at) if step.due_at else None,
    )


def _draft(step: LadderStep, person: str, text: str) -> Draft:
    return Draft(
        person=person,
        kind=step.kind,
        cause=f"{step.deadline}:{step.generation}:{step.rung}",
        text=text,
        planned_at=step.at,
        subject=step.parent or step.subject,
        deadline=step.deadline,
        link=link_to(step.parent or step.subject),
        citation=dict(step.citation),
    )
