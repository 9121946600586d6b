"""Search: what is found, by whom, where the words stand, what the worker adds."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document as Word
from google.api import httpbody_pb2
from openpyxl import Workbook

from services.documents.reader import TextReader
from services.documents.store import lists
from services.kit.testing.office import Office
from tests.service.documents.conftest import Works
from xiaoneng.documents.v1 import attachment_service_pb2, search_service_pb2


def found(client: Any, text: str, **about: Any) -> list[str]:
    return [hit.document.title for hit in client.SearchDocuments(text=text, **about).hits]


def read(works: Works) -> None:
    TextReader(works.ports).step(works.clock.now())


def upload(works: Works, name: str, data: bytes, document: str) -> Any:
    request = attachment_service_pb2.UploadAttachmentRequest
    return works.scribe.UploadAttachment(iter([request(file_name=name, document=document, body=httpbody_pb2.HttpBody(data=data))]))


def test_a_title_is_found_in_the_moment_of_its_registration(works: Works) -> None:
    works.register(title="关于防汛抗旱工作的通知")
    works.register(title="关于防火工作的通知")
    assert found(works.scribe, "防汛抗旱") == ["关于防汛抗旱工作的通知"]


@pytest.mark.parametrize("asked", ["機關作風", "机关作风", "机关 2012", "ＡＢ１２"])
def test_traditional_full_width_and_several_words_are_found(works: Works, asked: str) -> None:
    works.register(title="关于機關作風建設ab12的通知", sender_number="天办发〔2012〕5号")
    assert found(works.scribe, asked) == ["关于機關作風建設ab12的通知"]


def test_words_that_stand_apart_are_not_a_phrase(works: Works) -> None:
    works.register(title="工作防汛，汛抗旱防工")
    assert found(works.scribe, "防汛抗旱") == []
    assert found(works.scribe, "防汛 抗旱") == ["工作防汛，汛抗旱防工"]


def test_who_may_not_see_a_document_does_not_find_it(works: Works) -> None:
    works.register(title="关于防汛的通知")
    assert found(works.guest, "防汛") == []
    assert works.guest.SearchDocuments(text="防汛").total == 0


def test_another_tenant_finds_nothing(works: Works) -> None:
    works.register(title="关于防汛的通知")
    Office("elsewhere").unit("desk").person(
        "clerk", "desk", permissions=["documents:document:read", "documents:document:supervise"]
    ).install(works.ports)
    assert found(works.served.client("clerk", "elsewhere"), "防汛") == []


def test_a_body_is_found_when_the_worker_has_read_it(works: Works) -> None:
    works.register(title="通知", body="各单位：\n请于九月底前报送防汛物资清单。")
    assert found(works.scribe, "物资清单") == []
    read(works)
    (hit,) = works.scribe.SearchDocuments(text="物资清单").hits
    (snippet,) = hit.snippets
    assert snippet.source == search_service_pb2.SEARCH_SOURCE_BODY
    (span,) = snippet.spans
    assert snippet.text[span.start : span.start + span.length] == "物资清单"


def docx(text: str) -> bytes:
    document, made = Word(), io.BytesIO()
    document.add_paragraph("一")
    document.add_table(1, 1).cell(0, 0).text = text
    document.save(made)
    return made.getvalue()


def xlsx(text: str) -> bytes:
    book, made = Workbook(), io.BytesIO()
    book.create_sheet("明细").append([1, text])
    book.save(made)
    return made.getvalue()


def pdf(text: str) -> bytes:
    stream = b"BT /F 12 Tf 20 100 Td (" + text.encode() + b") Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(made))


@pytest.mark.parametrize(
    ("name", "data", "asked"),
    [
        ("说明.txt", "水庫調度說明".encode(), "水库调度"),
        ("旧文.txt", "水库调度说明".encode("gb18030"), "水库调度"),
        ("方案.docx", docx("泄洪调度方案"), "调度方案"),
        ("名册.xlsx", xlsx("巡查人员名册"), "巡查人员"),
        ("report.pdf", pdf("Spillway inspection"), "inspection"),
    ],
)
def test_words_of_files_are_found_with_the_name_of_the_file(works: Works, name: str, data: bytes, asked: str) -> None:
    document = works.register(title="通知")
    upload(works, name, data, document.name)
    read(works)
    (hit,) = works.scribe.SearchDocuments(text=asked).hits
    assert (hit.document.name, hit.snippets[0].file_name) == (document.name, name)


def test_a_damaged_file_does_not_keep_the_rest_from_being_found(works: Works) -> None:
    document = works.register(title="通知", body="正文里有防汛二字")
    upload(works, "坏.docx", docx("好")[:-200], document.name)
    read(works)
    assert found(works.scribe, "防汛") == ["通知"]
    (job,) = works.rows("text_jobs", document=document.name.split("/")[1])
    assert (job.attempts, bool(job.error)) == (1, True)


def test_a_corrected_title_is_found_and_the_former_is_not(works: Works) -> None:
    document = works.register(title="关于防汛的通知", body="附则")
    read(works)
    works.scribe.CorrectDocument(name=document.name, document={"title": "关于抗旱的通知"}, update_mask={"paths": ["title"]}, reason="笔误")
    assert (found(works.scribe, "抗旱"), found(works.scribe, "防汛")) == (["关于抗旱的通知"], [])
    read(works)
    assert found(works.scribe, "附则") == ["关于抗旱的通知"]


def test_a_wish_that_comes_while_a_document_is_read_is_not_lost(works: Works) -> None:
    document = works.register(title="通知", body="防汛")
    reader = TextReader(works.ports)
    (job,) = reader._claim(works.clock.now())
    works.scribe.CorrectDocument(name=document.name, document={"title": "通告"}, update_mask={"paths": ["title"]}, reason="笔误")
    reader._read(job)
    assert len(works.rows("text_jobs")) == 1


def test_pages_follow_one_another_and_the_total_counts_all(works: Works) -> None:
    titles = [f"关于防汛的第{n}号通知" for n in range(5)]
    for title in titles:
        works.register(title=title)
    first = works.scribe.SearchDocuments(text="防汛", page_size=2)
    second = works.scribe.SearchDocuments(text="防汛", page_size=2, page_token=first.next_page_token)
    third = works.scribe.SearchDocuments(text="防汛", page_size=2, page_token=second.next_page_token)
    shown = [hit.document.title for page in (first, second, third) for hit in page.hits]
    assert (shown, third.next_page_token) == (titles[::-1], "")
    assert {page.total for page in (first, second, third)} == {5}


def test_a_text_without_words_is_refused(works: Works) -> None:
    assert works.scribe.refused("SearchDocuments", text="《》——").reason == "NOTHING_TO_SEARCH"


def test_a_drafts_words_are_its_drafters_alone(works: Works) -> None:
    works.hand.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="关于防汛的请示")
    assert found(works.hand, "防汛") == ["关于防汛的请示"]
    assert found(works.eldest, "防汛") == []


@pytest.mark.parametrize(
    ("few", "look", "many"),
    [
        pytest.param(2_000, 20_000, 50_000, id="gathered"),
        pytest.param(0, 20_000, 0, id="along the index"),
        pytest.param(0, 1, 50_000, id="along the index, not far enough, then gathered"),
        pytest.param(0, 1, 0, id="along the index, not far enough, then to its end"),
    ],
)
def test_gathered_or_read_along_the_index_the_answer_is_the_same(
    works: Works, monkeypatch: pytest.MonkeyPatch, few: int, look: int, many: int
) -> None:
    for name, bound in (("FEW", few), ("LOOK", look), ("MANY", many)):
        monkeypatch.setattr(lists, name, bound)
    for title in ("关于防汛抗旱的通知", "关于防汛的通知", "关于抗旱防汛的通知"):
        works.register(title=title)
    assert found(works.scribe, "防汛抗旱") == ["关于防汛抗旱的通知"]
    assert found(works.scribe, "防汛 通知", page_size=2) == ["关于抗旱防汛的通知", "关于防汛的通知"]
    assert works.scribe.SearchDocuments(text="防汛").total == 3
    assert found(works.scribe, "抗旱", page_size=2) == ["关于抗旱防汛的通知", "关于防汛抗旱的通知"]
    assert (found(works.scribe, "防汛涝"), works.scribe.SearchDocuments(text="抗防").total) == ([], 0)
