"""Interpretations of packs: how an article is meant. They change no rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from services.directory import store
from services.directory.commands.facts import of_caller
from services.directory.domain.errors import ClauseUnknown, EndedAlready
from services.directory.domain.interpretation import Interpretation
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Missing


@dataclass(frozen=True)
class CreateInterpretation(Command):
    """Without a clause: of the whole pack."""

    pack: str
    clause: str
    text: str


@dataclass(frozen=True)
class WithdrawInterpretation(Command):
    """Takes it back; it stays readable."""

    interpretation_id: str
    reason: str


@command(audit="directory.interpretation.create")
def create_interpretation(tx: Tx, cmd: CreateInterpretation) -> Interpretation:
    """Publishes an interpretation. Refuses: ClauseUnknown, and by rule."""
    pack = next((pack for pack in tx.rules().packs if pack.id == cmd.pack), None)
    if pack is None or (cmd.clause and cmd.clause not in pack.clauses):
        raise ClauseUnknown(clause=cmd.clause or cmd.pack)
    _ask(tx, cmd.pack, cmd.clause)
    member = tx.roster.member(cmd.caller.person, tx.now)
    made = Interpretation(ids.new(), cmd.pack, cmd.clause, cmd.text, cmd.caller.person, member.unit if member else "", tx.now)
    tx.insert(store.interpretations, store.interpretation_row(made))
    _record(tx, "create", made)
    return made


@command(audit="directory.interpretation.withdraw")
def withdraw_interpretation(tx: Tx, cmd: WithdrawInterpretation) -> Interpretation:
    """Withdraws one. Refuses: Missing, EndedAlready, and by rule."""
    before = store.interpretation(tx, cmd.interpretation_id, lock=True)
    if before is None:
        raise Missing()
    if before.withdrawn_at is not None:
        raise EndedAlready()
    _ask(tx, before.pack, before.clause)
    after = replace(before, withdrawn_at=tx.now, withdraw_reason=cmd.reason)
    tx.update(store.interpretations, {"id": after.id}, {"withdrawn_at": tx.now, "withdraw_reason": cmd.reason})
    _record(tx, "withdraw", after, reason=cmd.reason)
    return after


def _ask(tx: Tx, pack: str, clause: str) -> None:
    tx.rules().enforce("directory.interpretation.create", {**of_caller(tx), "pack": pack, "interpreted_clause": clause or None})


def _record(tx: Tx, act: str, about: Interpretation, **details: Any) -> None:
    said = {"pack": about.pack, **details}
    tx.audit(f"directory.interpretation.{act}", f"interpretations/{about.id}", clause=about.clause, details=said)
