"""A district that issues documents: superiors' documents, the issue list, drafts at every place of their route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scenario.documents.scene import Scene, scene
from xiaoneng.documents.v1 import types_pb2

# What a department states of a document that it asks the district to issue, and what comes with it.
ASKED: dict[str, Any] = {
    "issuer": "district_government_office",
    "reason_basis": "《全民健身条例》第十条",
    "drafting_process": "已征求财政局、教育局意见并采纳",
    "benchmarking_note": "与市级文件一致",
    "openness": "public",
    "internal_legality_review": "合法",
    "fair_competition_review": "不影响公平竞争",
    "consultation_letters": "财政局、教育局无意见",
    "policy_assessment": "已评估",
    "interpretation_material": "已附",
    "interpretation_plan": "已附",
}
# The same, of a document that nobody has put on the list.
EXPLAINED: dict[str, Any] = {
    **ASKED,
    "basis": "《全民健身条例》",
    "framework": "总体要求、主要任务、保障措施",
    "key_content": "场馆开放",
    "measures": "财政补助",
    "participants": ["finance", "education"],
    "completion_time": "2018-08-31",
    "no_provision_in_force": True,
    "search_result": "经查，没有适用的现行规定",
    "document_level": "区政府办公室文件",
    "secrecy_class": "none",
}
CHECKS = ("politics", "policy", "law", "content", "format", "language")
REVIEWED: dict[str, Any] = {"covered_by_law": False, "covered_by_document": False, "lowest_issuer": "district_government_office"}
NUMBER = "河北政办发"


def district(office: Any, at: str) -> Scene:
    return scene(office("issuing", at=at), registry="director")


def superior_document(d: Scene, **fields: Any) -> types_pb2.Document:
    """A document of the city that asks for an implementing one."""
    about = {
        "title": "关于加强住房保障的意见", "sender": "天津市人民政府", "sender_number": "津政发〔2018〕20号", "document_type": "yijian",
        "document_class": "action", "source": "superior_document", "fields": {"implementing_document": True},
    }  # fmt: skip
    done: types_pb2.Document = d.clerk.RegisterDocument(**{**about, **fields})
    return done


def forwarded(d: Scene, document: Any, *units: str) -> None:
    """The superior's document goes through the office and the leaders to the departments."""
    named = units or ("housing",)
    proposal = types_pb2.Proposal(handling_text="请牵头起草实施意见", responsible_units=named, lead_unit=named[0])
    d.clerk.SubmitProposal(name=d.step(document, "propose").name, proposal=proposal)
    while approving := [s for s in d.opened(document) if s.step == "approve"]:
        leader = approving[0].persons[0]
        getattr(d, leader).CompleteStep(name=approving[0].name, verdict="VERDICT_APPROVE", opinion="请抓紧落实")


def listed(d: Scene, document: Any = None, lead: str = "housing", **fields: Any) -> Any:
    """An entry of the issue list."""
    about = {"title": "关于加强住房保障的实施意见", "lead_unit": lead, "superior_document": document.name if document else "", **fields}
    return d.clerk.AddIssueEntry(**about)


def draft(d: Scene, by: str = "hao", said: Mapping[str, Any] | None = None, **about: Any) -> types_pb2.Document:
    """A draft in the name of the district's office, explained unless something else is said."""
    values = {
        "kind": "DOCUMENT_KIND_OUTGOING",
        "title": "关于全民健身的通知",
        "document_type": "tongzhi",
        "body": "各有关单位：现将有关事项通知如下。",
    }
    given = EXPLAINED if said is None else said
    done: types_pb2.Document = getattr(d, by).CreateDraft(**{**values, "fields": dict(given), **about})
    return done


def category(name: str, **more: Any) -> dict[str, Any]:
    return {**EXPLAINED, "issue_category": name, **more}


def submitted(d: Scene, by: str = "hao", said: Mapping[str, Any] | None = None, **about: Any) -> types_pb2.Document:
    document = draft(d, by, said, **about)
    getattr(d, by).SubmitDraft(name=document.name)
    return document


def done(d: Scene, document: Any, step: str, by: str, **fields: Any) -> types_pb2.Step:
    """Somebody completes a step."""
    name = d.step(document, step).name
    reply: types_pb2.Step = getattr(d, by).CompleteStep(name=name, **{"verdict": "VERDICT_APPROVE", "opinion": "同意", **fields})
    return reply


def reviewed(d: Scene, document: Any, **found: Any) -> None:
    """What the section for the field finds."""
    d.ning.AddRecord(name=document.name, kind="issue_review", text="已审核", fields={**REVIEWED, **found})


def at_the_office(d: Scene, document: Any, head: str = "shi", leader: str = "zhang") -> None:
    """Signed by the department's head, its necessity approved."""
    done(d, document, "principal", head)
    for step in d.opened(document):
        if step.step == "necessity-opinion":
            done(d, document, "necessity-opinion", "clerk")
            done(d, document, "necessity-approval", leader)


def edited(d: Scene, document: Any, units: tuple[str, ...] = (), **who: str) -> None:
    """Through the office to those who sign."""
    at_the_office(d, document, **who)
    done(d, document, "register", "clerk")
    reviewed(d, document)
    done(d, document, "affairs", "ning")
    done(d, document, "deputy-director", "qi", **({"responsible_units": list(units)} if units else {}))
    done(d, document, "edit", "clerk")


def issue(d: Scene, document: Any) -> types_pb2.Document:
    d.clerk.AddRecord(name=document.name, kind="issue_check", text="六关均已把住", fields=dict.fromkeys(CHECKS, True))
    made: types_pb2.Document = d.clerk.IssueDocument(name=document.name, series=NUMBER)
    return made


def signs(d: Scene, document: Any) -> list[tuple[str, list[str]]]:
    """Where a document lies now, and with whom."""
    return [(step.step, sorted(step.persons)) for step in d.opened(document)]
