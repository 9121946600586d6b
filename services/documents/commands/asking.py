"""What rules may ask of a matter beside its facts: who holds a role in it, what a unit or a person is called. Answered when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.kit.db.tx import Tx
from services.kit.policy.predicates import HOLDERS
from services.kit.policy.rules import NAMES
from services.kit.policy.ruleset import RuleSet


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


def named(tx: Tx) -> Callable[[str], str]:
    """What people call a unit or a person."""

    def name(id_: str) -> str:
        unit = tx.roster.unit(id_)
        return unit.display_name if unit is not None else tx.roster.name_of(id_)

    return name
