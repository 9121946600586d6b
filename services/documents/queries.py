"""Lists, work lists, ledgers and the views of one document: straight from the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, literal, select, tuple_

from services.documents import convert, store
from services.documents.commands import act, correct, draft, forecast, issue, limits, permits, records, register
from services.documents.commands.case import Case, peek, peek_many
from services.documents.commands.extend import Extended, may_decide
from services.documents.commands.names import document_id, part_id
from services.documents.commands.permits import Copied, Permitted
from services.documents.commands.records import Recorded
from services.documents.domain.attachments import Attachment
from services.documents.domain.document import Kind, State
from services.documents.domain.errors import TooManyRows
from services.documents.domain.listing import Wish
from services.documents.domain.permits import PermitState
from services.documents.facts import DELEGATION_KIND
from services.documents.store import filing, visibility
from services.kit import deadline
from services.kit.db.tx import Tx
from services.kit.pages import Page
from services.kit.policy import RuleSet
from services.kit.procedure.steps import Step, StepState
from services.kit.worktime import due
from xiaoneng.documents.v1 import (
    document_service_pb2,
    handling_service_pb2,
    permit_service_pb2,
    record_service_pb2,
    step_service_pb2,
    types_pb2,
)
from xiaoneng.kit.v1 import deadline_view_pb2, work_pb2

MOST_ROWS = 50_000
BATCH = 100


# ---- one document ---------------------------------------------------------------------------------------------------------


def open_case(tx: Tx, name: str) -> Case:
    """A document that the caller may see. Refuses Missing."""
    visibility.ensure(tx, document_id(name))
    return peek(tx, document_id(name))


def document_view(case: Case) -> types_pb2.Document:
    """A document with what the caller may do."""
    return convert.document(case.document, case.rules, case.findings, allowed(case))


def allowed(case: Case) -> list[str]:
    """What the caller may do with the document now, as names of methods. The server decides; pages never derive it."""
    caller, document = case.tx.caller, case.document
    assert caller is not None
    held = caller.permissions
    found: list[str] = []
    if document.state is State.DRAFT:
        mine = document.initiator == caller.person and draft.DRAFT in held
        return ["DeleteDraft", "SubmitDraft", "UpdateDraft"] if mine else []
    alive = document.state in (State.REGISTERED, State.RUNNING)
    if document.kind is Kind.INCOMING and alive and register.CLASSIFY in held:
        found += ["ClassifyDocument", "MarkDocument"]
        found += [] if document.returning else ["ReturnDocument"]
        found += [] if document.pre_forwarded else ["PreforwardDocument"]
        found += ["AddReaders"] if document.state is State.RUNNING else []
    if correct.CORRECT in held and document.state in (State.REGISTERED, State.RUNNING, State.CLOSED):
        found.append("CorrectDocument")
    if alive and correct.VOID in held:
        found.append("VoidDocument")
    if alive and correct.CORRECT in held and document.kind is Kind.INCOMING:
        found.append("MergeDocument")
    if document.kind is Kind.OUTGOING and issue.ISSUE in held and not document.document_number:
        found.append("IssueDocument")
    return found + records.allowed(case)


def step_view(case: Case, step: Step, deadlines: Sequence[deadline.Deadline] = ()) -> types_pb2.Step:
    """A step with its deadlines and with what the caller may do."""
    known = {template.id: template for template in case.route.procedure.steps}
    return convert.step(
        step,
        known.get(step.step),
        case.rules,
        document=case.document.name,
        persons=case.persons.get(step.id, ()),
        started=case.started.get(step.id),
        blocked=step.active and case.route.blocked(step) is not None,
        deadlines=[deadline.view(d) for d in deadlines],
        limits=[convert.limit_of(d) for d in deadlines],
        actions=act.allowed(case, step),
    )


def acted(done: act.Acted) -> types_pb2.Step:
    """The reply of a command: the step as it stands. Its deadlines are shown by `GetStep` and `GetRoute`."""
    return step_view(done.case, done.case.step(done.step.id))


def kept_proposal(done: act.Acted) -> step_service_pb2.ProposalForm:
    """The reply of keeping a proposal."""
    kept = convert.proposal(store.proposal_of(done.case.proposal_draft))
    return step_service_pb2.ProposalForm(draft=kept, remark=done.step.remark)


def extended(done: Extended) -> handling_service_pb2.Extension:
    """The reply of asking for more time, and of deciding it."""
    return convert.extension(done.extension, done.case.rules)


def recorded(done: Recorded) -> record_service_pb2.Record:
    """The reply of making and of withdrawing a record."""
    return convert.record(done.record, done.case.rules)


def list_records(tx: Tx, name: str, page: Page) -> Sequence[Row[Any]]:
    """The records of a document, oldest first; `Page.cut` takes the row too many away. Refuses Missing."""
    visibility.ensure(tx, document_id(name))
    table = store.records
    statement = select(table).where(table.c.document == document_id(name)).order_by(table.c.recorded_at, table.c.id)
    if page.after:
        statement = statement.where(tuple_(table.c.recorded_at, table.c.id) > tuple_(*map(literal, page.after)))
    return tx.all(statement.limit(page.size + 1))


def changed_route(case: Case) -> types_pb2.Route:
    """The route after a change in this transaction."""
    case.tx.flush()
    return route_view(case)


def document_line(tx: Tx, row: Row[Any]) -> types_pb2.Document:
    """A document in a list: without its body, without what may be done with it."""
    document = store.document_of(row)
    document.body = ""
    return convert.document(document, tx.rules(pins=dict(row.pins)) if row.pins else tx.rules())


def route_view(case: Case) -> types_pb2.Route:
    """The route: done, open, upcoming; each step with its due moment and article."""
    document = case.document
    beneath = deadline.of_parent(case.tx, document.name)
    # Those that run until something happens are subjects of their own (`commands.limits.occurred`), and the document's all the same.
    own = [*deadline.for_subject(case.tx, document.name), *(d for d in beneath if d.subject == limits.subject_of(document.name, d.rule))]
    own.sort(key=lambda d: (d.due_at or store.LAST, d.id))
    route = types_pb2.Route(document=document.name, deadlines=[deadline.view(d) for d in own])
    if case.instance is None:
        return route
    procedure = case.instance.procedure
    of_steps: dict[str, list[deadline.Deadline]] = {}
    for running in beneath:
        of_steps.setdefault(running.subject, []).append(running)
    route.procedure, route.label = procedure.id, procedure.label
    if procedure.clause:
        route.citation.CopyFrom(convert.citation(case.rules.citation(procedure.clause)))
    for step in sorted(case.instance.steps, key=lambda s: (s.opened_at, s.id)):
        route.steps.append(step_view(case, step, of_steps.get(f"{document.name}/steps/{step.id}", ())))
    route.forecasts.extend(forecast.view(case, found) for found in forecast.of(case))
    for template in case.instance.upcoming():
        route.steps.append(convert.upcoming(template, case.rules, limits.of_template(case, template)))
    return route


def get_step(tx: Tx, name: str) -> types_pb2.Step:
    """One step with its deadlines."""
    case = open_case(tx, name)
    return step_view(case, case.step(part_id(name)), deadline.for_subject(tx, name))


def proposal_form(tx: Tx, name: str) -> step_service_pb2.ProposalForm:
    """What the form of a proposal offers: limits of the regulation, the remark, what was kept."""
    case = open_case(tx, name)
    step = case.step(part_id(name))
    case.actor(step)
    form = step_service_pb2.ProposalForm(remark=step.remark)
    facts = case.offered("documents.proposal.submit", case.facts(step))
    for limit in case.rules.defaults("documents.proposal.submit", facts):
        if limit.default_of == "feedback_deadline" and limit.budget is not None:
            form.feedback_deadline.CopyFrom(convert.stamp(due(tx.now, limit.budget, tx.roster.calendar()).at))
            form.feedback_citation.CopyFrom(convert.citation(limit.citation))
    # What was kept; else what was proposed before it came back.
    kept = store.proposal_of(case.proposal_draft) if case.proposal_draft else case.document.proposal
    form.draft.CopyFrom(convert.proposal(kept))
    return form


def handling_view(case: Case) -> handling_service_pb2.Handling:
    """What the responsible units have recorded. Queued writes are sent first."""
    tx, document = case.tx, case.document
    tx.flush()
    found = handling_service_pb2.Handling(document=document.name)
    found.dispatches.extend(convert.dispatch(store.dispatch_of(row)) for row in _of(tx, store.dispatches, document.id, "recorded_at"))
    materials = [store.material_of(row) for row in _of(tx, store.materials, document.id, "requested_at")]
    dues = deadline.of_subjects(tx, [m.name for m in materials])
    for material in materials:
        views = [deadline.view(d) for d in dues.get(material.name, ())]
        found.materials.append(convert.material(material, views[0] if views else _plain_due(material.due_at)))
    found.reports.extend(convert.report(store.report_of(row)) for row in _of(tx, store.reports, document.id, "reported_at"))
    found.feedbacks.extend(convert.feedback(store.feedback_of(row)) for row in _of(tx, store.feedbacks, document.id, "submitted_at"))
    for row in _of(tx, store.extensions, document.id, "requested_at"):
        found.extensions.append(convert.extension(store.extension_of(row), case.rules))
    return found


def _plain_due(at: datetime | None) -> deadline_view_pb2.DeadlineView | None:
    return deadline_view_pb2.DeadlineView(due_time=convert.moment(at)) if at else None


def _of(tx: Tx, table: Any, document: str, order: str) -> Sequence[Row[Any]]:
    return tx.all(select(table).where(table.c.document == document).order_by(table.c[order], table.c.id))


def readings(case: Case) -> list[types_pb2.Step]:
    """The reading copies, in the order of their opening."""
    if case.instance is None:
        return []
    reading = {t.id for t in case.instance.procedure.steps if t.act == "read"}
    shown = (StepState.OPEN, StepState.DONE)
    return [step_view(case, s) for s in case.instance.steps if s.step in reading and s.current and s.state in shown]


def attachments(tx: Tx, name: str) -> list[Attachment]:
    """The files of a document, in the order of their upload."""
    visibility.ensure(tx, document_id(name))
    return [store.attachment_of(row) for row in _of(tx, store.attachments, document_id(name), "created_at")]


def permitted(done: Permitted) -> permit_service_pb2.Permit:
    """A permit, with what the caller may do with it."""
    pending = done.permit.state is PermitState.PENDING and permits.may_decide(done.case, done.permit)
    return convert.permit(done.permit, done.case.rules, ["DecidePermit"] if pending else [])


def permits_of(tx: Tx, name: str, page: Page) -> list[Permitted]:
    """Permits of a document that concern the caller, newest first. Refuses Missing."""
    assert tx.caller is not None
    case, table, found = open_case(tx, name), store.permits, []
    statement = select(table).where(table.c.document == case.document.id).order_by(table.c.asked_at.desc(), table.c.id.desc())
    if page.after is not None:
        statement = statement.where(tuple_(table.c.asked_at, table.c.id) < tuple_(*map(literal, page.after)))
    for row in tx.all(statement):
        done = Permitted(case, store.permit_of(row))
        if done.permit.person == tx.caller.person or permits.may_decide(case, done.permit):
            found.append(done)
        if len(found) > page.size:
            break
    return found


def copied(done: Copied) -> permit_service_pb2.Copy:
    """A text that left its document, with the mark that says who took it when."""
    tx, document = done.case.tx, done.case.document
    assert tx.caller is not None
    at = tx.now.astimezone(ZoneInfo(done.case.zone)).strftime("%Y-%m-%d %H:%M")
    return permit_service_pb2.Copy(
        document=document.name,
        title=document.title,
        number=document.number,
        text=done.text,
        mark=f"{tx.roster.name_of(tx.caller.person)} {at}",
        create_time=convert.stamp(tx.now),
    )


def my_threads(tx: Tx, document: str, page: Page) -> Sequence[Row[Any]]:
    """Threads of which the caller is a person, newest first."""
    assert tx.caller is not None
    mine, table = store.thread_persons, store.threads
    where: list[ColumnElement[bool]] = [mine.c.person == tx.caller.person]
    if document:
        where.append(mine.c.document == document_id(document))
    if page.after is not None:
        where.append(tuple_(mine.c.opened_at, mine.c.thread) < tuple_(*map(literal, page.after)))
    joined = table.join(mine, and_(mine.c.tenant == table.c.tenant, mine.c.thread == table.c.id))
    statement = select(table).select_from(joined).where(and_(*where)).order_by(mine.c.opened_at.desc(), mine.c.thread.desc())
    return tx.all(statement.limit(page.size + 1))


# ---- lists -----------------------------------------------------------------------------------------------------------------


def list_documents(tx: Tx, wish: Wish, page: Page) -> Sequence[Row[Any]]:
    """The documents of a page in the order of the wish, with the place that each has in it."""
    return store.lists.page(tx, wish, page.after, page.size + 1)


def find_duplicates(tx: Tx, sender: str, sender_number: str) -> Sequence[Row[Any]]:
    """Registered documents with this sender and number, newest first."""
    table = store.documents
    same = and_(table.c.sender == sender, table.c.sender_number == sender_number, visibility.visible(tx))
    return tx.all(select(table).where(same).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(20))


def my_steps(tx: Tx, queue: str, page: Page) -> Sequence[Row[Any]]:
    """Open steps of the caller and of those who delegated to him, due first. One row per step."""
    assert tx.caller is not None
    given = tx.roster.acts_for(tx.caller.person, tx.now, DELEGATION_KIND)
    persons = [tx.caller.person, *(d.delegator for d in given)]
    mine = store.holders
    where: list[ColumnElement[bool]] = [mine.c.person.in_(sorted(set(persons)))]
    if queue:
        where.append(mine.c.queue == queue)
    if page.after is not None:
        where.append(tuple_(mine.c.sort_at, mine.c.step) > tuple_(*(literal(value) for value in page.after)))
    first = select(mine.c.sort_at, mine.c.step, mine.c.document, mine.c.queue).where(and_(*where)).distinct()
    return tx.all(first.order_by(mine.c.sort_at, mine.c.step).limit(page.size + 1))


def step_items(tx: Tx, rows: Sequence[Row[Any]]) -> list[types_pb2.StepItem]:
    """The lines of a work list."""
    cases = peek_many(tx, {row.document for row in rows})
    found = deadline.of_subjects(tx, [f"documents/{row.document}/steps/{row.step}" for row in rows])
    items = []
    for row in rows:
        case = cases[row.document]
        name = f"documents/{row.document}/steps/{row.step}"
        kind = work_pb2.WORK_KIND_READING if row.queue == "reading" else work_pb2.WORK_KIND_ACTION
        items.append(
            types_pb2.StepItem(
                step=step_view(case, case.step(row.step), [d for d in found.get(name, ()) if d.running]),
                document=case.document.name,
                title=case.document.title,
                number=case.document.number,
                urgency=convert.URGENCY[case.document.urgency],
                queue=kind,
            )
        )
    return items


def whole_ledger(tx: Tx, wish: Wish) -> Iterator[Row[Any]]:
    """All lines of a ledger for an export that is waited for, batch by batch. Refuses TooManyRows."""
    for number, row in enumerate(store.lists.everything(tx, wish), 1):
        if number > MOST_ROWS:
            raise TooManyRows(most=MOST_ROWS)
        yield row


def ledger_entry(tx: Tx, row: Row[Any]) -> document_service_pb2.LedgerEntry:
    """A line of the ledger."""
    due_at = row.due_at if row.due_at < store.LAST else None
    entry = document_service_pb2.LedgerEntry(
        document=f"documents/{row.id}",
        number=row.document_number or row.registration_number,
        title=row.title,
        state=convert.LEDGER.get(row.ledger, 0),
        lead_unit=row.lead_unit,
        units=row.proposal.get("responsible_units", ()),
        open_time=convert.moment(row.registered_at or row.created_at),
        due_time=convert.moment(due_at),
        close_time=convert.moment(row.closed_at),
        overdue=due_at is not None and (row.closed_at or tx.now) > due_at,
        citation=convert.cited(_rules_of(tx, row.pins), row.ledger_clause) if row.ledger_clause else None,
        kind=convert.KIND[row.kind],
        document_state=convert.STATE[row.state],
        sender=row.sender,
        sender_number=row.sender_number,
        document_class=row.document_class,
        document_type=row.document_type,
        initiator=row.initiator,
        initiating_unit=row.initiating_unit,
    )
    if due_at is not None and row.closed_at is not None:
        entry.margin_hours = (due_at - row.closed_at).total_seconds() / 3600
    return entry


def _rules_of(tx: Tx, pins: Mapping[str, int]) -> RuleSet:
    """The rules that a document keeps, looked up once for all lines that keep the same."""
    known: dict[tuple[tuple[str, int], ...], RuleSet] = tx.memo.setdefault("documents.queries.rules", {})
    kept = tuple(sorted(pins.items()))
    if kept not in known:
        known[kept] = tx.rules(pins=dict(pins)) if pins else tx.rules()
    return known[kept]


def pending_extensions(tx: Tx, page: Page) -> Sequence[Row[Any]]:
    """Requests for more time that wait for a decision, oldest first."""
    table = store.extensions
    where: list[ColumnElement[bool]] = [table.c.state == "pending"]
    if page.after is not None:
        where.append(tuple_(table.c.requested_at, table.c.id) > tuple_(*(literal(value) for value in page.after)))
    return tx.all(select(table).where(and_(*where)).order_by(table.c.requested_at, table.c.id).limit(page.size + 1))


def mine_to_decide(tx: Tx, rows: Sequence[Row[Any]]) -> list[handling_service_pb2.Extension]:
    """Of the pending requests those that the caller may decide."""
    cases = peek_many(tx, {row.document for row in rows})
    found = [(cases[row.document], store.extension_of(row)) for row in rows]
    return [convert.extension(extension, case.rules) for case, extension in found if may_decide(case, extension)]


def list_numbers(tx: Tx, series: str, year: int, page: Page) -> Sequence[Row[Any]]:
    """The numbers of a series and year, newest first."""
    table = store.numbers
    where: list[ColumnElement[bool]] = [table.c.series == series, table.c.year == year]
    if page.after is not None:
        where.append(table.c.position < page.after[0])
    return tx.all(select(table).where(and_(*where)).order_by(table.c.position.desc()).limit(page.size + 1))


def ledger_views(tx: Tx, page: Page) -> Sequence[Row[Any]]:
    """The views that the caller keeps, oldest first."""
    assert tx.caller is not None
    table = store.ledger_views
    where: list[ColumnElement[bool]] = [table.c.person == tx.caller.person]
    if page.after is not None:
        where.append(table.c.id > page.after[0])
    return tx.all(select(table).where(and_(*where)).order_by(table.c.id).limit(page.size + 1))


def ledger_exports(tx: Tx, page: Page) -> Sequence[Row[Any]]:
    """The exports of the caller, newest first."""
    assert tx.caller is not None
    table = store.exports
    where: list[ColumnElement[bool]] = [table.c.person == tx.caller.person]
    if page.after is not None:
        where.append(table.c.id < page.after[0])
    return tx.all(select(table).where(and_(*where)).order_by(table.c.id.desc()).limit(page.size + 1))


def grants(tx: Tx, whose: str, document: str, page: Page) -> Sequence[Row[Any]]:
    """Grants, newest first: those that the caller gave, those that were given to him, or all for who supervises."""
    assert tx.caller is not None
    table = store.grants
    received = table.c.grantee.in_(store.visibility.grantees(tx, tx.caller.person))
    supervised = literal(store.visibility.SUPERVISE in tx.caller.permissions)
    where: list[ColumnElement[bool]] = [{"received": received, "all": supervised}.get(whose, table.c.granted_by == tx.caller.person)]
    if document:
        where.append(table.c.document == document)
    if page.after is not None:
        where.append(table.c.id < page.after[0])
    return tx.all(select(table).where(and_(*where)).order_by(table.c.id.desc()).limit(page.size + 1))


# ---- filing ---------------------------------------------------------------------------------------------------------------


def filed_cases(tx: Tx, year: int, retention: str) -> Iterator[Case]:
    """What was filed of a year, one whole document after the other."""
    after: tuple[Any, ...] | None = None
    while rows := filing.filed(tx, year, retention, Page(BATCH, after, "", tx.now)):
        cases = peek_many(tx, {row.id for row in rows})
        yield from (cases[row.id] for row in rows)
        after = (rows[-1].file_number, rows[-1].id)
