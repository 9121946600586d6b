"""What rules may ask of a matter beside its facts: who holds a role in it, what a unit or a person is called. Answered when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.documents.commands.names import document_id
from services.documents.domain.document import Document
from services.documents.store import reads
from services.kit.db.tx import Tx
from services.kit.policy.predicates import HOLDERS
from services.kit.policy.rules import NAMES
from services.kit.policy.ruleset import RuleSet
from services.kit.procedure.steps import StepState


class Asked(dict[str, Any]):
    """The facts offered at a point, of a matter that somebody of a unit began."""

    def __init__(self, tx: Tx, rules: RuleSet, facts: Mapping[str, Any], unit: str, initiator: str) -> None:
        super().__init__(facts)
        self._tx, self._rules = tx, rules
        self._unit, self._initiator = unit, initiator

    def get(self, name: str, default: Any = None) -> Any:
        """A fact; under `role:<role>` who holds that role for the unit that began the matter, under `name:<id>` what people call it."""
        if name in self:
            return self[name]
        if name.startswith(HOLDERS):
            self[name] = self._holders(name.removeprefix(HOLDERS))
            return self[name]
        if name.startswith(NAMES):
            return named(self._tx)(name.removeprefix(NAMES))
        return default

    def _holders(self, role: str) -> list[str]:
        tx = self._tx
        held = tx.roster.holders(self._rules.role(role), tx.now, unit=self._unit or None, initiator=self._initiator, facts=dict(self))
        return [holder.person for holder in held]


def beside(tx: Tx, document: Document) -> dict[str, Any]:
    """What is known beside the document itself: who leads its field of work, who acted on the matter that it follows."""
    field, follows = document.fields.get("field"), document.fields.get("follows")
    leader = next(iter(tx.roster.in_charge_of_field(field, tx.now)), None) if isinstance(field, str) else None
    return {
        "field": field,
        "field_leader": leader,
        "field_leader_name": tx.roster.name_of(leader) if leader else None,
        "earlier_actors": _earlier(tx, document, follows) if isinstance(follows, str) else [],
    }


def _earlier(tx: Tx, document: Document, follows: str) -> list[str]:
    row = reads.document(tx, document_id(follows))
    if row is None or row.initiating_unit != document.initiating_unit or row.id == document.id:
        return []
    return sorted({step.done_by for step in reads.steps_of(tx, row.id) if step.state == StepState.DONE and step.done_by})


def named(tx: Tx) -> Callable[[str], str]:
    """What people call a unit or a person."""

    def name(id_: str) -> str:
        unit = tx.roster.unit(id_)
        return unit.display_name if unit is not None else tx.roster.name_of(id_)

    return name
