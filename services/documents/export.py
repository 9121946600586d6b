"""A ledger as a spreadsheet: real dates in the tenant's zone, and text that no program takes for a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os import SEEK_END
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from services.documents.convert import LEDGER, STATE
from services.documents.domain.document import LABELS
from services.documents.domain.listing import View
from services.kit.blobs import CHUNK
from xiaoneng.documents.v1 import document_service_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

Entry = document_service_pb2.LedgerEntry

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES: Mapping[View, str] = {
    View.ALL: "公文台账",
    View.INCOMING: "收文台账",
    View.OUTGOING: "发文台账",
    View.SUBMISSION: "报文台账",
    View.SUPERVISED: "督办台账",
}
_STATES = {LEDGER["open"]: "未销号", LEDGER["fed_back"]: "已反馈", LEDGER["closed"]: "已销号"}
_DOCUMENT_STATES = {STATE[state]: label for state, label in LABELS.items()}
_DATE = "yyyy-mm-dd hh:mm"


@dataclass(frozen=True)
class Names:
    """How units, persons and codes are called in an office, and its zone."""

    units: Mapping[str, str]
    persons: Mapping[str, str]
    types: Mapping[str, str]
    classes: Mapping[str, str]
    zone: ZoneInfo

    @classmethod
    def of(cls, tx: Tx) -> Names:
        """Those of the transaction's tenant now."""
        roster, rules = tx.roster, tx.rules()
        return cls(
            {unit.id: unit.display_name for unit in roster.units()},
            {member.person: member.display_name for member in roster.members(tx.now)},
            rules.vocabulary("document_type"),
            rules.vocabulary("document_class"),
            ZoneInfo(roster.tenant.time_zone),
        )

    def at(self, entry: Entry, name: str) -> datetime | None:
        """An instant of an entry as the office's clock shows it."""
        return getattr(entry, name).ToDatetime(UTC).astimezone(self.zone).replace(tzinfo=None) if entry.HasField(name) else None


Column = tuple[str, Callable[[Entry, Names], Any]]

_NUMBER: Column = ("编号", lambda e, _: e.number)
_TITLE: Column = ("标题", lambda e, _: e.title)
_KIND: tuple[Column, ...] = (
    ("文种", lambda e, n: n.types.get(e.document_type, e.document_type)),
    ("类别", lambda e, n: n.classes.get(e.document_class, e.document_class)),
)
_STATE: Column = ("状态", lambda e, _: _DOCUMENT_STATES.get(e.document_state, ""))
_UNITS: tuple[Column, ...] = (
    ("牵头单位", lambda e, n: n.units.get(e.lead_unit, e.lead_unit)),
    ("承办单位", lambda e, n: "、".join(n.units.get(unit, unit) for unit in e.units)),
)
_DRAFTED: tuple[Column, ...] = (
    ("拟稿单位", lambda e, n: n.units.get(e.initiating_unit, e.initiating_unit)),
    ("拟稿人", lambda e, n: n.persons.get(e.initiator, e.initiator)),
    ("拟稿时间", lambda e, n: n.at(e, "open_time")),
)
_DUE: Column = ("办结时限", lambda e, n: n.at(e, "due_time"))
_CLOSED: Column = ("办结时间", lambda e, n: n.at(e, "close_time"))
_LATE: Column = ("逾期", lambda e, _: "是" if e.overdue else "否")
_BASIS: Column = ("依据", lambda e, _: f"《{e.citation.regulation}》{e.citation.article}" if e.citation.clause else "")

COLUMNS: Mapping[View, tuple[Column, ...]] = {
    View.INCOMING: (
        ("收文编号", _NUMBER[1]),
        _TITLE,
        ("来文单位", lambda e, _: e.sender),
        ("来文字号", lambda e, _: e.sender_number),
        *_KIND,
        ("登记时间", lambda e, n: n.at(e, "open_time")),
        _STATE, *_UNITS, _DUE, _CLOSED, _LATE, _BASIS,
    ),
    View.OUTGOING: (("发文字号", _NUMBER[1]), _TITLE, *_KIND[:1], *_DRAFTED, _STATE, _CLOSED),
    View.SUBMISSION: (_NUMBER, _TITLE, *_KIND[:1], *_DRAFTED, _STATE, _DUE, _CLOSED, _LATE),
    View.SUPERVISED: (
        _NUMBER,
        _TITLE,
        ("状态", lambda e, _: _STATES.get(e.state, "")),
        *_UNITS,
        ("登记时间", lambda e, n: n.at(e, "open_time")),
        _DUE,
        ("销号时间", _CLOSED[1]),
        _LATE,
        ("提前（小时）", lambda e, _: round(e.margin_hours, 1) if e.HasField("close_time") and e.HasField("due_time") else None),
        _BASIS,
    ),
}  # fmt: skip


def columns(view: View) -> tuple[Column, ...]:
    """The columns of a ledger; without one, those of what came in."""
    return COLUMNS.get(view, COLUMNS[View.INCOMING])


def file_name(view: View) -> str:
    """What the file of a ledger is called."""
    return f"{TITLES[view]}.xlsx"


def write(file: IO[bytes], view: View, entries: Iterable[Entry], names: Names) -> tuple[int, int]:
    """Writes the entries into a file, one at a time, and says how large it is and how many they were."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    shown, rows = columns(view), 0
    sheet.append([title for title, _ in shown])
    for entry in entries:
        sheet.append([_cell(sheet, value(entry, names)) for _, value in shown])
        rows += 1
    book.save(file)
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return size, rows


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces."""
    while piece := file.read(CHUNK):
        yield piece


def _cell(sheet: Any, value: Any) -> Any:
    """A cell. Text that begins with = + - @ is text, not a formula; what no spreadsheet can hold is left out."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, "".join(c for c in value if c >= " " or c in "\t\n"))
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@"
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, datetime):
        cell.number_format = _DATE
    return cell
