"""Requests to filing: closed matters, packages, receipts, lists of what is to be destroyed."""

from __future__ import annotations

from typing import Any

from services.kit.testing.builders.desk import Act, Builder, Desk
from services.kit.testing.builders.documents import Paper

# Kept by no rule, so that it can be destroyed.
_WITHOUT_VALUE = "n"


def _closed(desk: Desk) -> str:
    paper = Paper(desk).classified().proposed().signed().decided()
    said = {"result_text": "已办结", "measures": "已开展核查并整改", "completed": True}
    desk.do("section_head", "SubmitFeedback", name=paper.step("handle"), **said)
    return paper.name


def file_documents(desk: Desk) -> Act:
    return Act("registrar", {"year": desk.now.year, "documents": [_closed(desk)]})


def _filed(desk: Desk) -> str:
    name = _closed(desk)
    desk.do("registrar", "FileDocuments", year=desk.now.year, documents=[name], retention_class=_WITHOUT_VALUE)
    return name


def of_the_year(desk: Desk) -> Act:
    _filed(desk)
    return Act("registrar", {"year": desk.now.year})


def closed_of_the_year(desk: Desk) -> Act:
    _closed(desk)
    return Act("registrar", {"year": desk.now.year})


def record_archive_receipt(desk: Desk) -> Act:
    day = {"year": 2019, "month": 4, "day": 1}
    said: dict[str, Any] = {"year": 2018, "receipt_number": "档收〔2019〕3号", "receive_date": day, "package_sha256": "ab" * 32}
    return Act("registrar", {**said, "document_count": 12})


def a_list(desk: Desk) -> Act:
    return Act("registrar")


def propose_destruction(desk: Desk) -> Act:
    return Act("registrar", {"documents": [_filed(desk)], "reason": "无保存价值"})


def decide_destruction(desk: Desk) -> Act:
    proposed = desk.do("registrar", "ProposeDestruction", **propose_destruction(desk).request)
    return Act("registry_head", {"name": proposed.name, "approved": True, "reason": "同意销毁"})


BUILDERS: dict[str, Builder] = {
    "documents.FilingService.DecideDestruction": decide_destruction,
    "documents.FilingService.DownloadFilingPackage": of_the_year,
    "documents.FilingService.FileDocuments": file_documents,
    "documents.FilingService.ListArchiveReceipts": a_list,
    "documents.FilingService.ListDestructions": a_list,
    "documents.FilingService.ListFiledDocuments": of_the_year,
    "documents.FilingService.ListUnfiledDocuments": closed_of_the_year,
    "documents.FilingService.ProposeDestruction": propose_destruction,
    "documents.FilingService.RecordArchiveReceipt": record_archive_receipt,
}
