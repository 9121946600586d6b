"""A document and its route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from google.type.date_pb2 import Date

from services.documents.convert.common import citation, cited, moment, struct
from services.documents.convert.words import KIND, LEDGER, MEDIUM, STATE, STEP_STATE, URGENCY, VERDICT
from services.documents.domain.document import Document, Ledger, Proposal
from services.documents.facts import CATALOGUE
from services.kit.deadline import view
from services.kit.procedure.steps import Step, StepState
from services.kit.procedure.template import StepTemplate
from xiaoneng.documents.v1 import step_service_pb2, types_pb2
from xiaoneng.kit.v1 import deadline_view_pb2

if TYPE_CHECKING:
    from services.kit.deadline import Deadline
    from services.kit.policy.model import Limit
    from services.kit.policy.ruleset import RuleSet


_ACTS = {act.name: act.about for act in CATALOGUE.acts}


def label(rules: RuleSet, template: StepTemplate) -> str:
    """What the office calls a step."""
    return template.label or _ACTS.get(template.act, template.act)


def document(
    found: Document, rules: RuleSet, findings: Iterable[Mapping[str, Any]] = (), actions: Iterable[str] = ()
) -> types_pb2.Document:
    """A document."""
    day = found.sender_date
    return types_pb2.Document(
        name=found.name,
        etag=str(found.version),
        kind=KIND[found.kind],
        title=found.title,
        body=found.body,
        sender=found.sender,
        sender_number=found.sender_number,
        sender_date=Date(year=day.year, month=day.month, day=day.day) if day else None,
        document_type=found.document_type,
        document_class=found.document_class,
        medium=MEDIUM[found.medium],
        urgency=URGENCY[found.urgency],
        source=found.source,
        matters=found.matters,
        registration_number=found.registration_number,
        document_number=found.document_number,
        register_time=moment(found.registered_at),
        initiator=found.initiator,
        initiating_unit=found.initiating_unit,
        comprehensive=found.comprehensive,
        important=found.important,
        difficult=found.difficult,
        pre_forwarded=found.pre_forwarded,
        contains_request=found.contains_request,
        state=types_pb2.DOCUMENT_STATE_RETURN_PENDING if found.returning else STATE[found.state],
        ledger_state=LEDGER[found.ledger] if found.ledger is not Ledger.NONE else types_pb2.LEDGER_STATE_UNSPECIFIED,
        proposal=proposal(found.proposal) if found.proposal.submitted_at else None,
        close_time=moment(found.closed_at),
        findings=[finding(kept, rules) for kept in findings],
        allowed_actions=sorted(actions),
        merged_into=f"documents/{found.merged_into}" if found.merged_into else "",
        create_time=moment(found.created_at),
        update_time=moment(found.updated_at),
        end_reason=found.end_reason,
        stated_limit=moment(found.stated_limit),
        file_number=found.file_number,
        retention_class=found.retention,
        file_time=moment(found.filed_at),
        reply_time=moment(found.replied_at),
        fields=struct(found.fields) if found.fields else None,
        resubmits=f"documents/{found.resubmits}" if found.resubmits else "",
        first_register_time=moment(found.first_at),
        interim_reply_time=moment(found.interim_replied_at),
        issue_entry=f"issueEntries/{found.issue_entry}" if found.issue_entry else "",
        implements=f"documents/{found.implements}" if found.implements else "",
        overlap_percent=found.overlap_percent,
        on_issue_list=bool(found.issuing),
    )


def finding(kept: Mapping[str, Any], rules: RuleSet) -> types_pb2.RuleFinding:
    """What a rule found, as it was kept."""
    return types_pb2.RuleFinding(
        reason=kept["reason"],
        text=kept["text"],
        effect=kept["effect"],
        citation=cited(rules, kept["clause"]),
        find_time=moment(datetime.fromisoformat(kept["found_at"])),
    )


def proposal(found: Proposal) -> types_pb2.Proposal:
    """A proposal."""
    return types_pb2.Proposal(
        handling_text=found.handling_text,
        responsible_units=found.responsible_units,
        lead_unit=found.lead_unit,
        lead_reason=found.lead_reason,
        lead_leader=found.lead_leader,
        readers=found.readers,
        completion_deadline=moment(found.completion_deadline),
        feedback_deadline=moment(found.feedback_deadline),
        remark=found.remark,
        proposer=found.proposer,
        submit_time=moment(found.submitted_at),
    )


def step(
    found: Step,
    template: StepTemplate | None,
    rules: RuleSet,
    *,
    document: str,
    persons: Iterable[str] = (),
    started: datetime | None = None,
    blocked: bool = False,
    deadlines: Iterable[deadline_view_pb2.DeadlineView] = (),
    limits: Iterable[types_pb2.StepLimit] = (),
    actions: Iterable[str] = (),
) -> types_pb2.Step:
    """A step that has opened. `template` is None for one of an earlier route."""
    role = rules.roles.get(found.role)
    return types_pb2.Step(
        name=f"{document}/steps/{found.id}",
        step=found.step,
        act=template.act if template else "",
        label=label(rules, template) if template else found.step,
        role=found.role,
        role_label=role.label if role else "",
        unit=found.unit,
        persons=persons,
        lead=found.lead,
        generation=found.generation,
        state=STEP_STATE[found.state],
        arrive_time=moment(found.opened_at),
        open_time=moment(found.seen_at),
        end_time=moment(found.ended_at),
        done_by=found.done_by,
        done_for=found.done_for,
        verdict=VERDICT.get(found.verdict, 0),
        opinion=found.opinion,
        differing=found.differing,
        objection=found.objection,
        blocked=blocked,
        remark=found.remark,
        citation=cited(rules, template.clause) if template else None,
        deadlines=sorted(deadlines, key=lambda d: (d.due_time.seconds, d.name)),
        limits=limits,
        allowed_actions=sorted(actions),
        reason=found.reason,
        start_time=moment(started),
        sets=sorted(template.sets) if template and found.state is StepState.OPEN else [],
        delegable=template.delegable if template else True,
        verdicts=sorted(VERDICT[v] for v in template.verdicts if v in VERDICT) if template else [],
        may=sorted(template.may) if template and found.state is StepState.OPEN else [],
        after=template.after if template else (),
    )


def upcoming(template: StepTemplate, rules: RuleSet, limits: Iterable[Limit] = ()) -> types_pb2.Step:
    """A step that has not opened yet."""
    role = rules.roles.get(template.role)
    return types_pb2.Step(
        step=template.id,
        act=template.act,
        label=label(rules, template),
        role=template.role,
        role_label=role.label if role else "",
        state=types_pb2.STEP_STATE_UPCOMING,
        remark=template.remark,
        citation=cited(rules, template.clause),
        delegable=template.delegable,
        limits=[limit(each) for each in limits],
        after=template.after,
    )


def limit(found: Limit) -> types_pb2.StepLimit:
    """What a limit allows."""
    budget = found.budget.words() if found.budget is not None else ""
    return types_pb2.StepLimit(budget=budget, due_time=moment(found.due_at), citation=citation(found.citation), hard=found.hard)


def limit_of(found: Deadline) -> types_pb2.StepLimit:
    """What the limit of an open step allows."""
    budget = found.budget.words() if found.budget is not None else ""
    return types_pb2.StepLimit(budget=budget, due_time=moment(found.stated_at), citation=citation(found.citation), hard=found.hard)


def set_aside(found: Deadline) -> step_service_pb2.DeadlineExplanation:
    """A deadline whose breach was set aside."""
    return step_service_pb2.DeadlineExplanation(deadline=view(found), lines=[found.set_aside_reason])
