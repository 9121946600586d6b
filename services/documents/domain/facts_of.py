"""What can be said about a document at a moment: the facts that rules and routes are asked with. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.documents.domain.document import Document, Kind
from services.kit.procedure.instance import Instance
from services.kit.procedure.steps import Step

# Who is in charge of a unit, in order.
InCharge = Callable[[str], list[str]]


def document_facts(document: Document, in_charge: InCharge, at: datetime, zone: str) -> dict[str, Any]:
    """Facts of the document itself. What is not known yet is None."""
    proposal = document.proposal
    units = list(proposal.responsible_units)
    if document.lead_unit and document.lead_unit not in units:
        units.insert(0, document.lead_unit)
    incoming = document.kind is Kind.INCOMING
    # Nobody has said yet whom a draft concerns: the unit that drafts it.
    concerned = units or ([document.initiating_unit] if document.initiating_unit and not incoming else [])
    leaders = [leader for unit in concerned for leader in in_charge(unit)]
    return {
        "kind": str(document.kind),
        "document_class": document.document_class or None,
        "document_type": document.document_type or None,
        "medium": document.medium,
        "urgency": document.urgency,
        "source": document.source or None,
        "sender": document.sender or None,
        "sender_number": document.sender_number or None,
        "registered": bool(document.registration_number),
        "registration_number": document.registration_number or None,
        "matters": list(document.matters),
        "character_count": len("".join(document.body.split())),
        "contains_request": document.contains_request,
        "comprehensive": document.comprehensive,
        "important": document.important,
        "difficult": document.difficult,
        "pre_forwarded": document.pre_forwarded,
        "registrar": document.initiator if incoming else None,
        "registering_unit": document.initiating_unit if incoming else None,
        "drafter": None if incoming else document.initiator,
        "initiating_unit": document.initiating_unit or None,
        "proposer": proposal.proposer or None,
        "handling_text": proposal.handling_text or None,
        "responsible_units": units,
        "lead_unit": document.lead_unit or None,
        "lead_unit_named": bool(proposal.lead_unit),
        "lead_leader": proposal.lead_leader or None,
        "portfolio_leaders": list(dict.fromkeys(leaders)),
        "readers": list(proposal.readers),
        "completion_deadline": proposal.completion_deadline,
        "feedback_deadline": proposal.feedback_deadline,
        "stated_limit": document.stated_limit,
        "remark": proposal.remark or None,
        "body": document.body or None,
        "title_names_type": None,
        "resubmits": bool(document.resubmits),
        "moment": at,
        **issuing_facts(document),
        "local_time": at.astimezone(ZoneInfo(zone)).strftime("%H:%M"),
    }


def issuing_facts(document: Document) -> dict[str, Any]:
    """What is known of the entry of the issue list that it belongs to."""
    known = document.issuing
    return {
        "on_issue_list": bool(known),
        "issue_origin": known.get("origin"),
        "issue_marks": list(known.get("marks", ())),
        "issue_lead_unit": known.get("lead_unit"),
        "meeting_kind": known.get("meeting_kind"),
    }


def step_facts(instance: Instance, step: Step) -> dict[str, Any]:
    """Facts of a step, as it stands."""
    template = instance.procedure.step(step.step)
    return {
        "procedure": instance.procedure.id,
        "step": step.step,
        "act": template.act,
        "role": step.role or None,
        "unit": step.unit or None,
        "lead": step.lead,
        "generation": step.generation,
        "verdict": step.verdict or None,
        "opinion": step.opinion or None,
        "differing": step.differing,
        "objection": step.objection,
        "objection_open": instance.blocked(step) is not None,
        "delegated": bool(step.done_for),
        "reason": step.reason or None,
    }


def no_step() -> dict[str, Any]:
    """The facts of a step where none is meant."""
    return dict.fromkeys(_STEP)


def handling_facts(units: int, dispatches: int = 0, **known: Any) -> dict[str, Any]:
    """Facts of handling; what is not said is None."""
    return {**dict.fromkeys(_HANDLING), "unit_count": units, "dispatch_count": dispatches, **known}


def no_entry() -> dict[str, Any]:
    """The facts of an entry of the issue list where none is meant."""
    return dict.fromkeys(_ENTRY)


def restrict(facts: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Only what is offered at one point."""
    return {name: value for name, value in facts.items() if name in names}


_STEP = (
    "procedure", "step", "act", "role", "unit", "lead", "generation", "verdict", "opinion",
    "differing", "objection", "objection_open", "delegated", "reason",
)  # fmt: skip
_HANDLING = (
    "result_text", "evidence_count", "measures", "dispatch_text", "completed",
    "material_due", "current_due", "past_due", "new_due", "asked_at", "consents",
)  # fmt: skip
_ENTRY = (
    "on_issue_list", "issue_title", "issue_origin", "issue_marks", "issue_lead_unit", "issue_state", "superior_document", "meeting_kind",
    "meeting_ended_at", "stated_due", "draft_due", "issued_number", "closing_number", "press_text", "press_count",
)  # fmt: skip
