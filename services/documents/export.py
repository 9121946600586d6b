"""A ledger as a spreadsheet: real dates in the tenant's zone, and text that no program takes for a formula."""

from __future__ import annotations

import re
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
from services.documents.domain.listing import Column, View, Wish
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
TOLD_EVERY = 5000
_DATE = "yyyy-mm-dd hh:mm"
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f]")
_SIGNS = tuple("=+-@#")
"""With these begins what a spreadsheet would take for a formula or an error."""


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


Value = Callable[[Entry, Names], Any]

_VALUES: Mapping[Column, tuple[str, Value]] = {
    Column.NUMBER: ("编号", lambda e, _: e.number),
    Column.TITLE: ("标题", lambda e, _: e.title),
    Column.SENDER: ("来文单位", lambda e, _: e.sender),
    Column.SENDER_NUMBER: ("来文字号", lambda e, _: e.sender_number),
    Column.TYPE: ("文种", lambda e, n: n.types.get(e.document_type, e.document_type)),
    Column.CLASS: ("类别", lambda e, n: n.classes.get(e.document_class, e.document_class)),
    Column.OPENED: ("登记时间", lambda e, n: n.at(e, "open_time")),
    Column.STATE: ("状态", lambda e, _: _DOCUMENT_STATES.get(e.document_state, "")),
    Column.LEAD_UNIT: ("牵头单位", lambda e, n: n.units.get(e.lead_unit, e.lead_unit)),
    Column.UNITS: ("承办单位", lambda e, n: "、".join(n.units.get(unit, unit) for unit in e.units)),
    Column.INITIATING_UNIT: ("拟稿单位", lambda e, n: n.units.get(e.initiating_unit, e.initiating_unit)),
    Column.INITIATOR: ("拟稿人", lambda e, n: n.persons.get(e.initiator, e.initiator)),
    Column.DUE: ("办结时限", lambda e, n: n.at(e, "due_time")),
    Column.CLOSED: ("办结时间", lambda e, n: n.at(e, "close_time")),
    Column.OVERDUE: ("逾期", lambda e, _: "是" if e.overdue else "否"),
    Column.MARGIN: ("提前（小时）", lambda e, _: round(e.margin_hours, 1) if e.HasField("close_time") and e.HasField("due_time") else None),
    Column.BASIS: ("依据", lambda e, _: f"《{e.citation.regulation}》{e.citation.article}" if e.citation.clause else ""),
}  # fmt: skip
# What a ledger calls otherwise.
_TITLES: Mapping[View, Mapping[Column, str]] = {
    View.INCOMING: {Column.NUMBER: "收文编号", Column.INITIATING_UNIT: "登记单位", Column.INITIATOR: "登记人"},
    View.OUTGOING: {Column.NUMBER: "发文字号", Column.OPENED: "拟稿时间"},
    View.SUBMISSION: {Column.OPENED: "拟稿时间"},
    View.SUPERVISED: {Column.CLOSED: "销号时间", Column.INITIATING_UNIT: "经办单位", Column.INITIATOR: "经办人"},
}
_DRAFTED = (Column.NUMBER, Column.TITLE, Column.TYPE, Column.INITIATING_UNIT, Column.INITIATOR, Column.OPENED, Column.STATE)
_HANDLED = (Column.LEAD_UNIT, Column.UNITS)
_ENDED = (Column.DUE, Column.CLOSED, Column.OVERDUE)
COLUMNS: Mapping[View, tuple[Column, ...]] = {
    View.INCOMING: (
        *(Column.NUMBER, Column.TITLE, Column.SENDER, Column.SENDER_NUMBER, Column.TYPE, Column.CLASS, Column.OPENED, Column.STATE),
        *(*_HANDLED, *_ENDED, Column.BASIS),
    ),
    View.OUTGOING: (*_DRAFTED, Column.CLOSED),
    View.SUBMISSION: (*_DRAFTED, *_ENDED),
    View.SUPERVISED: (Column.NUMBER, Column.TITLE, Column.STATE, *_HANDLED, Column.OPENED, *_ENDED, Column.MARGIN, Column.BASIS),
}


def columns(wish: Wish) -> list[tuple[str, Value]]:
    """The columns that are wished, else those of the view; without a view those of what came in."""
    view = wish.view if wish.view in COLUMNS else View.INCOMING
    return [_column(view, name) for name in wish.columns or COLUMNS[view]]


def _column(view: View, name: Column) -> tuple[str, Value]:
    title, value = _VALUES[name]
    if view is View.SUPERVISED and name is Column.STATE:
        return title, lambda e, _: _STATES.get(e.state, "")
    return _TITLES[view].get(name, title), value


def file_name(view: View) -> str:
    """What the file of a ledger is called."""
    return f"{TITLES[view]}.xlsx"


def write(
    file: IO[bytes], wish: Wish, entries: Iterable[Entry], names: Names, tell: Callable[[int], None] = lambda rows: None
) -> tuple[int, int]:
    """Writes the entries into a file, one at a time, and says how large it is and how many they were; `tell` hears of it on the way."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    shown, rows = columns(wish), 0
    cells = _Cells(sheet)
    sheet.append([title for title, _ in shown])
    for entry in entries:
        sheet.append(cells.row(value(entry, names) for _, value in shown))
        rows += 1
        if rows % TOLD_EVERY == 0:
            tell(rows)
    book.save(file)
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return size, rows


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces."""
    while piece := file.read(CHUNK):
        yield piece


class _Cells:
    """Cells of a sheet. What openpyxl writes as it is stays as it is: a cell of its own costs more than the rest of the line."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._dates: dict[int, Any] = {}

    def row(self, values: Iterable[Any]) -> list[Any]:
        """A line. Text that begins with = + - @ is text, not a formula; what no spreadsheet can hold is left out."""
        return [self._cell(place, value) for place, value in enumerate(values)]

    def _cell(self, place: int, value: Any) -> Any:
        if isinstance(value, str):
            text = _UNFIT.sub("", value)
            return self._as_text(text) if text[:1] in _SIGNS else text
        if isinstance(value, datetime):
            if place not in self._dates:  # one cell for all lines of a column: it is written before the next line is made
                self._dates[place] = WriteOnlyCell(self._sheet)
                self._dates[place].number_format = _DATE
            self._dates[place].value = value
            return self._dates[place]
        return value

    def _as_text(self, text: str) -> Any:
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in "=+-@"
        return cell
