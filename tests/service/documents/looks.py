"""Every way to look at documents, and what each of them shows to a reader."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import grpc
from openpyxl import load_workbook

from services.documents.exporter import Exporter
from services.documents.reader import TextReader
from services.documents.store import lists
from services.kit.rpc.status import read
from tests.service.documents.sight import READERS, WORDS, Model, Paper

if TYPE_CHECKING:
    from tests.service.documents.conftest import Works

SENDER, TOLD, YEAR = "街道办", "附件说明", 2025
VIEWS = tuple(f"LEDGER_VIEW_{view}" for view in ("INCOMING", "OUTGOING", "SUBMISSION", "SUPERVISED"))
DAYS = {"first_day": {"year": 2025, "month": 9, "day": 1}, "last_day": {"year": 2025, "month": 12, "day": 31}}
TITLE = {"columns": ["LEDGER_COLUMN_TITLE"]}


def drained(pieces: Any) -> bytes:
    """A download, whole."""
    return b"".join(piece.data for piece in pieces)


# What is asked by the name of a document: it answers, or it is as if the document were not there.
ASKED: list[Callable[[Any, Paper], object]] = [
    lambda client, paper: client.GetDocument(name=paper.name),
    lambda client, paper: drained(client.DownloadAttachment(name=paper.file)),
    lambda client, paper: client.GetRoute(name=paper.name),
    lambda client, paper: client.ListAttachments(name=paper.name),
    lambda client, paper: client.GetHandling(name=paper.name),
    lambda client, paper: client.ListRecords(name=paper.name),
    lambda client, paper: client.ListReadings(name=paper.name),
    lambda client, paper: client.ListPermits(name=paper.name),
    lambda client, paper: client.ListTransmissions(document=paper.name),
    lambda client, paper: client.ListAccessGrants(document=paper.name),
    lambda client, paper: client.CopyDocument(name=paper.name, act="COPY_ACT_PRINT"),
]


def answers(question: Callable[[Any, Paper], object], client: Any, paper: Paper) -> bool:
    """Whether the service answers, or says that there is no such document."""
    try:
        question(client, paper)
    except grpc.RpcError as refused:
        if read(refused).code != "NOT_FOUND":
            raise
        return False
    return True


class Looks:
    """Looks at everything as everybody, and compares it with the model."""

    def __init__(self, works: Works, model: Model) -> None:
        self.works, self.model = works, model
        self._turn = 0

    def check(self) -> None:
        """Everybody sees what is his and nothing else, wherever he looks."""
        TextReader(self.works.ports).step(self.works.clock.now())
        self._turn += 1
        now, papers = self.works.clock.now(), self.model.papers
        limits = {unit: self._limits(self.works.eldest, unit) for unit in ("desk", "yard", "north", "south")}
        for place, reader in enumerate(READERS):
            seen, client = self.model.seen(reader, now), self.works.served.client(reader)
            self._lists(client, seen, reader)
            self._searches(client, seen, reader)
            assert self._opened(client, place, now, reader) == [], reader
            assert {item.document for item in client.ListMySteps(page_size=200).items} == self.model.to_do(reader, now), reader
            for unit in self.model.units(reader, now):
                total, shown = limits[unit]
                assert self._limits(client, unit) == (total, shown & {papers[name].title for name in seen}), (reader, unit)
        self._made_in_the_background(READERS[self._turn % len(READERS)])

    def _lists(self, client: Any, seen: set[str], reader: str) -> None:
        papers = self.model.papers
        assert self._listed(client) == seen, reader
        for view in VIEWS:
            kind = "incoming" if view == "LEDGER_VIEW_SUPERVISED" else view.removeprefix("LEDGER_VIEW_").lower()
            wanted = {name for name in seen if papers[name].kind == kind}
            page = client.ListLedger(filter={"view": view}, page_size=200)
            assert {entry.document for entry in page.entries} == wanted, (reader, view)
            self._counted(page, len(wanted))
            titles = sorted(papers[name].title for name in wanted)
            assert _titles(drained(client.ExportLedger(filter={"view": view, **TITLE}))) == titles, (reader, view)
        sent = {each.document for each in client.ListTransmissions(page_size=200).transmissions}
        assert sent == {name for name in seen if papers[name].sent}, reader
        filed = {name for name in seen if papers[name].filed}
        page = client.ListFiledDocuments(year=YEAR, page_size=200)
        assert {one.name for one in page.documents} == filed, reader
        assert sum(each.document_count for each in page.classes) == len(filed), reader
        waiting = client.ListUnfiledDocuments(year=YEAR, page_size=200)
        closed = {name for name in seen if papers[name].closed}
        assert {one.document.name for one in waiting.documents} == closed - filed, reader
        assert waiting.total == len(closed - filed), reader
        if self._turn == 1:
            return
        with zipfile.ZipFile(io.BytesIO(drained(client.DownloadFilingPackage(year=YEAR)))) as package:
            folders = {name.split("/")[0] for name in json.loads(package.read("manifest.json"))["files"]}
        assert folders == {papers[name].filed for name in filed}, reader

    def _searches(self, client: Any, seen: set[str], reader: str) -> None:
        for word in (*WORDS, TOLD):
            wanted = {name for name in seen if word == TOLD or word in self.model.papers[name].title}
            hits = client.SearchDocuments(text=word, page_size=200)
            assert {hit.document.name for hit in hits.hits} == wanted, (reader, word)
            self._counted(hits, len(wanted))

    def _opened(self, client: Any, place: int, now: Any, reader: str) -> list[tuple[str, int]]:
        """Asks two questions about each document, other ones in each turn; says which of them are not answered as they have to be."""
        wrong = []
        for number, paper in enumerate(self.model.papers.values()):
            for turn in (2 * (place + number + self._turn), 2 * (place + number + self._turn) + 1):
                sees = self.model.sees(reader, paper, now)
                if answers(ASKED[turn % len(ASKED)], client, paper) != sees:
                    wrong.append((paper.title, turn % len(ASKED)))
            if paper.number and reader in ("scribe", "herald"):
                found = client.FindDuplicates(sender=SENDER, sender_number=paper.number).documents
                if [one.name for one in found] != ([paper.name] if self.model.sees(reader, paper, now) else []):
                    wrong.append((paper.title, -1))
        return wrong

    def _limits(self, client: Any, unit: str) -> tuple[int, set[str]]:
        """How many limits run in a unit, and of which documents it is told."""
        page = client.ListEfficiencyItems(unit=unit, measure="MEASURE_OPEN", page_size=200, **DAYS)
        assert all(bool(item.title) == bool(item.document) for item in page.items)
        return len(page.items), {item.title for item in page.items} - {""}

    def _made_in_the_background(self, reader: str) -> None:
        client = self.works.served.client(reader)
        export = client.CreateLedgerExport(filter={"view": VIEWS[0], **TITLE})
        Exporter(self.works.ports, timedelta(days=7)).step(self.works.clock.now())
        seen = self.model.seen(reader, self.works.clock.now())
        wanted = sorted(paper.title for paper in self.model.papers.values() if paper.name in seen and paper.kind == "incoming")
        assert _titles(drained(client.DownloadLedgerExport(name=export.name))) == wanted, reader

    def _listed(self, client: Any) -> set[str]:
        found, token, page = [], "", None
        while page is None or token:
            page = client.ListDocuments(page_size=4, page_token=token)
            found += [document.name for document in page.documents]
            token = page.next_page_token
        assert len(found) == len(set(found))
        self._counted(page, len(found))
        return set(found)

    def _counted(self, page: Any, number: int) -> None:
        assert (page.total, page.total_is_least) == (min(number, lists.EXACT), number > lists.EXACT)


def _titles(data: bytes) -> list[str]:
    return sorted(str(row[0]) for row in load_workbook(io.BytesIO(data))["台账"].iter_rows(min_row=2, values_only=True))
