"""What the scenarios of the county share: drafts on their route, and what lies open where."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.scenario.documents.scene import Scene, scene
from xiaoneng.documents.v1 import types_pb2

SUBMISSION, OUTGOING = "DOCUMENT_KIND_SUBMISSION", "DOCUMENT_KIND_OUTGOING"


def county_of(office: Any, at: str) -> Scene:
    """The county; the director of the government's office sees every document."""
    return scene(office("yiyuan", at=at), registry="meng")


def drafted(county: Scene, by: str, document_class: str = "", **about: Any) -> types_pb2.Document:
    """A draft; without a class an outgoing document, else a submission."""
    kind = SUBMISSION if document_class else OUTGOING
    values = {"kind": kind, "title": "关于有关工作的情况", "document_class": document_class, **about}
    done: types_pb2.Document = getattr(county, by).CreateDraft(**values)
    return done


def submitted(county: Scene, by: str, document_class: str = "", **about: Any) -> types_pb2.Document:
    """The same, on its route."""
    draft = drafted(county, by, document_class, **about)
    done: types_pb2.Document = getattr(county, by).SubmitDraft(name=draft.name)
    return done


def a_report(county: Scene, by: str = "jiao", **about: Any) -> types_pb2.Document:
    """A report upward with what it must say; `fields` are added."""
    fields = {"proposed_handling": "拟按第一方案办理", **about.pop("fields", {})}
    return submitted(county, by, "report_upward", **{**about, "fields": fields})


def lying(county: Scene, document: Any) -> list[tuple[str, list[str]]]:
    """The open steps, each with those with whom it lies."""
    return [(step.step, sorted(step.persons)) for step in county.opened(document)]


def walked(county: Scene, document: Any) -> list[str]:
    """The steps that were done, in their order."""
    return [step.step for step in county.route(document) if step.state == types_pb2.STEP_STATE_DONE]


def done(county: Scene, document: Any, step: str, by: str, unit: str = "", **said: Any) -> None:
    name = county.step(document, step, unit).name
    getattr(county, by).CompleteStep(name=name, **{"verdict": "VERDICT_APPROVE", "opinion": "同意", **said})


def too_early(county: Scene, document: Any, step: str, by: str) -> tuple[str, str, str]:
    """Reason, clause and text with which somebody is refused who wants to do a step."""
    tried = {"name": document.name, "step": step, "verdict": "VERDICT_APPROVE", "opinion": "同意"}
    refused = getattr(county, by).refused("CompleteNamedStep", **tried)
    return refused.reason, refused.clause, refused.text


def refused_draft(county: Scene, by: str, document_class: str = "", **about: Any) -> tuple[str, str]:
    """Reason and clause with which a draft is refused when it is submitted."""
    draft = drafted(county, by, document_class, **about)
    refused = getattr(county, by).refused("SubmitDraft", name=draft.name)
    return refused.reason, refused.clause


def audited(county: Scene, act: str) -> list[tuple[str, str]]:
    """Who did this to what, oldest first."""
    db = county.office.world.platform.ports["documents"].db
    audit = db.metadata.tables["audit"]
    with db.plumbing() as tx:
        rows = tx.all(select(audit).where(audit.c.tenant == county.office.tenant, audit.c.act == act).order_by(audit.c.at, audit.c.id))
    short = {person.person: person.id for person in county.office.organisation.people}
    return [(short[row.person], row.subject) for row in rows]
