"""Spreadsheets that are made in the background: whoever wished one is told, fetches it, and has nothing more to do."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from services.documents import export as spreadsheet
from services.documents.exporter import Exporter
from tests.service.documents.conftest import Works

ENDED = "documents.work.ended.v1"


@pytest.fixture
def made(works: Works) -> Any:
    """An export that can be fetched."""
    works.loops.append(Exporter(works.ports, timedelta(days=7)))
    works.register()
    export = works.scribe.CreateLedgerExport(filter={"view": "LEDGER_VIEW_INCOMING"})
    works.settle()
    return export


def ended(works: Works, export: Any) -> list[tuple[str, str]]:
    """How the to-do of an export was ended, and by whom."""
    items = [data["item"] for data in works.events(ENDED)]
    return [(item["state"], item.get("endedBy", "")) for item in items if item["item"] == export.name]


def test_the_to_do_of_an_export_ends_once_when_it_was_fetched(works: Works, made: Any) -> None:
    before = len(works.rows("outbox"))
    first = b"".join(piece.data for piece in works.scribe.DownloadLedgerExport(name=made.name))
    assert len(works.rows("outbox")) == before
    works.settle()
    assert ended(works, made) == [("WORK_STATE_DONE", "scribe")]
    assert b"".join(piece.data for piece in works.scribe.DownloadLedgerExport(name=made.name)) == first
    works.settle()
    works.pass_time(days=8)
    assert ended(works, made) == [("WORK_STATE_DONE", "scribe")]
    assert works.scribe.refused("DownloadLedgerExport", name=made.name).reason == "EXPORT_NOT_READY"


def test_an_export_that_nobody_fetched_is_cancelled_when_it_expires(works: Works, made: Any) -> None:
    works.pass_time(days=8)
    assert ended(works, made) == [("WORK_STATE_CANCELLED", "")]
    assert works.scribe.refused("DownloadLedgerExport", name=made.name).reason == "EXPORT_NOT_READY"


def lines(client: Any, **request: Any) -> list[tuple[Any, ...]]:
    """The lines of a spreadsheet that is waited for, its head first."""
    data = b"".join(piece.data for piece in client.ExportLedger(**request))
    return list(load_workbook(io.BytesIO(data))["台账"].iter_rows(values_only=True))


def test_the_chosen_columns_are_exported_in_their_order(works: Works) -> None:
    name = works.register().name
    document = works.scribe.GetDocument(name=name)
    chosen = ["LEDGER_COLUMN_TITLE", "LEDGER_COLUMN_OVERDUE", "LEDGER_COLUMN_NUMBER"]
    head, line = lines(works.scribe, filter={"view": "LEDGER_VIEW_INCOMING", "columns": chosen})
    assert head == ("标题", "逾期", "收文编号")
    assert line == (document.title, "否", document.registration_number)


def test_without_a_choice_the_columns_are_those_of_the_view(works: Works) -> None:
    works.register()
    assert lines(works.scribe, filter={"view": "LEDGER_VIEW_INCOMING"})[0][:4] == ("收文编号", "标题", "来文单位", "来文字号")
    assert lines(works.scribe)[0][-3:] == ("逾期", "提前（小时）", "依据")


def test_a_view_keeps_its_columns_and_a_page_goes_on_whatever_is_shown(works: Works) -> None:
    chosen = ["LEDGER_COLUMN_DUE", "LEDGER_COLUMN_TITLE"]
    view = works.scribe.SaveLedgerView(display_name="来文时限", filter={"view": "LEDGER_VIEW_INCOMING", "columns": chosen})
    assert works.scribe.ListLedgerViews().views[0].filter.columns == view.filter.columns
    assert len(view.filter.columns) == 2
    works.register()
    works.register()
    first = works.scribe.ListLedger(filter={"view": "LEDGER_VIEW_INCOMING"}, page_size=1)
    rest = works.scribe.ListLedger(
        filter={"view": "LEDGER_VIEW_INCOMING", "columns": chosen}, page_size=1, page_token=first.next_page_token
    )
    assert rest.entries[0].document != first.entries[0].document


def test_a_column_twice_or_none_at_all_is_refused(works: Works) -> None:
    for chosen in (["LEDGER_COLUMN_TITLE"] * 2, ["LEDGER_COLUMN_UNSPECIFIED"]):
        assert works.scribe.refused("ListLedger", filter={"columns": chosen}).code == "INVALID_ARGUMENT"


def test_whoever_waits_sees_how_far_an_export_is(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(spreadsheet, "TOLD_EVERY", 1)
    exporter = Exporter(works.ports, timedelta(days=7))
    works.register()
    works.register()
    works.scribe.CreateLedgerExport(filter={"view": "LEDGER_VIEW_INCOMING"})
    written = exporter._tell

    def tell(job: Any, rows: int) -> None:
        written(job, rows)
        seen.append(works.scribe.ListLedgerExports().exports[0].row_count)

    monkeypatch.setattr(exporter, "_tell", tell)
    works.loops.append(exporter)
    works.settle()
    assert seen == [1, 2]
    assert works.scribe.ListLedgerExports().exports[0].row_count == 2
