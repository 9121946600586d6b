"""发文清单: what happens to an entry of the issue list because something happens to its documents. Rules start and end its limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.documents import convert, store
from services.documents.domain import facts_of
from services.documents.domain.issuing import IssueEntry, IssueState, overlap_percent
from services.kit import work
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.deadline import acts
from services.kit.deadline import store as deadlines
from services.kit.deadline.model import Start
from services.kit.policy.rules import LimitRule
from services.kit.worktime import due
from xiaoneng.documents.v1 import events_pb2

if TYPE_CHECKING:
    from services.documents.commands.case import Case
    from services.kit.policy.model import Limit
    from services.kit.policy.ruleset import RuleSet
    from services.kit.procedure.steps import Step

OPENED, RECEIVED = "documents.issue_entry.opened", "documents.issue_entry.received"
DELIVERED, PRESSED = "documents.issue_entry.delivered", "documents.issue_entry.pressed"
# The act by which the office takes a draft in.
TAKEN_IN = "register"


@dataclass
class Entered:
    """An entry under the rules by which it began."""

    tx: Tx
    entry: IssueEntry

    @property
    def rules(self) -> RuleSet:
        return self.tx.rules(pins=dict(self.entry.pins)) if self.entry.pins else self.tx.rules()

    def facts(self, **extra: Any) -> dict[str, Any]:
        return {**facts_of.no_entry(), **self.entry.facts(), **extra}

    # ---- its limits ---------------------------------------------------------------------------------------------------

    def begin(self, event: str, since: datetime) -> None:
        """Something happened to the entry: the limits that it ends, and those that run from it."""
        self.end(event, self.facts())
        for limit in self.rules.limits(event, self.facts()):
            self._start(limit, since)
        self._first_due()

    def end(self, event: str, facts: dict[str, Any]) -> None:
        """Something happened that may end limits of the entry."""
        for running in self._running():
            rule = self.rules.rule(running.citation.pack, running.rule)
            if isinstance(rule, LimitRule) and rule.ends(event, facts):
                acts.finish(self.tx, self.entry.name, rule=running.rule)
        self._first_due()

    def reconsider(self) -> None:
        """What was decided about it has changed: its limits are those of the new facts, while none of them has passed."""
        entry, running = self.entry, self._running()
        if any(d.due_at is not None and d.due_at < self.tx.now for d in running):
            return
        wanted = self.rules.limits(OPENED, self.facts())
        if entry.received_at:
            wanted += self.rules.limits(RECEIVED, self.facts())
        same = {d.rule for d in running} & {limit.rule for limit in wanted if limit.due_at is None}
        for gone in sorted({d.rule for d in running} - same):
            acts.cancel(self.tx, entry.name, "replaced by another limit", rule=gone)
        for limit in wanted:
            if limit.rule not in same:
                self._start(limit, entry.received_at or entry.since)
        self._first_due()

    def stop(self, reason: str) -> None:
        """Nothing of it is due any more."""
        self.tx.flush()
        acts.cancel(self.tx, self.entry.name, reason)

    def expected(self) -> datetime | None:
        """When the draft would be due if the lead unit received the superior's document now."""
        found = [*self.rules.limits(OPENED, self.facts()), *self.rules.limits(RECEIVED, self.facts())]
        calendar = self.tx.roster.calendar()
        moments = [limit.due_at or (due(self.tx.now, limit.budget, calendar).at if limit.budget else None) for limit in found]
        return min((moment for moment in moments if moment is not None), default=None)

    def _running(self) -> list[Any]:
        self.tx.flush()
        return deadlines.of_subject(self.tx, self.entry.name, running=True)

    def _first_due(self) -> None:
        """The list shows the moment that counts now; what was met or broken stays."""
        if self.entry.state is IssueState.OPEN:
            first = min((d.due_at for d in self._running() if d.due_at), default=None)
            self.entry.draft_due_at = first or self.entry.draft_due_at

    def _start(self, limit: Limit, since: datetime) -> None:
        tx, entry = self.tx, self.entry
        tx.flush()
        unit, role, person = entry.lead_unit, "", ""
        if limit.answerable:
            role = limit.answerable
            held = tx.roster.holders(self.rules.role(role), tx.now, unit=unit or None)
            unit = held[0].unit if held else ""
            person = held[0].person if len(held) == 1 else ""
        earlier = [d.entry for d in deadlines.of_subject(tx, entry.name, limit.rule)]
        begin = Start(subject=entry.name, rule=limit, unit=unit, role=role, person=person or None, started_at=since,
                      initiator=entry.creator, entry=1 + max(earlier, default=0), pins=entry.pins)  # fmt: skip
        acts.start(tx, begin)

    # ---- what is known of it --------------------------------------------------------------------------------------------

    def tell(self, event: str, **extra: Any) -> None:
        """Tells those whom the regulation wants told, as seen from the lead unit."""
        facts = self.facts(**extra)
        for notice in self.rules.notices(event, facts):
            held = [self.tx.roster.holders(self.rules.role(name), self.tx.now, unit=self.entry.lead_unit or None) for name in notice.to]
            work.told(self.tx, self.entry.name, [h.person for holders in held for h in holders], notice.text, notice.citation)

    def save(self, change: str, *, new: bool = False) -> None:
        """Writes it and makes the change known."""
        entry, row = self.entry, store.plain_row(self.entry) | {"pins": dict(self.entry.pins)}
        if new:
            self.tx.insert(store.issue_entries, row)
        else:
            self.tx.update(store.issue_entries, {"id": row.pop("id")}, row)
        data = events_pb2.IssueEntryChanged(
            entry=entry.name,
            change=change,
            lead_unit=entry.lead_unit,
            document_number=entry.document_number,
            draft_due_time=convert.moment(entry.draft_due_at),
            change_time=convert.stamp(self.tx.now),
        )
        self.tx.emit(Event("documents.issue_entry.changed.v1", entry.name, data, unit=entry.lead_unit, clause=entry.clause))


# ---- what its documents do ------------------------------------------------------------------------------------------------


def step_arrived(case: Case, step: Step) -> None:
    """A step of one of its documents opened: the superior's document is with the lead unit, or the draft has come a stage further."""
    document, act = case.document, case.template(step).act
    if document.issuing and act == "handle":
        for entry in store.reads.locked_waiting_for(case.tx, document.id, step.unit):
            received(Entered(case.tx, entry))
    if document.issue_entry:
        entered = _locked(case)
        if act == TAKEN_IN and entered.entry.state is IssueState.OPEN:
            entered.entry.deliver(case.tx.now)
            entered.begin(DELIVERED, case.tx.now)
            entered.save("delivered")
        _passes_on(case, entered, "documents.step.arrived", case.facts(step))


def received(entered: Entered) -> None:
    """The lead unit has the superior's document: the clock of its draft starts."""
    entered.entry.receive(entered.tx.now)
    entered.begin(RECEIVED, entered.tx.now)
    entered.save("received")


def issued(case: Case) -> None:
    """Its document was issued."""
    if case.document.issue_entry:
        entered = _locked(case)
        entered.entry.issue(case.document.document_number, case.tx.now)
        _passes_on(case, entered, "documents.document.issued", case.facts())
        entered.save("issued")


def released(case: Case) -> None:
    """Its draft came to nothing. The lead unit owes another one, and its own due moment does not move."""
    if not case.document.issue_entry:
        return
    entered = _locked(case)
    entry = entered.entry
    if entry.draft != case.document.id or entry.state in (IssueState.ISSUED, IssueState.CLOSED):
        return
    entry.release()
    entered.stop("the draft came to nothing")
    event = RECEIVED if entry.received_at else OPENED
    entered.begin(event, entry.received_at or entry.since)
    entered.save("opened")


def measure(case: Case) -> dict[str, Any]:
    """What can be said about a draft when it is submitted: how much of it stands in what it implements, how many files it has."""
    document = case.document
    superior = store.reads.document(case.tx, document.implements) if document.implements else None
    if superior is not None:
        document.overlap_percent = overlap_percent(document.body, superior.body)
    return {
        "implements": f"documents/{document.implements}" if document.implements else None,
        "superior_type": (superior.document_type or None) if superior is not None else None,
        "overlap_percent": document.overlap_percent,
        "attachment_count": store.reads.attachment_count(case.tx, document.id),
    }


def _locked(case: Case) -> Entered:
    entry = store.reads.locked_entry(case.tx, case.document.issue_entry)
    assert entry is not None, "an entry of the issue list is never deleted"
    return Entered(case.tx, entry)


def _passes_on(case: Case, entered: Entered, event: str, facts: dict[str, Any]) -> None:
    """What happens to the draft may end limits of the entry."""
    entered.end(event, case.offered(event, facts))
