"""What a pack itself asks for: fields that are stated of documents, records that are made on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import json_format

from tests.service.documents.conftest import Works
from tests.service.documents.test_registry import upload
from xiaoneng.documents.v1 import types_pb2


def stated(document: types_pb2.Document) -> dict[str, Any]:
    return json_format.MessageToDict(document.fields)


def test_what_is_stated_is_kept_as_declared(works: Works) -> None:
    document = works.register(fields={"wall": 3, "finish": "2025-10-01", "helpers": ["north", "south"]})
    assert stated(document) == {"wall": 3, "finish": "2025-10-01", "helpers": ["north", "south"]}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("gate", 1, "本单位的制度没有“gate”这一项"),
        ("colour", "red", "本单位的制度没有“colour”这一项"),
        ("wall", "three", "围墙编号应为整数"),
        ("wall", 1.5, "围墙编号应为整数"),
        ("wall", True, "围墙编号应为整数"),
        ("finish", "2025-02-30", "竣工日应为日期，如2018-09-10"),
        ("helpers", "north", "协助车间应为列表，至多500项"),
        ("helpers", ["nowhere"], "协助车间：没有这个单位：nowhere"),
    ],
)
def test_what_is_not_as_declared_is_refused_with_its_path(works: Works, field: str, value: Any, words: str) -> None:
    refused = works.scribe.refused("RegisterDocument", title="来信", sender="街道办", fields={field: value})
    assert (refused.code, refused.reason, refused.text) == ("INVALID_ARGUMENT", "FIELD_INVALID", f"填写有误：{words}")
    assert refused.fields == (f"fields.{field}",)


def test_a_field_of_drafts_is_stated_changed_and_taken_away(works: Works) -> None:
    draft = works.scribe.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="令", fields={"colour": "red", "wall": 1})
    refused = works.scribe.refused("CreateDraft", kind="DOCUMENT_KIND_OUTGOING", title="令", fields={"colour": "blue"})
    assert refused.text == "填写有误：颜色不在代码表中：blue"
    draft.fields.Clear()
    draft.fields.update({"colour": "white", "wall": None})
    changed = works.scribe.UpdateDraft(document=draft, update_mask={"paths": ["fields"]})
    assert stated(changed) == {"colour": "white"}


def test_a_clerk_marks_and_corrects_what_is_stated(works: Works) -> None:
    document = works.register(fields={"wall": 3})
    assert stated(works.scribe.MarkDocument(name=document.name, fields={"finish": "2025-10-01"})) == {"wall": 3, "finish": "2025-10-01"}
    about = {"name": document.name, "update_mask": {"paths": ["fields"]}, "reason": "编号有误"}
    assert stated(works.scribe.CorrectDocument(document={"fields": {"wall": 4}}, **about)) == {"wall": 4, "finish": "2025-10-01"}


def test_rules_see_what_is_stated_and_recorded(works: Works) -> None:
    document = works.register(fields={"wall": 7})
    hear = works.opened(document)["hear"].name
    refused = works.eldest.refused("CompleteStep", name=hear, verdict="VERDICT_APPROVE")
    assert (refused.reason, refused.text) == ("NO_SURVEY", "未经查勘（0次）不得答辩（《某厂文书办法》第三条）")
    works.eldest.AddRecord(name=document.name, kind="survey", unit="north", fields={"sound": True}, text="牢固")
    works.eldest.CompleteStep(name=hear, verdict="VERDICT_APPROVE")


def test_a_withdrawn_record_stays_and_counts_no_more(works: Works) -> None:
    document = works.register(fields={"wall": 7})
    made = works.eldest.AddRecord(
        name=document.name, kind="survey", unit="north", fields={"sound": True, "seen_at": "2025-09-22T09:30:00+08:00"}
    )
    assert json_format.MessageToDict(made.fields) == {"sound": True, "seen_at": "2025-09-22T01:30:00+00:00"}
    assert (made.label, made.unit, made.recorder) == ("查勘", "north", "eldest")
    gone = works.eldest.WithdrawRecord(name=made.name, reason="记错了")
    assert (gone.withdrawn_by, gone.withdraw_reason) == ("eldest", "记错了")
    assert works.eldest.refused("WithdrawRecord", name=made.name, reason="再撤").reason == "WITHDRAWN_ALREADY"
    assert works.eldest.refused("CompleteStep", name=works.opened(document)["hear"].name, verdict="VERDICT_APPROVE").reason == "NO_SURVEY"
    assert [r.name for r in works.scribe.ListRecords(name=document.name).records] == [made.name]


def test_only_who_is_named_makes_a_record_and_only_of_a_kind_that_there_is(works: Works) -> None:
    document = works.register()
    refused = works.scribe.refused("AddRecord", name=document.name, kind="survey", fields={"sound": True})
    assert (refused.reason, refused.text) == ("NOT_YOURS_TO_RECORD", "“查勘”由长老登记")
    assert works.scribe.refused("AddRecord", name=document.name, kind="dream").reason == "UNKNOWN_RECORD_KIND"
    refused = works.eldest.refused("AddRecord", name=document.name, kind="survey", unit="north", fields={"sound": "maybe"})
    assert (refused.fields, refused.text) == (("fields.sound",), "填写有误：是否牢固应为是或否")


def test_a_record_that_needs_a_file_has_one(works: Works) -> None:
    document = works.register()
    refused = works.scribe.refused("AddRecord", name=document.name, kind="photo")
    assert (refused.reason, refused.fields) == ("INVALID_REQUEST", ("attachments",))
    file = upload(works.scribe)
    made = works.scribe.AddRecord(name=document.name, kind="photo", attachments=[file.name])
    assert list(made.attachments) == [file.name]
    assert [a.name for a in works.scribe.ListAttachments(name=document.name).attachments] == [file.name]


def test_the_new_record_is_seen_by_the_rule_that_judges_it(works: Works) -> None:
    document = works.register(fields={"wall": 2})
    refused = works.eldest.refused("AddRecord", name=document.name, kind="survey", unit="north", fields={"sound": False})
    assert (refused.reason, refused.text) == ("SHAKY", "2号围墙不牢固（《某厂文书办法》第三条）")
    assert list(works.scribe.ListRecords(name=document.name).records) == []


def test_a_limit_runs_from_one_record_to_another(works: Works) -> None:
    document = works.register()
    works.eldest.AddRecord(name=document.name, kind="survey", unit="north", fields={"sound": False}, text="开裂")
    (limit,) = works.rows("deadlines", rule="survey-in-time")
    assert (limit.state, limit.due_at) == ("open", datetime(2025, 9, 25, 10, 0, tzinfo=UTC))
    works.eldest.AddRecord(name=document.name, kind="survey", unit="north", fields={"sound": False}, text="仍开裂")
    assert [row.state for row in works.rows("deadlines", rule="survey-in-time")].count("open") == 2
    works.eldest.AddRecord(name=document.name, kind="survey", unit="north", fields={"sound": True})
    assert {row.state for row in works.rows("deadlines", rule="survey-in-time")} == {"finished"}


def test_a_limit_that_waits_for_a_record_survives_the_close_but_not_a_void_document(works: Works) -> None:
    document = works.register()
    works.eldest.AddRecord(name=document.name, kind="survey", unit="north", fields={"sound": False}, text="开裂")
    works.scribe.VoidDocument(name=document.name, reason="误收")
    (limit,) = works.rows("deadlines", rule="survey-in-time")
    assert limit.state == "cancelled"


def test_clients_learn_what_is_declared(works: Works) -> None:
    found = works.scribe.ListDeclarations()
    fields = {f.name: (f.label, f.type, [c.label for c in f.codes], list(f.kinds)) for f in found.fields}
    assert fields["colour"] == ("颜色", "code", ["红", "白"], ["outgoing"])
    assert {r.kind: (r.attachment, list(r.roles)) for r in found.records}["photo"] == (2, [])
