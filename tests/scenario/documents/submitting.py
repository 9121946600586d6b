"""What departments and units hand in to the government of a district: as it should be, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scenario.documents.scene import Scene, scene
from xiaoneng.documents.v1 import types_pb2

# What the registry states of a document that a department hands in.
STATED: dict[str, Any] = {
    "sender_unit": "commerce",
    "signed_by": "principal",
    "office_reviewed": True,
    "paper_confirmed": True,
    "versions_agree": True,
    "duty": "government",
    "sender_level": "department",
}
# What a request for issue says and what comes with it.
ISSUE: dict[str, Any] = {
    "reason_basis": "《某条例》第三条",
    "proposed_form": "以区政府办公室名义印发通知",
    "drafting_process": "已征求财政局意见并采纳",
    "benchmarking_note": "与市级文件一致",
    "proposed_openness": "public",
    "internal_legality_review": "合法",
    "fair_competition_review": "不影响公平竞争",
    "consultation_letters": "财政局无意见",
    "policy_assessment": "已评估",
    "interpretation_material": "已附",
    "interpretation_plan": "已附",
}
SECTIONS = ["background_basis", "aims", "main_content", "scope", "standards", "cautions", "key_terms", "benefits", "differences"]
OPENED = types_pb2.DOCUMENT_STATE_RUNNING
RETURNED = types_pb2.DOCUMENT_STATE_RETURNED


def district(office: Any, at: str) -> Scene:
    return scene(office("submitting", at=at), registry="director")


def _values(said: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """What is handed in: a request of the commerce commission, with what the test says otherwise; None leaves a field out."""
    stated = {name: value for name, value in {**STATED, **said}.items() if value is not None}
    values = {
        "title": "关于建设便民市场的请示",
        "sender": "区商务委",
        "document_type": "qingshi",
        "document_class": "approval",
        "source": "subordinate_request",
        "matters": ["建设便民市场"],
        "fields": stated,
    }
    return {**values, **about}


def handed_in(d: Scene, said: Mapping[str, Any] | None = None, **about: Any) -> types_pb2.Document:
    done: types_pb2.Document = d.clerk.RegisterDocument(**_values(said or {}, about))
    return done


def refused(d: Scene, said: Mapping[str, Any] | None = None, **about: Any) -> tuple[str, str, str]:
    """Reason, clause and words of a refusal at the door."""
    answer = d.clerk.refused("RegisterDocument", **_values(said or {}, about))
    return answer.reason, answer.clause, answer.text


def grounds(document: types_pb2.Document) -> list[tuple[str, str]]:
    """Reason and clause of everything for which a document is to be returned."""
    return [(found.reason, found.citation.clause) for found in document.findings if found.effect == "return"]


def waits(document: types_pb2.Document) -> bool:
    """Whether a document lies with the registry because of the grounds against it."""
    return document.state == types_pb2.DOCUMENT_STATE_REGISTERED


def a_draft(d: Scene, said: Mapping[str, Any] | None = None, by: str = "tao", **about: Any) -> types_pb2.Document:
    """A draft of a department, to be issued in its own name unless something else is said."""
    values = {"kind": "DOCUMENT_KIND_OUTGOING", "title": "关于便民市场的通知", "document_type": "tongzhi", "body": "现通知如下。", **about}
    in_its_name = {"issuer": "department"} if values["kind"] == "DOCUMENT_KIND_OUTGOING" else {}
    done: types_pb2.Document = getattr(d, by).CreateDraft(**{**values, "fields": {**in_its_name, **(said or {})}})
    return done


def not_submitted(d: Scene, draft: types_pb2.Document, by: str = "tao") -> tuple[str, str, str]:
    answer = getattr(d, by).refused("SubmitDraft", name=draft.name)
    return answer.reason, answer.clause, answer.text


def submitted(d: Scene, draft: types_pb2.Document, by: str = "tao") -> types_pb2.Document:
    done: types_pb2.Document = getattr(d, by).SubmitDraft(name=draft.name)
    return done


def limits_of(d: Scene, rule: str) -> list[tuple[str, str]]:
    """Clause and moment of the breaches of a rule so far."""
    found = []
    for event in d.events("documents.deadline.breached.v1"):
        if event["deadline"]["rule"] == rule:
            found.append((event["deadline"]["citation"]["clause"], event["deadline"]["unit"]))
    return found
