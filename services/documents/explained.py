"""A due moment as its page shows it: day by day, what changed it, what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.type.date_pb2 import Date

from services.documents import convert
from services.documents.commands import matters
from services.documents.commands.names import document_id
from services.documents.queries_issuing import get_entry
from services.documents.store import visibility
from services.kit import deadline
from services.kit.deadline import Account, Change, Reached, view
from xiaoneng.documents.v1 import step_service_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.policy.ruleset import RuleSet
    from services.kit.worktime import Entry

CHANGES = {
    "suspended": "中止计时",
    "resumed": "恢复计时",
    "extended": "延长",
    "reprojected": "按新的节假日安排重新计算",
    "set_aside": "逾期认定已撤销",
    "cancelled": "不再计时",
}
RUNGS = {
    "warn": "到期前提醒",
    "breach": "逾期",
    "notify": "告知",
    "escalate": "逐级督促",
    "open_supervision": "转入督办",
    "propose_accountability": "提请问责",
}


def explain(tx: Tx, deadline_id: str) -> step_service_pb2.DeadlineExplanation:
    """A due moment day by day. Refuses Missing for a limit of what the caller may not see."""
    found = deadline.get(tx, deadline_id)
    _ensure_seen(tx, found.parent or found.subject)
    return explanation(deadline.explain(tx, deadline_id), tx.rules(pins=found.pins))


def _ensure_seen(tx: Tx, name: str) -> None:
    if name.startswith("serviceMatters/"):
        matters.read(tx, name)
    elif name.startswith("issueEntries/"):
        get_entry(tx, name)
    else:
        visibility.ensure(tx, document_id(name))


def explanation(account: Account, rules: RuleSet) -> step_service_pb2.DeadlineExplanation:
    """The whole account of a limit. `rules` name the roles that are told."""
    return step_service_pb2.DeadlineExplanation(
        deadline=view(account.deadline, account.earlier_due),
        lines=[account.summary, *(f"{entry.date} {entry.why}" for entry in account.entries)],
        summary=account.summary,
        days=[_day(entry) for entry in account.entries],
        changes=[_change(change) for change in account.changes],
        rungs=[_rung(reached, rules) for reached in account.ladder],
        remaining_text=account.left.words if account.left else "",
        unit=account.deadline.unit,
    )


def _day(entry: Entry) -> step_service_pb2.ExplainedDay:
    return step_service_pb2.ExplainedDay(
        day=Date(year=entry.date.year, month=entry.date.month, day=entry.date.day),
        counted=entry.counted,
        days=entry.days,
        seconds=int(entry.time.total_seconds()),
        why=entry.why,
        end_time=convert.moment(entry.ends),
    )


def _change(change: Change) -> step_service_pb2.DeadlineHistory:
    return step_service_pb2.DeadlineHistory(
        time=convert.stamp(change.at),
        label=CHANGES.get(change.kind, change.kind),
        person=change.person,
        reason=change.reason,
        previous_due_time=convert.moment(change.due_before),
        new_due_time=convert.moment(change.due_after),
    )


def _rung(reached: Reached, rules: RuleSet) -> step_service_pb2.ExplainedRung:
    step = reached.step
    return step_service_pb2.ExplainedRung(
        label=RUNGS.get(step.do, step.do),
        time=convert.moment(reached.at),
        reach_time=convert.moment(reached.fired_at),
        roles=[rules.roles[role].label if role in rules.roles else role for role in step.to],
        citation=convert.citation(step.citation),
    )
