"""What rules may ask of a matter beside its facts: who holds a role in it, what a unit or a person is called. Answered when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from services.kit.db.tx import Tx
from services.kit.policy.predicates import HOLDERS
from services.kit.policy.rules import NAMES

if TYPE_CHECKING:
    from services.documents.commands.case import Case


class Asked(dict[str, Any]):
    """The facts offered at a point."""

    def __init__(self, case: Case, facts: Mapping[str, Any]) -> None:
        super().__init__(facts)
        self._case = case

    def get(self, name: str, default: Any = None) -> Any:
        """A fact; under `role:<role>` who holds that role for the unit that began the matter, under `name:<id>` what people call it."""
        if name in self:
            return self[name]
        if name.startswith(HOLDERS):
            self[name] = _holders(self._case, name.removeprefix(HOLDERS))
            return self[name]
        if name.startswith(NAMES):
            return named(self._case.tx)(name.removeprefix(NAMES))
        return default


def _holders(case: Case, role: str) -> list[str]:
    document, roster = case.document, case.tx.roster
    held = roster.holders(
        case.rules.role(role), case.tx.now, unit=document.initiating_unit or None, initiator=document.initiator, facts=case.facts()
    )
    return [holder.person for holder in held]


def named(tx: Tx) -> Callable[[str], str]:
    """What people call a unit or a person."""

    def name(id_: str) -> str:
        unit = tx.roster.unit(id_)
        return unit.display_name if unit is not None else tx.roster.name_of(id_) or id_

    return name
