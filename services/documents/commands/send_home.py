"""退文意见 of the registry."""

from __future__ import annotations

from dataclasses import dataclass

from services.documents.commands import effects, returning
from services.documents.commands.case import Case, first
from services.documents.commands.register import CLASSIFY, judge, visible_case
from services.documents.domain.document import Kind
from services.documents.domain.errors import WrongState
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.identity import may


@dataclass(frozen=True, kw_only=True)
class ReturnDocument(Command):
    name: str
    reason: str


@command(audit="documents.document.return", first=first)
def return_document(tx: Tx, cmd: ReturnDocument) -> Case:
    """Proposes the return of an incoming document; with every ground that the rules find now. Refuses: WrongState, ReturnPending."""
    may(cmd.caller, CLASSIFY)
    case = visible_case(tx, cmd.name)
    if case.document.kind is not Kind.INCOMING:
        raise WrongState(state="只有收文可以退文")
    case.enforce("documents.document.return", reason=cmd.reason)
    grounds = returning.Grounds(tuple(judge(case)), cmd.reason)
    returning.propose(case, grounds)
    clauses = [finding.citation.clause for finding in grounds.findings]
    tx.audit("documents.document.return", case.document.name, details={"reason": cmd.reason, "clauses": clauses})
    effects.save(case)
    return case
