"""河北区政府：政策解读，谁起草、谁解读（十五）."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.issuing import EXPLAINED, category, district, done, draft, edited, issue
from tests.scenario.documents.scene import Scene, shown
from tests.scenario.documents.submitting import SECTIONS
from xiaoneng.documents.v1 import types_pb2

POLICY: dict[str, Any] = {
    "policy_document": True,
    "interpretation_plan": "与文件同步公开",
    "interpretation_material": "解读材料",
    "interpretation_approved": True,
    "interpretation_sections": SECTIONS,
}


def asked(d: Scene, by: str, said: dict[str, Any], **about: Any) -> types_pb2.Document:
    """A draft on its route, the countersignatures of the others in it."""
    made = draft(d, by, said, **about)
    for unit in said.get("co_signing_units", ()):
        getattr(d, by).AddRecord(name=made.name, kind="co_signature", unit=unit, fields={"principal": True})
    getattr(d, by).SubmitDraft(name=made.name)
    return made


def interpreting(d: Scene, document: Any) -> list[tuple[str, list[str], str, str, str]]:
    """Who has to interpret a document, since when, by which clause."""
    steps = [step for step in d.opened(document) if "interpret" in step.step]
    return [(step.step, sorted(step.persons), step.role, shown(step.arrive_time), step.citation.clause) for step in steps]


@pytest.mark.clause("hebei-doc/15.2")
def test_the_lead_department_interprets_a_joint_document_and_the_others_help(office: Any) -> None:
    d = district(office, "2018-07-25 09:00")
    made = asked(d, "an", {**POLICY, "issuer": "departments_joint", "co_signing_units": ["finance"]})
    assert interpreting(d, made) == []
    d.at("2018-07-25 10:00")
    done(d, made, "sign", "kang")
    assert interpreting(d, made) == [
        ("interpret", ["kang"], "unit_head", "2018-07-25 10:00", "hebei-doc/15.2"),
        ("help-interpret", ["cui"], "unit_head", "2018-07-25 10:00", "hebei-doc/15.2"),
    ]
    assert d.sees("kang", made) == ["interpret"]
    assert d.an.GetDocument(name=made.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    for step, by in (("interpret", "kang"), ("help-interpret", "cui")):
        done(d, made, step, by, opinion="已在门户网站解读")
    assert [(step.step, step.done_by) for step in d.route(made, "an")] == [
        ("draft", "an"), ("sign", "kang"), ("interpret", "kang"), ("help-interpret", "cui"),
    ]  # fmt: skip


@pytest.mark.clause("hebei-doc/15.2")
@pytest.mark.parametrize("policy", [True, False])
def test_who_drafts_for_the_government_interprets(office: Any, policy: bool) -> None:
    d = district(office, "2018-07-24 09:00")
    made = asked(d, "an", {**category("important_publication"), **(POLICY if policy else {}), "co_signing_units": ["finance"]})
    edited(d, made, head="kang")
    for step, by in (("sign", "zhang"), ("sign-mayor", "mayor")):
        done(d, made, step, by)
    assert interpreting(d, made) == []
    d.at("2018-07-25 10:00")
    issue(d, made)
    both = [
        ("interpret", ["kang"], "unit_head", "2018-07-25 10:00", "hebei-doc/15.2"),
        ("help-interpret", ["cui"], "unit_head", "2018-07-25 10:00", "hebei-doc/15.2"),
    ]
    assert interpreting(d, made) == (both if policy else [])


@pytest.mark.clause("hebei-doc/15.2")
@pytest.mark.parametrize("policy", [True, False])
def test_what_a_meeting_passed_is_interpreted_by_its_drafters(office: Any, policy: bool) -> None:
    d = district(office, "2018-07-24 09:00")
    about = {"title": "关于住房保障的意见", "meeting": "第31次常务会议", "lead_unit": "housing", "evidence": "会议纪要"}
    entry = d.clerk.RecordMeetingDecision(meeting_kind="executive_meeting", meeting_end_time="2018-07-24T00:30:00Z", marks=[], **about)
    said = {**EXPLAINED, **(POLICY if policy else {}), "co_signing_units": ["finance"]}
    made = draft(d, "jia", said, issue_entry=entry.name)
    for kind, more in (("opinion_coordination", {"text": "已采纳"}), ("co_signature", {"unit": "finance", "fields": {"principal": True}})):
        d.jia.AddRecord(name=made.name, kind=kind, **more)
    d.jia.SubmitDraft(name=made.name)
    steps = (("principal", "fang"), ("office-review", "clerk"), ("deputy-director", "qi"), ("office-director", "director"))
    for step, by in (*steps, ("sign", "wu"), ("sign-mayor", "mayor")):
        done(d, made, step, by)
    issue(d, made)
    found = [(step, persons) for step, persons, *_ in interpreting(d, made)]
    assert found == ([("interpret", ["fang"]), ("help-interpret", ["cui"])] if policy else [])


@pytest.mark.clause("hebei-doc/15.2")
def test_what_is_no_policy_needs_no_interpreter(office: Any) -> None:
    d = district(office, "2018-07-25 09:00")
    made = asked(d, "an", {"issuer": "departments_joint", "co_signing_units": ["finance"]})
    done(d, made, "sign", "kang")
    assert d.opened(made, "an") == []
