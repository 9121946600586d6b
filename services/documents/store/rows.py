"""How rows become domain objects, and domain objects rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from services.documents.domain.attachments import Attachment, Scan
from services.documents.domain.document import Document, Kind, Ledger, Proposal, State
from services.documents.domain.handling import Dispatch, Extension, ExtensionState, Feedback, Material, Report
from services.documents.domain.issuing import IssueEntry, IssueState, Origin
from services.documents.domain.permits import Permit, PermitState
from services.documents.domain.records import Record
from services.documents.domain.threads import Opinion, Thread
from services.kit.procedure.steps import Objection, Step, StepState

# What has no limit is sorted as if it were due then.
LAST = datetime(9999, 1, 1, tzinfo=UTC)

_DOCUMENT = tuple(f.name for f in fields(Document) if f.name != "proposal")
_STEP = tuple(f.name for f in fields(Step))


def document_of(row: Row[Any]) -> Document:
    """The document as it was stored."""
    values = {name: getattr(row, name) for name in _DOCUMENT}
    values["matters"] = tuple(values["matters"])
    values["due_at"] = None if row.due_at >= LAST else row.due_at
    values |= {"kind": Kind(row.kind), "state": State(row.state), "ledger": Ledger(row.ledger)}
    return Document(**values, proposal=proposal_of(row.proposal))


def document_row(document: Document) -> dict[str, Any]:
    """The columns of a document's own values."""
    row = {name: getattr(document, name) for name in _DOCUMENT}
    return {**row, "matters": list(document.matters), "proposal": proposal_row(document.proposal), "due_at": document.due_at or LAST}


def proposal_of(stored: Mapping[str, Any]) -> Proposal:
    """A proposal from its JSON."""
    values = dict(stored)
    for name in ("responsible_units", "readers"):
        values[name] = tuple(values.get(name, ()))
    for name in ("completion_deadline", "feedback_deadline", "submitted_at"):
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    return Proposal(**values)


def proposal_row(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON, without what is empty."""
    values = {name: value for name, value in asdict(proposal).items() if value}
    return {n: v.isoformat() if isinstance(v, datetime) else list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def step_of(row: Row[Any]) -> Step:
    """A step of the engine."""
    values = {name: getattr(row, name) for name in _STEP}
    values["state"] = StepState(row.state)
    return Step(**values)


def step_row(step: Step) -> dict[str, Any]:
    """The engine's columns of a step."""
    return {name: getattr(step, name) for name in _STEP}


def route_row(arrived: Iterable[str], objections: Iterable[Objection], state: str) -> dict[str, Any]:
    """What the engine keeps beside its steps."""
    kept = [{**asdict(o), "raised_at": _iso(o.raised_at), "decided_at": _iso(o.decided_at)} for o in objections]
    return {"arrived": sorted(arrived), "objections": kept, "state": state}


def objections_of(stored: Mapping[str, Any]) -> list[Objection]:
    """Objections from the route's JSON."""
    found = []
    for kept in stored.get("objections", ()):
        raised, decided = datetime.fromisoformat(kept["raised_at"]), kept["decided_at"]
        moments = {"raised_at": raised, "decided_at": datetime.fromisoformat(decided) if decided else None}
        found.append(Objection(**{**kept, **moments, "blocks": tuple(kept["blocks"])}))
    return found


def dispatch_of(row: Row[Any]) -> Dispatch:
    return Dispatch(**_values(row, Dispatch) | {"units": tuple(row.units)})


def material_of(row: Row[Any]) -> Material:
    return Material(**_values(row, Material))


def report_of(row: Row[Any]) -> Report:
    return Report(**_values(row, Report))


def feedback_of(row: Row[Any]) -> Feedback:
    return Feedback(**_values(row, Feedback) | {"evidence": tuple(row.evidence)})


def extension_of(row: Row[Any]) -> Extension:
    return Extension(**_values(row, Extension) | {"roles": tuple(row.roles), "state": ExtensionState(row.state)})


def record_of(row: Row[Any]) -> Record:
    values = {"persons": tuple(row.persons), "attachments": tuple(row.attachments), "fields": dict(row.fields)}
    return Record(**_values(row, Record) | values)


def thread_of(row: Row[Any]) -> Thread:
    return Thread(**_values(row, Thread) | {"persons": tuple(row.persons)})


def opinion_of(row: Row[Any]) -> Opinion:
    return Opinion(**_values(row, Opinion))


def permit_of(row: Row[Any]) -> Permit:
    lists = {"acts": tuple(row.acts), "roles": tuple(row.roles)}
    return Permit(**_values(row, Permit) | lists | {"state": PermitState(row.state)})


def issue_entry_of(row: Row[Any]) -> IssueEntry:
    values = _values(row, IssueEntry) | {"marks": tuple(row.marks), "origin": Origin(row.origin), "state": IssueState(row.state)}
    return IssueEntry(**values)


def attachment_of(row: Row[Any]) -> Attachment:
    return Attachment(**_values(row, Attachment) | {"scan_state": Scan(row.scan_state)})


def plain_row(value: Any) -> dict[str, Any]:
    """The columns of a domain object whose fields are the table's columns."""
    row = {f.name: getattr(value, f.name) for f in fields(value)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in row.items()}


def _values(row: Row[Any], kind: type[Any]) -> dict[str, Any]:
    return {f.name: getattr(row, f.name) for f in fields(kind)}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
