"""退文: a document goes back to its sender with its grounds, by the consent that the rules ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.documents.commands import effects
from services.kit import ids
from services.kit.errors import Finding
from services.kit.procedure.instance import Instance

if TYPE_CHECKING:
    from services.documents.commands.case import Case
    from services.kit.procedure.template import Procedure

ROUTE = "documents.return.route"


@dataclass(frozen=True)
class Grounds:
    """Why a document goes back: what the rules found, and what the office adds."""

    findings: tuple[Finding, ...]
    opinion: str

    @property
    def words(self) -> str:
        """All grounds in one sentence, each with its article."""
        found = told(self.findings)
        return "；".join(part for part in (found, self.opinion) if part)


def told(findings: Iterable[Finding]) -> str:
    """Findings with their articles."""
    return "；".join(f"{f.text}（{f.citation}）" for f in findings)


def route(case: Case) -> Procedure | None:
    """By whose consent a document of this kind goes back; None where nobody is asked."""
    return case.rules.procedure(ROUTE, case.offered(ROUTE, case.facts()))


def propose(case: Case, grounds: Grounds) -> None:
    """Lets the document go back: at once, or by the route of those who consent. Refuses: WrongState, ReturnPending."""
    at = case.tx.now
    case.document.send_home(grounds.words, at)
    if case.instance is not None and case.instance.state == "running":
        effects.apply(case, case.instance.withdraw(at, grounds.words))
    procedure = route(case)
    if procedure is None:
        effects.returned(case)
        return
    earlier = case.instance
    case.pack = case.rules.citation(procedure.clause).pack
    case.instance = Instance(procedure, ids.new, case.facts(), list(earlier.steps) if earlier else [])
    case.document.start_route(at)
    effects.apply(case, case.instance.open(at))
