"""Spreadsheets that are made in the background: whoever wished one is told, fetches it, and has nothing more to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

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
