"""What follows from a change of the route, in the same transaction: rows, deadlines, events, the to-do list, who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.documents import convert, store
from services.documents.commands import issue_list, limits, material, text
from services.documents.commands.case import Case
from services.documents.domain.document import State
from services.documents.domain.errors import NobodyHoldsRole
from services.kit import work
from services.kit.db.event import Event
from services.kit.procedure.steps import Changes, Objection, Step, StepState
from xiaoneng.documents.v1 import events_pb2
from xiaoneng.kit.v1 import work_pb2

READ, HANDLE = "read", "handle"
RETURNED = "documents.document.returned"


def apply(case: Case, changes: Changes) -> None:
    """Stores and makes known what an act changed on the route."""
    for step in changes.sent_back:
        _ended(case, step, done=True)
    for step in changes.completed:
        _ended(case, step, done=True)
    for step in (*changes.taken_back, *changes.withdrawn, *changes.lapsed, *changes.left_out):
        _ended(case, step, done=False)
    for step in changes.withdrawn:
        _handling_changed(case, step, keeps=False)
    for step in changes.paused:
        _leaves_lists(case, step)
    for step in changes.opened:
        _opened(case, step)
    for step in changes.resumed:
        _enters_lists(case, step)
    for step in changes.merged:
        _merged(case, step)
    for objection in (*changes.objected, *changes.decided):
        _objection(case, objection)
    for step in changes.touched():
        save_step(case, step)
    if changes.closed:
        _closed(case)
    elif changes.ended and not case.document.returning:
        limits.cancel(case, case.document.name, "route ended")


def save(case: Case) -> None:
    """Writes the document with what its route keeps."""
    row = store.document_row(case.document)
    row["findings"] = case.findings
    row["proposal_draft"] = case.proposal_draft
    row["pins"] = dict(case.pins)
    row["noted"] = [record.noted() for record in case.noted]
    if case.unlisted and case.document.state is not State.DRAFT:
        grant(case, store.visibility.everybodys(case.document.kind))
        case.unlisted = False
    if case.instance is not None:
        instance = case.instance
        row |= {"procedure_pack": case.pack, "procedure": instance.procedure.id}
        row["route"] = store.route_row(instance.arrived, instance.objections, instance.state) | {"warned": case.warned}
    if case.new:
        case.tx.insert(store.documents, row)
        case.new = False
    else:
        key = {"id": row.pop("id")}
        case.tx.update(store.documents, key, row)


def save_step(case: Case, step: Step) -> None:
    """Writes a step with what the service knows of it."""
    row = store.step_row(step)
    row |= {
        "document": case.document.id,
        "act": case.template(step).act if step.step in {t.id for t in case.route.procedure.steps} else "",
        "persons": case.persons.get(step.id, []),
        "roster_number": case.tx.roster.number,
        "started_at": case.started.get(step.id),
        "due_at": case.due.get(step.id),
    }
    if not row["act"]:
        del row["act"], row["roster_number"]
        case.tx.update(store.steps, {"id": row.pop("id")}, row)
        return
    case.tx.upsert(store.steps, row)


def grant(case: Case, holders: Iterable[str]) -> None:
    """Lets these holders (`person:…`, `unit:…`) see the document from now on."""
    for holder in sorted(set(holders)):
        case.tx.upsert(store.access, {"holder": holder, "document": case.document.id})


def index(case: Case) -> None:
    """Makes the document findable by its title, sender and numbers; by its full text a moment later."""
    text.index_head(case.tx, case.document, new=case.new)


def emit(case: Case, type_: str, data: Any, subject: str = "", unit: str = "", clause: str = "") -> None:
    """An event about this document."""
    case.tx.emit(Event(type=type_, subject=subject or case.document.name, data=data, unit=unit, clause=clause))


def reassign(case: Case, step: Step) -> bool:
    """Lets an open step lie with whoever may act now; says whether that is anybody else."""
    before = case.persons.get(step.id, [])
    found = [person for person, _ in case.resolve(step, case.template(step))]
    if found == before:
        return False
    _leave_rows(case, step)
    case.persons[step.id] = found
    _enter_rows(case, step)
    grant(case, _involved(case, step))
    emit(
        case,
        "documents.step.reassigned.v1",
        events_pb2.StepReassigned(document=case.document.name, step=name_of(case, step), persons=found, unit=step.unit),
        subject=name_of(case, step),
        unit=step.unit,
    )
    work.changed(case.tx, item(case, step))
    save_step(case, step)
    return True


def follow_post(case: Case, step: Step) -> bool:
    """Lets an open step follow its post. Where nobody holds the role now, it stays with those who have it."""
    if step.person or step.added_to:
        return False
    try:
        return reassign(case, step)
    except NobodyHoldsRole:
        return False


def name_of(case: Case, step: Step) -> str:
    return f"{case.document.name}/steps/{step.id}"


def queue_of(case: Case, step: Step) -> str:
    return "reading" if case.template(step).act == READ else "action"


def item(case: Case, step: Step) -> work_pb2.WorkItem:
    """The step as the to-do list sees it."""
    template = case.template(step)
    document = case.document
    found = work_pb2.WorkItem(
        item=name_of(case, step),
        subject=document.name,
        kind=work_pb2.WORK_KIND_READING if template.act == READ else work_pb2.WORK_KIND_ACTION,
        title=document.title,
        number=document.number,
        step=convert.label(case.rules, template),
        unit=step.unit,
        role=step.role,
        persons=case.persons.get(step.id, []),
        urgency=convert.URGENCY[document.urgency],
        arrive_time=convert.stamp(step.opened_at),
        remark=step.remark,
        delegable=template.delegable,
    )
    # The article that sets the limit while one runs, else the one that demands the step.
    running = min(limits.open_deadlines(case, found.item), key=lambda d: d.due_at or store.LAST, default=None)
    if running is not None:
        found.citation.CopyFrom(convert.citation(running.citation))
        found.deadline, found.limit_label = running.name, running.label
    elif template.clause:
        found.citation.CopyFrom(convert.citation(case.rules.citation(template.clause)))
    if step.id in case.due:
        found.due_time.CopyFrom(convert.stamp(case.due[step.id]))
    return found


def notify(case: Case, event: str, step: Step | None = None, **known: Any) -> None:
    """Tells those whom the regulation wants told of an event: holders of its roles, as seen from the step."""
    facts = case.facts(step, **known)
    for notice in case.rules.notices(event, case.offered(event, facts)):
        persons: list[str] = []
        for name in notice.to:
            role = case.rules.role(name)
            unit = facts.get(notice.of) if notice.of else step.unit if step is not None else case.document.initiating_unit
            held = case.tx.roster.holders(role, case.tx.now, unit=unit or None, initiator=case.document.initiator, facts=facts)
            persons += [holder.person for holder in held]
        work.told(case.tx, case.document.name, persons, notice.text, notice.citation)


# ---- one kind of change each ----------------------------------------------------------------------------------------


def _opened(case: Case, step: Step) -> None:
    template = case.template(step)
    holders = case.resolve(step, template)
    case.persons[step.id] = [person for person, _ in holders]
    due = limits.arrive(case, step, holders)
    if due is not None:
        case.due[step.id] = due
    _matter_due(case, step)
    grant(case, _involved(case, step))
    _enter_rows(case, step)
    arrived = events_pb2.StepArrived(
        document=case.document.name,
        step=name_of(case, step),
        procedure_step=step.step,
        act=template.act,
        role=step.role,
        unit=step.unit,
        lead=step.lead,
        generation=step.generation,
        arrive_time=convert.stamp(step.opened_at),
    )
    if due is not None:
        arrived.due_time.CopyFrom(convert.stamp(due))
    if template.clause:
        arrived.citation.CopyFrom(convert.citation(case.rules.citation(template.clause)))
    emit(case, "documents.step.arrived.v1", arrived, subject=name_of(case, step), unit=step.unit, clause=template.clause)
    work.opened(case.tx, item(case, step))
    notify(case, "documents.step.arrived", step)
    issue_list.step_arrived(case, step)


def _ended(case: Case, step: Step, *, done: bool) -> None:
    subject = name_of(case, step)
    was_open = step.state is not StepState.MERGED
    if done:
        limits.finish(case, subject)
    else:
        limits.cancel(case, subject, str(step.state))
    _leave_rows(case, step)
    state = convert.STEP_STATE[step.state]
    act = case.template(step).act if step.step in {t.id for t in case.route.procedure.steps} else ""
    completed = events_pb2.StepCompleted(
        document=case.document.name,
        step=subject,
        procedure_step=step.step,
        act=act,
        role=step.role,
        unit=step.unit,
        state=state,
        end_time=convert.stamp(step.ended_at or case.tx.now),
        delegated=bool(step.done_for),
    )
    emit(case, "documents.step.completed.v1", completed, subject=subject, unit=step.unit)
    if was_open and act:
        work.ended(case.tx, item(case, step), done=done, by=step.done_by, on_behalf_of=step.done_for)
    if step.state is StepState.DONE:
        notify(case, "documents.step.completed", step)


def _leaves_lists(case: Case, step: Step) -> None:
    if step.id in case.persons:
        _leave_rows(case, step)
        work.ended(case.tx, item(case, step), done=False)
    else:
        case.persons[step.id] = [step.person]
        grant(case, _involved(case, step))


def _enters_lists(case: Case, step: Step) -> None:
    _enter_rows(case, step)
    work.opened(case.tx, item(case, step))


def _merged(case: Case, step: Step) -> None:
    """The unit has its task already; it learns that it is decided now, and its limit is the stated one."""
    twin = case.step(step.merged_into)
    if not twin.active:
        return
    due = limits.renew(case, twin)
    if due is not None and due != case.due.get(twin.id):
        case.due[twin.id] = due
        relist(case, twin)
        save_step(case, twin)
    _handling_changed(case, twin, keeps=True)


def _handling_changed(case: Case, step: Step, *, keeps: bool) -> None:
    """Tells a unit that handles already what was decided about the division of work."""
    if step.step not in {t.id for t in case.route.procedure.steps} or case.template(step).act != HANDLE:
        return
    changed = events_pb2.HandlingChanged(document=case.document.name, unit=step.unit, keeps=keeps)
    emit(case, "documents.handling.changed.v1", changed, unit=step.unit)


def _objection(case: Case, objection: Objection) -> None:
    step = name_of(case, case.step(objection.raised_at_step))
    data = events_pb2.ObjectionChanged(document=case.document.name, step=step, decided=not objection.open)
    emit(case, "documents.objection.changed.v1", data)


def returned(case: Case) -> None:
    """退文: it goes back to its sender with all grounds."""
    document = case.document
    end(case, State.RETURNED, document.end_reason)
    document.returning = False
    notify(case, RETURNED)


def _closed(case: Case) -> None:
    document = case.document
    if document.returning:
        returned(case)
        return
    document.close(case.tx.now)
    limits.finish(case, document.name)
    data = events_pb2.DocumentClosed(
        document=document.name, number=document.number, lead_unit=document.lead_unit, close_time=convert.stamp(case.tx.now)
    )
    emit(case, "documents.document.closed.v1", data, unit=document.lead_unit, clause=document.ledger_clause)
    notify(case, "documents.document.closed")


def end(case: Case, state: State, reason: str, merged_into: str = "") -> None:
    """The document ends without being done: what is open is withdrawn, its number stays taken."""
    at = case.tx.now
    if case.instance is not None and case.instance.state == "running":
        apply(case, case.instance.withdraw(at, reason))
    limits.cancel_all(case, reason)
    material.withdraw_all(case, reason)
    case.document.end(state, reason, at, merged_into)
    issue_list.released(case)
    data = events_pb2.DocumentEnded(document=case.document.name, state=convert.STATE[state], number=case.document.number)
    emit(case, "documents.document.ended.v1", data)


def _enter_rows(case: Case, step: Step) -> None:
    if step.state is not StepState.OPEN:
        return
    for person in case.persons.get(step.id, []):
        row = {"person": person, "step": step.id, "document": case.document.id, "queue": queue_of(case, step)}
        case.tx.upsert(store.holders, {**row, "sort_at": case.due.get(step.id, store.LAST), "opened_at": step.opened_at})


def _leave_rows(case: Case, step: Step) -> None:
    for person in case.persons.get(step.id, []):
        case.tx.delete(store.holders, {"person": person, "step": step.id})


def relist(case: Case, step: Step) -> None:
    """Sorts an open step by its due moment of now, in the work lists and in the to-do list."""
    _matter_due(case, step)
    _leave_rows(case, step)
    _enter_rows(case, step)
    work.changed(case.tx, item(case, step))


def _matter_due(case: Case, step: Step) -> None:
    """The matter is due when the unit in the lead (or the only one) is."""
    if case.template(step).act == HANDLE and (step.lead or not case.template(step).lead):
        case.document.fall_due(case.due.get(step.id))


def _involved(case: Case, step: Step) -> list[str]:
    persons = [f"person:{person}" for person in case.persons.get(step.id, [])]
    return [*persons, f"unit:{step.unit}"] if step.unit else persons
