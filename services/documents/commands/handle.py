"""What responsible units do: start, dispatch, ask for material, report, feed back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.documents import convert, store
from services.documents.commands import attach, effects, limits
from services.documents.commands import material as material_of
from services.documents.commands.act import Acted, complete, ensure_reached, mine
from services.documents.commands.case import Case, first, load
from services.documents.commands.names import check_units, document_id, part_id
from services.documents.domain import facts_of
from services.documents.domain.document import State
from services.documents.domain.handling import Dispatch, Feedback, Material, Report
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.identity import may
from services.kit.procedure.steps import Outcome, Step
from xiaoneng.documents.v1 import events_pb2

STARTED = "documents.handling.started"
# Who handles a document, and who prepares what is decided about it, may ask others for material and for their opinion.
CONSULTING = ("handle", "propose", "review", "check")


@dataclass(frozen=True, kw_only=True)
class StartHandling(Command):
    name: str


@command(audit="documents.handling.start", first=first)
def start_handling(tx: Tx, cmd: StartHandling) -> Acted:
    """Records that a unit has started. Starting twice changes nothing. Refuses what route and rules refuse."""
    case, step, _ = mine(tx, cmd.name, "handle")
    _ensure_not_blocked(case, step)
    case.enforce("documents.handling.start", step, **_facts(case, step))
    if step.id not in case.started:
        case.started[step.id] = tx.now
        limits.happened(case, STARTED, cmd.name)
        _refresh_due(case, step)
        effects.save_step(case, step)
    return Acted(case, step)


@dataclass(frozen=True, kw_only=True)
class RecordDispatch(Command):
    name: str
    units: tuple[str, ...]
    text: str


@command(audit="documents.handling.dispatch", first=first)
def record_dispatch(tx: Tx, cmd: RecordDispatch) -> Case:
    """Records how the unit in the lead divides the work. Refuses UnknownUnit, what the rules refuse."""
    case, step, actor = mine(tx, cmd.name, "handle")
    check_units(tx, cmd.units, "units")
    _ensure_not_blocked(case, step)
    case.enforce("documents.handling.dispatch", step, **_facts(case, step, dispatch_text=cmd.text))
    entry = Dispatch(ids.new(), case.document.id, step.unit, cmd.units, cmd.text, actor.person, tx.now)
    tx.insert(store.dispatches, store.plain_row(entry))
    effects.grant(case, [f"unit:{unit}" for unit in cmd.units])
    return case


@dataclass(frozen=True, kw_only=True)
class RequestMaterial(Command):
    name: str
    units: tuple[str, ...]
    text: str
    due_time: datetime | None = None


@command(audit="documents.material.request", first=first)
def request_material(tx: Tx, cmd: RequestMaterial) -> Case:
    """Asks other units for material. Refuses UnknownUnit, what the rules refuse (a request without its due moment)."""
    case, step, actor = mine(tx, cmd.name, *CONSULTING)
    check_units(tx, cmd.units, "units")
    facts = _facts(case, step, material_due=cmd.due_time)
    case.enforce("documents.material.request", step, **facts)
    for unit in cmd.units:
        material = Material(ids.new(), case.document.id, step.unit, unit, cmd.text, actor.person, tx.now, cmd.due_time)
        due = limits.material(case, material.name, unit, case.facts(step, **{**facts, "unit": unit}))
        material.due_at = due or cmd.due_time
        tx.insert(store.materials, store.plain_row(material))
        effects.grant(case, [f"unit:{unit}"])
        data = events_pb2.MaterialRequested(document=case.document.name, material=material.name, requesting_unit=step.unit, unit=unit)
        if material.due_at:
            data.due_time.CopyFrom(convert.stamp(material.due_at))
        effects.emit(case, "documents.material.requested.v1", data, subject=material.name, unit=unit)
        material_of.asked(case, material)
    return case


@dataclass(frozen=True, kw_only=True)
class SupplyMaterial(Command):
    name: str
    text: str


@command(audit="documents.material.supply", first=first)
def supply_material(tx: Tx, cmd: SupplyMaterial) -> Case:
    """Supplies material; late as well. Refuses MaterialSupplied; Missing for a unit that was not asked."""
    may(cmd.caller, "documents:step:act")
    case = load(tx, document_id(cmd.name))
    material = store.reads.locked_material(tx, part_id(cmd.name))
    if material is None or material.unit not in tx.roster.units_of(cmd.caller.person, tx.now):
        raise Missing()
    late = material.due_at is not None and tx.now > material.due_at
    facts = facts_of.handling_facts(len(case.document.proposal.responsible_units), material_due=material.due_at, past_due=late)
    case.enforce("documents.material.supply", **{**facts, "unit": material.unit})
    material.supply(cmd.text, cmd.caller.person, tx.now)
    limits.finish(case, material.name)
    tx.update(store.materials, {"id": material.id}, store.plain_row(material))
    data = events_pb2.MaterialSupplied(
        document=case.document.name, material=material.name, unit=material.unit, supply_time=convert.stamp(tx.now)
    )
    effects.emit(case, "documents.material.supplied.v1", data, subject=material.name, unit=material.unit)
    material_of.supplied(case, material)
    return case


@dataclass(frozen=True, kw_only=True)
class ReportHandling(Command):
    name: str
    text: str


@command(audit="documents.handling.report", first=first)
def report_handling(tx: Tx, cmd: ReportHandling) -> Acted:
    """Reports to the leader in charge at a step that asks for it."""
    case, step, actor = mine(tx, cmd.name, "report")
    case.enforce("documents.handling.report", step, **_facts(case, step))
    report = Report(ids.new(), case.document.id, step.unit, cmd.text, actor.person, tx.now)
    tx.insert(store.reports, store.plain_row(report))
    effects.grant(case, [f"person:{leader}" for leader in tx.roster.in_charge_of(step.unit, tx.now)])
    complete(case, step, Outcome(verdict="noted", opinion=cmd.text), actor)
    effects.save(case)
    return Acted(case, case.step(step.id))


@dataclass(frozen=True, kw_only=True)
class SubmitFeedback(Command):
    name: str
    result_text: str = ""
    measures: str = ""
    dispatch_text: str = ""
    evidence: tuple[str, ...] = ()
    completed: bool = False


@command(audit="documents.feedback.submit", first=first)
def submit_feedback(tx: Tx, cmd: SubmitFeedback) -> Acted:
    """办结反馈: that of the unit in the lead closes the matter, that of another one ends its own task."""
    case, step, actor = mine(tx, cmd.name, "handle")
    said = {name: getattr(cmd, name) or None for name in ("result_text", "measures", "dispatch_text")}
    facts = _facts(case, step, evidence_count=len(cmd.evidence), completed=cmd.completed, **said)
    _ensure_not_blocked(case, step)
    case.enforce("documents.feedback.submit", step, **facts)
    attach.ensure_held(tx, case.document.id, cmd.evidence)
    feedback = Feedback(
        id=ids.new(),
        document=case.document.id,
        step=step.id,
        unit=step.unit,
        lead=step.lead,
        result_text=cmd.result_text,
        measures=cmd.measures,
        dispatch_text=cmd.dispatch_text,
        evidence=cmd.evidence,
        completed=cmd.completed,
        person=actor.person,
        submitted_at=tx.now,
        margin_seconds=_margin(case, cmd.name),
    )
    case.started.setdefault(step.id, tx.now)
    changes = complete(case, step, Outcome(verdict="noted", opinion=cmd.result_text or cmd.measures), actor)
    tx.insert(store.feedbacks, store.plain_row(feedback))
    data = events_pb2.FeedbackSubmitted(
        document=case.document.name, unit=step.unit, lead=step.lead, submit_time=convert.stamp(feedback.submitted_at)
    )
    effects.emit(case, "documents.feedback.submitted.v1", data, unit=step.unit)
    if not changes.closed and case.document.state is State.RUNNING:
        case.document.feed_back(tx.now)
    effects.save(case)
    return Acted(case, case.step(step.id))


def _facts(case: Case, step: Step, **known: Any) -> dict[str, Any]:
    units = len(case.facts()["responsible_units"])
    return facts_of.handling_facts(units, store.reads.dispatch_count(case.tx, case.document.id, step.unit), **known)


def _ensure_not_blocked(case: Case, step: Step) -> None:
    """An undecided objection keeps work from starting: refused with the pack's reason."""
    if case.route.blocked(step) is not None:
        ensure_reached(case, step.step, step.party)


def _margin(case: Case, name: str) -> int:
    """Seconds ahead of the limit of handling; negative: late."""
    dues = [d.due_at for d in limits.open_deadlines(case, name) if d.due_at]
    return int((max(dues) - case.tx.now) / timedelta(seconds=1)) if dues else 0


def _refresh_due(case: Case, step: Step) -> None:
    """The limit that ended is not the one that the lists sort by any more."""
    due = limits.first_due(case, f"{case.document.name}/steps/{step.id}")
    if due is None:
        case.due.pop(step.id, None)
    else:
        case.due[step.id] = due
    effects.relist(case, step)
