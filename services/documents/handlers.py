"""What documents does when the directory changes (open steps follow their posts), when other offices transmit or answer, and when a
meeting has passed a matter."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from services.documents.commands import arrive, effects, filing, issue_entries, permits, transmit
from services.documents.commands.case import load
from services.documents.domain.errors import NoIssueList
from services.documents.store import reads
from services.kit.bus.dispatch import Registry
from services.kit.bus.envelope import Envelope
from services.kit.identity import system
from services.kit.roster import Delegation, Member, Portfolio, Post, Unit
from services.kit.roster import copy as roster_copy
from xiaoneng.meetings.v1 import events_pb2 as meetings_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

# Changes that can give a role to somebody else. Delegations are looked up when somebody acts.
_MATTER = (Member, Portfolio, Post, Unit)


def follow_posts(tx: Tx, change: roster_copy.Applied) -> None:
    """Lets every open step, and what asks for a decision, lie with whoever holds its role now; the clock runs on."""
    rows = [row for row in change.rows if not isinstance(row, Delegation)]
    touched = any(isinstance(row, _MATTER) for row in rows) or any(kind.row in _MATTER for kind, _ in change.removed)
    if touched:
        reassign_open_steps(tx)
        permits.follow_posts(tx)
        filing.follow_posts(tx)


def reassign_open_steps(tx: Tx) -> int:
    """Resolves the open steps of the tenant anew; says how many lie with others now. A role that nobody holds keeps its persons."""
    moved = 0
    for document in _touched(tx):
        case = load(tx, document)
        for step in case.route.open_steps():
            moved += effects.follow_post(case, step)
    return moved


def _touched(tx: Tx) -> list[str]:
    """Documents with an open step whose role seems to lie with others by the rules of today; which ones do is looked at in each of them."""
    tx.flush()
    roles, found = tx.rules().roles, set()
    for row in reads.groups_of_open_steps(tx):
        role = roles.get(row.role)
        holders = tx.roster.holders(role, tx.now, unit=row.unit or None) if role is not None else []
        if [holder.person for holder in holders] != list(row.persons):
            found.update(row.documents)
    return sorted(found)


REGISTRY = Registry()
REGISTRY.include(roster_copy.registry(follow_posts))


@REGISTRY.on("documents.transmission.sent.v1")
def take_in_transmission(tx: Tx, _event: Envelope, data: Any) -> None:
    """At the receiver: what another office delivered lies before those who register."""
    arrive.arrived(tx, data)


@REGISTRY.on("documents.transmission.recalled.v1")
def give_back_transmission(tx: Tx, _event: Envelope, data: Any) -> None:
    """At the receiver: the sender wants it back."""
    arrive.recalled(tx, data)


@REGISTRY.on("documents.transmission.answered.v1")
def keep_answer(tx: Tx, _event: Envelope, data: Any) -> None:
    """At the sender: how far the transmission has come."""
    transmit.answered(tx, data)


@REGISTRY.on("meetings.matter.passed.v1")
def enter_what_was_passed(tx: Tx, event: Envelope, data: meetings_pb2.MatterPassed) -> None:
    """What a meeting has passed has to be issued, where the regulation keeps such a list. The same matter makes one entry."""
    if reads.entry_of_matter(tx, data.matter):
        return
    said = issue_entries.RecordMeetingDecision(
        caller=system("documents", tx.tenant),
        title=data.title,
        meeting_kind=data.meeting_kind,
        meeting=data.meeting,
        meeting_end_time=data.meeting_end_time.ToDatetime(UTC),
        lead_unit=data.lead_unit,
        marks=tuple(data.marks),
        stated_due_time=data.stated_due_time.ToDatetime(UTC) if data.HasField("stated_due_time") else None,
        matter=data.matter,
    )
    try:
        issue_entries.passed(tx, said)
    except NoIssueList:
        return
