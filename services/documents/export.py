"""The ledger as a spreadsheet: real dates in the tenant's zone, and text that no program takes for a formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from os import SEEK_END
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from services.documents.convert import LEDGER
from services.kit.blobs import CHUNK
from xiaoneng.documents.v1 import document_service_pb2

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("编号", "标题", "状态", "牵头单位", "承办单位", "登记时间", "办结时限", "销号时间", "逾期", "提前（小时）", "依据")
_STATES = {LEDGER["open"]: "未销号", LEDGER["fed_back"]: "已反馈", LEDGER["closed"]: "已销号"}
_DATE = "yyyy-mm-dd hh:mm"


def write(file: IO[bytes], entries: Iterator[document_service_pb2.LedgerEntry], units: Mapping[str, str], zone: str) -> int:
    """Writes the entries into a file and says how large it is; `units` are the names of units."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(list(COLUMNS))
    for entry in entries:
        sheet.append([_cell(sheet, value) for value in _line(entry, units, ZoneInfo(zone))])
    book.save(file)
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return size


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces."""
    while piece := file.read(CHUNK):
        yield piece


def _line(entry: document_service_pb2.LedgerEntry, units: Mapping[str, str], zone: ZoneInfo) -> list[Any]:
    def at(name: str) -> datetime | None:
        stamp = getattr(entry, name)
        return stamp.ToDatetime(UTC).astimezone(zone).replace(tzinfo=None) if entry.HasField(name) else None

    return [
        entry.number,
        entry.title,
        _STATES.get(entry.state, ""),
        units.get(entry.lead_unit, entry.lead_unit),
        "、".join(units.get(unit, unit) for unit in entry.units),
        at("open_time"),
        at("due_time"),
        at("close_time"),
        "是" if entry.overdue else "否",
        round(entry.margin_hours, 1) if entry.HasField("close_time") and entry.HasField("due_time") else None,
        f"《{entry.citation.regulation}》{entry.citation.article}" if entry.citation.clause else "",
    ]


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # A title that begins with = + - @ is text, not a formula.
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell.number_format = _DATE
    return cell
