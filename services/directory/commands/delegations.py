"""Delegations: rights to act for somebody during a period."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.directory.commands.change import changing
from services.directory.domain import organisation
from services.directory.domain.errors import NotYourDelegation
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.identity import Caller
from services.kit.roster import Delegation, Roster
from xiaoneng.directory.v1 import events_pb2

MANAGE = "directory:delegation:manage"


@dataclass(frozen=True)
class CreateDelegation(Command):
    """Without a delegator: the caller; without a beginning: from now on."""

    delegation: Delegation


@dataclass(frozen=True)
class RevokeDelegation(Command):
    """Ends it now."""

    delegation_id: str


@command(audit="directory.delegation.create")
def create_delegation(tx: Tx, cmd: CreateDelegation) -> Delegation:
    """Lets somebody act for somebody. Refuses: NotYourDelegation, PersonUnknown, PeriodEmpty, DelegationCycle, DelegationChain."""
    delegation = replace(
        cmd.delegation,
        id=ids.new(),
        delegator=cmd.delegation.delegator or cmd.caller.person,
        valid_from=cmd.delegation.valid_from or tx.now,
    )
    _check_own(cmd.caller, delegation)
    with changing(tx) as change:
        organisation.check_delegation(change.roster, delegation, tx.now)
        change.put(delegation)
    data = events_pb2.DelegationGranted(delegator=delegation.delegator, delegate=delegation.delegate, kinds=delegation.kinds)
    assert delegation.valid_from is not None
    assert delegation.valid_until is not None
    data.valid_from_time.FromDatetime(delegation.valid_from)
    data.valid_until_time.FromDatetime(delegation.valid_until)
    tx.emit(Event(type="directory.delegation.granted.v1", subject=f"delegations/{delegation.id}", data=data))
    return delegation


@command(audit="directory.delegation.revoke")
def revoke_delegation(tx: Tx, cmd: RevokeDelegation) -> Delegation:
    """Ends a delegation now; one that has not begun never comes to be. Refuses: Missing, NotYourDelegation, EndedAlready."""
    with changing(tx) as change:
        before = found(change.roster, cmd.caller, cmd.delegation_id)
        _check_own(cmd.caller, before)
        if before.valid_from is not None and before.valid_from > tx.now:
            change.remove(before)
            delegation = before
        else:
            delegation = organisation.ended(before, tx.now)
            change.put(delegation)
    data = events_pb2.DelegationRevoked(delegator=delegation.delegator, delegate=delegation.delegate)
    tx.emit(Event(type="directory.delegation.revoked.v1", subject=f"delegations/{delegation.id}", data=data))
    return delegation


def found(roster: Roster, caller: Caller, delegation_id: str) -> Delegation:
    """A delegation that the caller may see: an own one, or any for who manages them. Refuses: Missing."""
    delegation = next((d for d in roster.delegations if d.id == delegation_id), None)
    if delegation is None or not may_see(caller, delegation):
        raise Missing()
    return delegation


def may_see(caller: Caller, delegation: Delegation) -> bool:
    """Says whether a delegation is the caller's to see."""
    return MANAGE in caller.permissions or caller.person in (delegation.delegator, delegation.delegate)


def _check_own(caller: Caller, delegation: Delegation) -> None:
    if delegation.delegator != caller.person and MANAGE not in caller.permissions:
        raise NotYourDelegation()
