"""Filing: what is closed gets its file number and is read-only; the package; two persons for a destruction."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from services.documents.commands import filing
from services.kit.testing.office import Office
from tests.service.documents.conftest import TENANT, Works
from tests.service.documents.test_search import upload
from xiaoneng.documents.v1 import filing_service_pb2

YEAR = 2025


def closed(works: Works, **fields: Any) -> Any:
    """A document that was done."""
    document = works.register(**fields)
    works.heard(document)
    works.planned(document)
    works.north.SubmitFeedback(name=works.opened(document)["work"].name, result_text="已修好", completed=True)
    return document


def filed(works: Works, **fields: Any) -> Any:
    document = closed(works, **fields)
    return works.eldest.FileDocuments(year=YEAR, documents=[document.name]).documents[0]


def package(works: Works) -> bytes:
    return b"".join(piece.data for piece in works.eldest.DownloadFilingPackage(year=YEAR))


def test_what_is_filed_gets_class_and_number_in_a_series_without_gaps(works: Works) -> None:
    found = [filed(works) for _ in range(2)]
    assert [(document.file_number, document.retention_class) for document in found] == [
        ("WS·2025-BRIEF-0001", "brief"), ("WS·2025-BRIEF-0002", "brief"),
    ]  # fmt: skip
    assert [document.name for document in works.eldest.ListFiledDocuments(year=YEAR).documents] == [document.name for document in found]


def test_what_was_closed_in_the_year_waits_with_its_class_until_it_is_filed(works: Works) -> None:
    done, open_one = closed(works), works.register()
    waiting = works.eldest.ListUnfiledDocuments(year=YEAR)
    assert [(each.document.name, each.retention_class) for each in waiting.documents] == [(done.name, "brief")]
    assert (waiting.total, works.eldest.ListUnfiledDocuments(year=YEAR - 1).total) == (1, 0)
    works.eldest.FileDocuments(year=YEAR, documents=[done.name])
    assert list(works.eldest.ListUnfiledDocuments(year=YEAR).documents) == []
    listed = works.eldest.ListFiledDocuments(year=YEAR)
    assert [(each.retention_class, each.document_count) for each in listed.classes] == [("brief", 1)]
    assert open_one.name not in [each.name for each in listed.documents]


def test_what_waits_comes_page_by_page_in_the_order_of_closing(works: Works) -> None:
    names = [closed(works).name for _ in range(3)]
    first = works.eldest.ListUnfiledDocuments(year=YEAR, page_size=2)
    rest = works.eldest.ListUnfiledDocuments(year=YEAR, page_size=2, page_token=first.next_page_token)
    assert [each.document.name for each in (*first.documents, *rest.documents)] == names
    assert (len(first.documents), first.total, rest.next_page_token) == (2, 3, "")


def test_what_is_filed_is_read_only(works: Works) -> None:
    document = filed(works)
    change = {"name": document.name, "document": {"title": "改"}, "update_mask": {"paths": ["title"]}, "reason": "笔误"}
    assert works.scribe.refused("CorrectDocument", **change).reason == "FILED"
    assert works.guest.refused("SendReply", name=document.name, text="答复").code == "NOT_FOUND"
    assert works.eldest.refused("FileDocuments", year=YEAR, documents=[document.name]).reason == "FILED"


def test_what_is_open_or_of_another_year_is_not_filed_and_nothing_else_either(works: Works) -> None:
    done, running = closed(works), works.register()
    both = {"year": YEAR, "documents": [done.name, running.name]}
    assert works.eldest.refused("FileDocuments", **both).reason == "WRONG_STATE"
    assert works.eldest.refused("FileDocuments", year=YEAR - 1, documents=[done.name]).reason == "YEAR_DIFFERS"
    assert works.eldest.GetDocument(name=done.name).file_number == ""


def test_the_package_has_everything_with_its_checksum_and_is_the_same_each_time(works: Works) -> None:
    document = closed(works, body="请修围墙。")
    upload(works, "图.txt", "围墙图".encode(), document.name)
    works.eldest.FileDocuments(year=YEAR, documents=[document.name])
    data = package(works)
    with zipfile.ZipFile(io.BytesIO(data)) as content:
        sums = json.loads(content.read("manifest.json"))["files"]
        assert sums == {name: hashlib.sha256(content.read(name)).hexdigest() for name in content.namelist() if name != "manifest.json"}
        folder = "WS·2025-BRIEF-0001"
        assert content.read(f"{folder}/files/001-图.txt").decode() == "围墙图"
        assert json.loads(content.read(f"{folder}/document.json"))["title"] == document.title
    assert package(works) == data


def test_a_receipt_of_the_archive_is_kept(works: Works) -> None:
    day = {"year": 2026, "month": 3, "day": 5}
    said = {"year": YEAR, "receipt_number": "档收3号", "receive_date": day, "package_sha256": "ab" * 32, "document_count": 2}
    kept = works.eldest.RecordArchiveReceipt(**said)
    (listed,) = works.eldest.ListArchiveReceipts().receipts
    assert (listed, listed.recorded_by) == (kept, "eldest")


def test_what_has_to_be_kept_is_not_destroyed_and_the_article_says_so(works: Works) -> None:
    document = filed(works)
    refused = works.eldest.refused("ProposeDestruction", documents=[document.name], reason="腾库")
    assert (refused.reason, refused.clause) == ("TOO_SOON", "invented/1.2")


def test_what_is_not_filed_is_not_on_a_list(works: Works) -> None:
    assert works.eldest.refused("ProposeDestruction", documents=[closed(works).name], reason="腾库").reason == "NOT_FILED"


@pytest.fixture
def proposed(works: Works) -> tuple[Any, Any]:
    """A filed document with a file, three years later on a list."""
    document = closed(works, body="请修围墙。")
    upload(works, "图.txt", "围墙图".encode(), document.name)
    filed_one = works.eldest.FileDocuments(year=YEAR, documents=[document.name]).documents[0]
    works.clock.set(datetime(2028, 1, 2, tzinfo=UTC))
    return filed_one, works.eldest.ProposeDestruction(documents=[document.name], reason="期满")


def test_two_persons_destroy_and_the_list_stays(works: Works, proposed: tuple[Any, Any]) -> None:
    document, destruction = proposed
    decision = {"name": destruction.name, "approved": True, "reason": "同意"}
    assert works.eldest.refused("DecideDestruction", **decision).reason == "TWO_PERSONS_NEEDED"
    done = works.north.DecideDestruction(**decision)
    assert (done.state, [line.file_number for line in done.documents]) == (
        filing_service_pb2.DESTRUCTION_STATE_DONE, [document.file_number],
    )  # fmt: skip
    id_ = document.name.split("/")[1]
    left = [table for table in ("documents", "steps", "access", "search_terms", "search_texts", "attachments") if works.rows(table)]
    assert (left, list(works.ports.blobs.keys("office"))) == ([], [])
    assert works.eldest.refused("GetDocument", name=document.name).code == "NOT_FOUND"
    assert [row.document for row in works.rows("numbers", series="filing-brief")] == [id_]


def test_a_list_lies_with_who_may_decide_and_sees_what_is_on_it_but_not_with_who_proposed(works: Works, proposed: tuple[Any, Any]) -> None:
    _, destruction = proposed
    (item,) = (data["item"] for data in works.events("documents.work.opened.v1") if data["item"]["item"] == destruction.name)
    assert (item["persons"], item["title"], item["step"]) == (["north"], "销毁清册（1件）", "审批销毁")
    assert item["subject"] == destruction.name
    assert titles(works.north) == [destruction.documents[0].title]
    assert works.scribe.refused("ListDestructions").reason == "PERMISSION_MISSING"
    works.north.DecideDestruction(name=destruction.name, approved=False, reason="仍有用")
    (ended,) = (data["item"] for data in works.events("documents.work.ended.v1") if data["item"]["item"] == destruction.name)
    assert (ended["state"], ended["endedBy"]) == ("WORK_STATE_DONE", "north")


def titles(person: Any) -> list[str]:
    """What somebody reads on the lists."""
    return [line.title for destruction in person.ListDestructions().destructions for line in destruction.documents]


@pytest.mark.parametrize("approved", [True, False])
def test_nobody_decides_about_what_he_does_not_see(works: Works, proposed: tuple[Any, Any], approved: bool) -> None:
    document, destruction = proposed
    assert titles(works.south) == [""]
    decision = {"name": destruction.name, "approved": approved, "reason": "不知何事"}
    assert works.south.refused("DecideDestruction", **decision).reason == "NOT_FOUND"
    works.north.DecideDestruction(**decision)
    assert (titles(works.north), titles(works.eldest), titles(works.south)) == ([document.title], [document.title], [""])


def test_a_list_follows_who_may_decide(works: Works, office: Office, proposed: tuple[Any, Any]) -> None:
    _, destruction = proposed
    office.person("late", unit="north", post="foreman").install(works.ports)
    with works.ports.db.tenant(TENANT) as tx:
        filing.follow_posts(tx)
    moved = [data["item"] for data in works.events("documents.work.changed.v1") if data["item"]["item"] == destruction.name]
    assert [item["persons"] for item in moved] == [["late", "north"]]


def test_a_rejected_list_leaves_everything(works: Works, proposed: tuple[Any, Any]) -> None:
    document, destruction = proposed
    works.north.DecideDestruction(name=destruction.name, approved=False, reason="仍有用")
    assert works.eldest.GetDocument(name=document.name).title == document.title
    again = works.north.refused("DecideDestruction", name=destruction.name, approved=True, reason="同意")
    assert again.reason == "DESTRUCTION_DECIDED"
