"""What a registry does all day: numbers, corrections, duplicates, files, lists."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from services.documents.commands.attach import sweep
from services.documents.loops import Sweeper
from services.kit.clock import DrivenClock
from services.kit.identity import system
from services.kit.testing.channel import TENANT
from tests.service.documents.conftest import START, Works
from xiaoneng.documents.v1 import attachment_service_pb2, number_service_pb2, types_pb2

PDF = b"%PDF-1.7\n" + b"x" * 2000


def upload(person: Any, data: bytes = PDF, file_name: str = "附件.pdf", **fields: Any) -> Any:
    """Uploads a file in two pieces."""
    request = attachment_service_pb2.UploadAttachmentRequest
    pieces = [request(file_name=file_name, **fields), request()]
    pieces[0].body.data, pieces[1].body.data = data[:100], data[100:]
    return person.UploadAttachment(iter(pieces))


# ---- numbers ---------------------------------------------------------------------------------------------------------------


def test_registration_numbers_have_no_gap(works: Works) -> None:
    assert [works.register().registration_number for _ in range(3)] == ["2025-1", "2025-2", "2025-3"]


def test_a_refused_registration_takes_no_number(works: Works) -> None:
    works.scribe.refused("RegisterDocument", title="密件", sender="上级", secrecy="机密")
    assert works.register().registration_number == "2025-1"


def test_a_number_is_that_of_the_local_year(works: Works, clock: DrivenClock) -> None:
    clock.set(datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    assert works.register().registration_number == "2025-1"
    clock.set(datetime(2025, 12, 31, 16, 0, tzinfo=UTC))
    assert works.register().registration_number == "2026-1"


def test_two_registries_at_once_never_take_the_same_number(works: Works, clock: DrivenClock) -> None:
    clock.set(datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC))
    found: list[str] = []

    def register(count: int) -> None:
        for _ in range(count):
            found.append(works.register(document_class="").registration_number)

    threads = [threading.Thread(target=register, args=(20,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    clock.set(datetime(2025, 12, 31, 16, 0, 1, tzinfo=UTC))
    for thread in threads:
        thread.join()
    by_year = {year: sorted(int(n.split("-")[1]) for n in found if n.startswith(year)) for year in ("2025", "2026")}
    assert sum(map(len, by_year.values())) == 40
    assert all(positions == list(range(1, len(positions) + 1)) for positions in by_year.values())


def issued(works: Works, **fields: Any) -> types_pb2.Document:
    draft = works.scribe.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="出厂文书")
    works.scribe.SubmitDraft(name=draft.name)
    works.eldest.CompleteStep(name=works.opened(draft)["weigh"].name, verdict="VERDICT_APPROVE", opinion="可")
    done: types_pb2.Document = works.scribe.IssueDocument(name=draft.name, **{"series": "厂字", **fields})
    return done


def test_an_outgoing_document_gets_the_next_number_when_it_is_issued(works: Works) -> None:
    assert [issued(works).document_number, issued(works).document_number] == ["厂字〔2025〕1号", "厂字〔2025〕2号"]
    numbers = works.scribe.ListNumbers(series="厂字", year=2025).numbers
    assert [(n.position, n.state) for n in numbers] == [(place, number_service_pb2.NUMBER_STATE_ISSUED) for place in (2, 1)]


def test_a_reserved_number_is_used_and_a_void_one_stays_taken(works: Works) -> None:
    first = works.scribe.ReserveNumber(series="厂字", reason="待发")
    second = works.scribe.ReserveNumber(series="厂字", reason="误留")
    works.scribe.VoidNumber(number=second.number, reason="不用")
    assert issued(works, reserved_number=first.number).document_number == "厂字〔2025〕1号"
    assert issued(works).document_number == "厂字〔2025〕3号"
    assert works.scribe.refused("VoidNumber", number=first.number, reason="再废").reason == "NUMBER_NOT_RESERVED"


def test_numbers_of_an_old_system_go_on_after_the_highest(works: Works) -> None:
    reply = works.scribe.ImportNumbers(series="厂字", year=2025, positions=[3, 7], reason="旧系统")
    assert (reply.count, reply.next_position) == (2, 8)
    assert issued(works).document_number == "厂字〔2025〕8号"
    assert works.scribe.refused("ImportNumbers", series="厂字", year=2025, positions=[7], reason="旧系统").reason == "NUMBER_TAKEN"


# ---- corrections -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secrecy", ["绝密", "机密", "秘密★1年"])
def test_a_classified_document_is_refused_at_the_door(works: Works, secrecy: str) -> None:
    assert works.scribe.refused("RegisterDocument", title="密件", sender="上级", secrecy=secrecy).reason == "CLASSIFIED"
    assert works.hand.refused("CreateDraft", kind="DOCUMENT_KIND_OUTGOING", title="密件", secrecy=secrecy).reason == "CLASSIFIED"


def test_the_same_document_is_not_registered_twice(works: Works) -> None:
    letter = {"sender_number": "街办〔2025〕9号", "sender_date": {"year": 2025, "month": 9, "day": 1}}
    first = works.register(**letter)
    refused = works.scribe.refused("RegisterDocument", title="同一封信", sender="街道办", **letter)
    assert (refused.code, refused.reason, first.registration_number in refused.text) == ("ALREADY_EXISTS", "DUPLICATE", True)
    (found,) = works.scribe.FindDuplicates(sender="街道办", sender_number="街办〔2025〕9号").documents
    assert found.name == first.name
    assert works.register(**letter, duplicate_confirmed=True).registration_number == "2025-2"


def test_a_correction_keeps_before_and_after(works: Works) -> None:
    document = works.register()
    fixed = works.scribe.CorrectDocument(
        name=document.name, document={"sender": "街道办事处"}, update_mask={"paths": ["sender"]}, reason="登记有误", etag=document.etag
    )
    assert fixed.sender == "街道办事处"
    (record,) = [row for row in works.rows("audit") if row.act == "documents.document.correct"]
    assert record.details == {"reason": "登记有误", "changed": {"sender": {"before": "街道办", "after": "街道办事处"}}}
    again = {"name": document.name, "document": {"sender": "街办"}, "update_mask": {"paths": ["sender"]}, "reason": "再改"}
    stale = works.scribe.refused("CorrectDocument", **again, etag=document.etag)
    assert (stale.code, stale.reason) == ("ABORTED", "STALE")


def test_what_is_no_registered_field_cannot_be_corrected(works: Works) -> None:
    document = works.register()
    refused = works.scribe.refused("CorrectDocument", name=document.name, document={}, update_mask={"paths": ["state"]}, reason="改")
    assert refused.code == "INVALID_ARGUMENT"


def test_a_void_document_keeps_its_number_and_ends_what_is_open(works: Works) -> None:
    document = works.register()
    void = works.scribe.VoidDocument(name=document.name, reason="登记错误")
    assert (void.state, void.registration_number) == (types_pb2.DOCUMENT_STATE_VOID, "2025-1")
    assert list(works.eldest.ListMySteps().items) == []
    works.pass_time(days=10)
    assert works.events("documents.deadline.breached.v1") == []
    assert works.register().registration_number == "2025-2"


def test_a_document_that_came_twice_is_merged_into_the_first(works: Works) -> None:
    first, second = works.register(), works.register()
    merged = works.scribe.MergeDocument(name=second.name, into=first.name, reason="重复登记")
    assert (merged.state, merged.merged_into) == (types_pb2.DOCUMENT_STATE_MERGED, first.name)
    assert [item.document for item in works.eldest.ListMySteps().items] == [first.name]


def test_another_class_means_another_generation_of_the_route(works: Works) -> None:
    document = works.register()
    assert works.scribe.refused("ClassifyDocument", name=document.name, document_class="errand").code == "INVALID_ARGUMENT"
    works.scribe.ClassifyDocument(name=document.name, document_class="errand", reason="重新分类")
    steps = works.eldest.GetRoute(name=document.name).steps
    states = [(s.step, s.generation, s.state) for s in steps if s.name]
    assert states == [("hear", 1, types_pb2.STEP_STATE_WITHDRAWN), ("hear", 2, types_pb2.STEP_STATE_OPEN)]


def test_a_code_that_the_office_does_not_have_is_refused(works: Works) -> None:
    refused = works.scribe.refused("RegisterDocument", title="信", sender="街道办", document_type="poem")
    assert (refused.code, refused.reason, refused.fields) == ("INVALID_ARGUMENT", "UNKNOWN_CODE", ("document_type",))
    assert "文种“poem”不在本单位的代码表中" in refused.text


# ---- files -------------------------------------------------------------------------------------------------------------------


def test_a_file_comes_back_as_it_went_in(works: Works) -> None:
    kept = upload(works.scribe)
    assert (kept.content_type, kept.size) == ("application/pdf", len(PDF))
    document = works.register(attachments=[kept.name])
    (listed,) = works.eldest.ListAttachments(name=document.name).attachments
    pieces = list(works.eldest.DownloadAttachment(name=listed.name))
    assert (b"".join(p.data for p in pieces), pieces[0].content_type) == (PDF, "application/pdf")


def test_a_part_of_a_file_is_read(works: Works) -> None:
    kept = upload(works.scribe)
    document = works.register(attachments=[kept.name])
    assert document.name
    pieces = list(works.eldest.DownloadAttachment(name=kept.name, range={"offset": 1, "limit": 3}))
    assert b"".join(p.data for p in pieces) == b"PDF"


@pytest.mark.parametrize(
    ("data", "file_name", "reason"),
    [
        (b"\x7fELF" + b"\x00" * 200, "程序.pdf", "TYPE_NOT_ALLOWED"),
        (b"<script>alert(1)</script>" * 9, "页面.html", "TYPE_NOT_ALLOWED"),
        (b"", "空.txt", "FILE_EMPTY"),
    ],
)
def test_a_file_is_judged_by_its_content(works: Works, data: bytes, file_name: str, reason: str) -> None:
    import grpc

    from services.kit.rpc.status import read

    with pytest.raises(grpc.RpcError) as refused:
        upload(works.scribe, data, file_name)
    assert read(refused.value).reason == reason


def test_a_file_is_read_only_through_its_document(works: Works) -> None:
    kept = upload(works.scribe)
    works.register(attachments=[kept.name])
    assert works.guest.refused("DownloadAttachment", name=kept.name).code == "NOT_FOUND"


def test_somebody_elses_upload_cannot_be_held(works: Works) -> None:
    kept = upload(works.hand)
    assert works.scribe.refused("RegisterDocument", title="信", sender="街道办", attachments=[kept.name]).code == "NOT_FOUND"


def test_uploads_that_nothing_holds_are_swept_after_a_day(works: Works, clock: DrivenClock) -> None:
    lost, kept = upload(works.scribe, PDF + b"1"), upload(works.scribe, PDF + b"2")
    works.register(attachments=[kept.name])
    clock.set(START + timedelta(hours=25))
    Sweeper(works.ports, timedelta(hours=1)).step(clock.now())
    assert list(works.ports.blobs.keys(TENANT)) == [kept.sha256]
    assert works.scribe.refused("RemoveAttachment", name=lost.name).code == "NOT_FOUND"


def test_the_bytes_of_a_refused_upload_are_swept_unless_another_file_has_them(works: Works, clock: DrivenClock) -> None:
    kept = upload(works.scribe)
    works.register(attachments=[kept.name])
    missing = "documents/0192a000-0000-7000-8000-000000000000"
    for data in (PDF, PDF + b"another"):
        with pytest.raises(grpc.RpcError):
            upload(works.scribe, data, document=missing)
    assert len(list(works.ports.blobs.keys(TENANT))) == 2
    clock.set(START + timedelta(hours=25))
    Sweeper(works.ports, timedelta(hours=1)).step(clock.now())
    assert list(works.ports.blobs.keys(TENANT)) == [kept.sha256]


def test_sweeping_twice_finds_nothing(works: Works, clock: DrivenClock) -> None:
    upload(works.scribe)
    clock.set(START + timedelta(hours=25))
    with works.ports.db.tenant(TENANT, system("documents", TENANT)) as tx:
        assert len(sweep(tx)) == 1
    with works.ports.db.tenant(TENANT, system("documents", TENANT)) as tx:
        assert sweep(tx) == []


def test_a_name_from_outside_is_no_path(works: Works) -> None:
    assert upload(works.scribe, file_name="../../etc/passwd\u202e.pdf").file_name == "passwd.pdf"


# ---- lists -------------------------------------------------------------------------------------------------------------------


def test_a_list_is_read_page_by_page(works: Works) -> None:
    names = [works.register(document_class="").name for _ in range(5)]
    seen, token = [], ""
    while True:
        page = works.scribe.ListDocuments(page_size=2, page_token=token)
        seen += [document.name for document in page.documents]
        token = page.next_page_token
        if not token:
            break
    assert (seen, page.total) == (names[::-1], 5)
    assert works.scribe.refused("ListDocuments", page_size=2, page_token="zzz", text="x").code == "INVALID_ARGUMENT"


def test_a_document_is_found_by_its_words(works: Works) -> None:
    wall, roof = works.register(), works.register(title="屋顶漏水 REPAIR-7")
    assert [d.name for d in works.scribe.ListDocuments(text="修缮围墙").documents] == [wall.name]
    assert [d.name for d in works.scribe.ListDocuments(text="repair").documents] == [roof.name]
    assert [d.name for d in works.scribe.ListDocuments(text="2025-2").documents] == [roof.name]
    assert list(works.scribe.ListDocuments(text="没有").documents) == []


def test_a_list_shows_only_what_one_may_see(works: Works) -> None:
    document = works.at_work()
    assert [d.name for d in works.hand.ListDocuments().documents] == [document.name]
    assert list(works.guest.ListDocuments().documents) == []


def test_a_draft_is_its_drafters_alone(works: Works) -> None:
    draft = works.hand.CreateDraft(kind="DOCUMENT_KIND_SUBMISSION", title="请示")
    for other in (works.eldest, works.north, works.scribe):
        assert other.refused("GetDocument", name=draft.name).code == "NOT_FOUND"
        assert list(other.ListDocuments().documents) == []
    works.hand.DeleteDraft(name=draft.name)
    assert works.hand.refused("GetDocument", name=draft.name).code == "NOT_FOUND"


def test_my_steps_are_sorted_by_what_is_due(works: Works) -> None:
    late = works.register()
    works.pass_time(days=1)
    later = works.register()
    assert [item.document for item in works.eldest.ListMySteps().items] == [late.name, later.name]
    first = works.eldest.ListMySteps(page_size=1)
    second = works.eldest.ListMySteps(page_size=1, page_token=first.next_page_token)
    assert [item.document for item in (*first.items, *second.items)] == [late.name, later.name]


def test_another_tenant_sees_nothing(works: Works) -> None:
    document = works.register()
    assert works.eldest.in_tenant("elsewhere").refused("GetDocument", name=document.name).code == "PERMISSION_DENIED"


def test_the_ledger_comes_as_a_spreadsheet_without_formulas(works: Works) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    document = works.register(title="=HYPERLINK(1)")
    works.heard(document)
    works.planned(document)
    pieces = list(works.scribe.ExportLedger())
    sheet = load_workbook(BytesIO(b"".join(p.data for p in pieces)))["台账"]
    head, row = list(sheet.iter_rows(max_row=2))
    assert [cell.value for cell in head][:3] == ["编号", "标题", "状态"]
    assert (row[0].value, row[1].value, row[1].data_type, row[2].value, row[4].value) == ("2025-1", "=HYPERLINK(1)", "s", "未销号", "north")
    assert row[6].value == datetime(2025, 9, 25, 18, 0)


def test_who_may_not_export_does_not(works: Works) -> None:
    assert works.hand.refused("ExportLedger").reason == "PERMISSION_MISSING"
