"""The spreadsheet of an organisation: written as it is read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from services.directory.domain.errors import WorkbookUnreadable
from services.directory.domain.importing import Line, Login, Plan, RowError, Sheets
from services.kit.errors import FieldViolation
from services.kit.roster import CalendarDay, Member, Portfolio, Post, Roster, Unit, in_force
from services.kit.roster.model import Row
from services.kit.worktime import Calendar
from xiaoneng.directory.v1 import organisation_service_pb2

UNITS, PERSONS, POSTS, PORTFOLIOS, DAYS = "科室", "人员", "职务", "分工", "作息"
_WORKS, _RESTS = "上班", "休息"
_MOST_ROWS = 20_000  # far more than a city has, little enough for memory
_MOST_BYTES = 64 * 1024 * 1024  # unpacked: a small file can hide a large one
_SLUG = set("abcdefghijklmnopqrstuvwxyz0123456789_-")


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `read` raises ValueError, in Chinese, for what it cannot take."""

    title: str
    required: bool = False
    read: Callable[[Any], Any] = str


def _slug(value: Any) -> str:
    text = str(value).strip()
    if not set(text) <= _SLUG or len(text) > 63 or text[:1] in "-_":
        raise ValueError("只能用小写字母、数字、“-”和“_”，以字母或数字开头")
    return text


def text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError("应为整数") from None


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError("应为日期，例如2025-03-01") from None


def _working(value: Any) -> bool:
    text = str(value).strip()
    if text not in (_WORKS, _RESTS):
        raise ValueError(f"应为“{_WORKS}”或“{_RESTS}”")
    return text == _WORKS


SHEETS: Mapping[str, Sequence[Column]] = {
    UNITS: (
        Column("代码", True, _slug),
        Column("名称", True, text),
        Column("类别", True, _slug),
        Column("上级代码", False, _slug),
        Column("别名", False, text),
        Column("顺序", False, _number),
    ),
    PERSONS: (
        Column("代码", True, _slug),
        Column("姓名", True, text),
        Column("科室代码", False, _slug),
        Column("级别", False, text),
        Column("邮箱", False, text),
        Column("手机", False, text),
        Column("登录签发方", False, text),
        Column("登录账号", False, text),
    ),
    POSTS: (
        Column("人员代码", True, _slug),
        Column("科室代码", True, _slug),
        Column("职务类别", True, _slug),
        Column("职务名称", False, text),
        Column("级别", False, text),
        Column("顺序", False, _number),
        Column("开始日期", False, _date),
        Column("结束日期", False, _date),
    ),
    PORTFOLIOS: (
        Column("人员代码", True, _slug),
        Column("分管科室代码", False, _slug),
        Column("分管领域", False, _slug),
        Column("开始日期", False, _date),
        Column("结束日期", False, _date),
    ),
    DAYS: (
        Column("日期", True, _date),
        Column("科室代码", False, _slug),
        Column("安排", True, _working),
        Column("说明", False, text),
    ),
}
Values = Mapping[str, Any]


def read(data: bytes, calendar: Calendar) -> Sheets:
    """Reads a spreadsheet; days are days of `calendar`'s zone. Refuses what is none: WorkbookUnreadable."""
    book = _open(data)
    lines: list[Line] = []
    logins: list[Login] = []
    errors: list[RowError] = []
    for title in book.sheetnames:
        if title not in SHEETS:
            errors.append(RowError(title, 0, "", "SHEET_UNKNOWN", f"没有名为“{title}”的表"))
    for title, columns in SHEETS.items():
        if title in book.sheetnames:
            for number, values in _rows(book[title], title, columns, errors):
                value = _value(title, values, calendar, number, errors)
                if value is not None:
                    lines.append(Line(title, number, value))
                if title == PERSONS and values.get("登录账号"):
                    logins.append(Login(number, values["代码"], values.get("登录签发方", ""), values["登录账号"]))
    errors += [
        RowError(PERSONS, login.row, "登录签发方", "FIELD_REQUIRED", "填写登录账号时必须填写签发方") for login in logins if not login.issuer
    ]
    book.close()
    return Sheets(tuple(lines), tuple(logins), tuple(errors))


def first_sheet(data: bytes, title: str, columns: Sequence[Column], errors: list[RowError]) -> Sequence[tuple[int, Values]]:
    """The rows of the first sheet of a spreadsheet, whatever it is called, with their numbers. Refuses what is none: WorkbookUnreadable."""
    book = _open(data)
    rows = list(_rows(book[book.sheetnames[0]], title, columns, errors))
    book.close()
    return rows


def write(roster: Roster, at: datetime) -> bytes:
    """Writes the organisation at `at`. Logins are not written."""
    book = Workbook(write_only=True)
    calendar = roster.calendar()
    day: Callable[[datetime | None], date | None] = lambda moment: calendar.local(moment).date() if moment else None  # noqa: E731
    rows: dict[str, list[Sequence[Any]]] = {
        UNITS: [(u.id, u.display_name, u.kind, u.parent, "、".join(u.aliases), u.position) for u in roster.units(at)],
        PERSONS: [(m.person, m.display_name, m.unit, m.rank, m.email, m.mobile, "", "") for m in roster.members(at) if m.kind == "person"],
        POSTS: [
            (p.person, p.unit, p.kind, p.title, p.rank, p.position, day(p.valid_from), day(p.valid_until))
            for p in roster.posts
            if in_force(p, at)
        ],
        PORTFOLIOS: [(p.person, p.unit, p.field, day(p.valid_from), day(p.valid_until)) for p in roster.portfolios if in_force(p, at)],
        DAYS: [(d.day, d.unit, _WORKS if d.working else _RESTS, d.reason) for d in roster.calendar_days],
    }
    for title, columns in SHEETS.items():
        sheet = book.create_sheet(title)
        sheet.append([_cell(sheet, column.title, bold=True) for column in columns])
        for row in rows[title]:
            sheet.append([_cell(sheet, value) for value in row])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def to_response(plan: Plan) -> organisation_service_pb2.ImportOrganisationResponse:
    """What an import did, as it travels."""
    errors = [
        organisation_service_pb2.RowError(sheet=e.sheet, row=e.row, column=e.column, reason=e.reason, text=e.text) for e in plan.errors
    ]
    done = not errors
    return organisation_service_pb2.ImportOrganisationResponse(
        errors=errors,
        created=plan.created if done else 0,
        updated=plan.updated if done else 0,
        unchanged=plan.unchanged if done else 0,
    )


def _open(data: bytes) -> Any:
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _MOST_BYTES:
                raise WorkbookUnreadable([FieldViolation("workbook", "表格文件太大", "WORKBOOK_UNREADABLE")])
        return load_workbook(BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as wrong:
        raise WorkbookUnreadable([FieldViolation("workbook", WorkbookUnreadable.text, "WORKBOOK_UNREADABLE")]) from wrong


def _rows(sheet: Any, title: str, columns: Sequence[Column], errors: list[RowError]) -> Iterator[tuple[int, Values]]:
    """The rows of a sheet that can be read, with their numbers; empty ones are passed over."""
    cells = sheet.iter_rows(values_only=True)
    heads = [str(head).strip() if head is not None else "" for head in next(cells, ())]
    known = {column.title: column for column in columns}
    missing = [column.title for column in columns if column.required and column.title not in heads]
    unknown = [head for head in heads if head and head not in known]
    for head in missing:
        errors.append(RowError(title, 1, head, "COLUMN_MISSING", f"缺少“{head}”一栏"))
    for head in unknown:
        errors.append(RowError(title, 1, head, "COLUMN_UNKNOWN", f"没有“{head}”一栏"))
    if missing:
        return
    for number, row in enumerate(cells, start=2):
        if number > _MOST_ROWS:
            errors.append(RowError(title, 0, "", "TOO_MANY_ROWS", f"一张表最多{_MOST_ROWS}行"))
            return
        filled = {head: value for head, value in zip(heads, row, strict=False) if head in known and value not in (None, "")}
        if filled:
            before = len(errors)
            values = _read_row(title, number, known, filled, errors)
            if len(errors) == before:
                yield number, values


def _read_row(title: str, number: int, known: Mapping[str, Column], filled: Values, errors: list[RowError]) -> Values:
    values: dict[str, Any] = {}
    for name, column in known.items():
        if name not in filled:
            if column.required:
                errors.append(RowError(title, number, name, "FIELD_REQUIRED", f"“{name}”必须填写"))
            continue
        try:
            values[name] = column.read(filled[name])
        except ValueError as wrong:
            errors.append(RowError(title, number, name, "FIELD_INVALID", f"“{name}”{wrong}"))
    return values


def _value(title: str, v: Values, calendar: Calendar, number: int, errors: list[RowError]) -> Row | None:
    """What a row says."""

    def since(name: str) -> datetime | None:
        return calendar.moment(v[name], timedelta()) if name in v else None

    match title:
        case "科室":
            aliases = tuple(alias for alias in str(v.get("别名", "")).split("、") if alias)
            return Unit(v["代码"], v["名称"], v["类别"], v.get("上级代码", ""), aliases, v.get("顺序", 0))
        case "人员":
            contact = (v.get("邮箱", ""), v.get("手机", ""))
            return Member(v["代码"], v["姓名"], "person", v.get("科室代码", ""), v.get("级别", ""), *contact)
        case "职务":
            post = (v["人员代码"], v["科室代码"], v["职务类别"], v.get("职务名称", ""), v.get("级别", ""), v.get("顺序", 0))
            return Post("", *post, since("开始日期"), since("结束日期"))
        case "分工":
            if ("分管科室代码" in v) == ("分管领域" in v):
                text = "“分管科室代码”和“分管领域”须填写其中一栏"
                errors.append(RowError(title, number, "分管科室代码", "FIELD_REQUIRED", text))
                return None
            what = (v.get("分管科室代码", ""), v.get("分管领域", ""))
            return Portfolio("", v["人员代码"], *what, since("开始日期"), since("结束日期"))
        case _:
            return CalendarDay(v["日期"], v["安排"], v.get("说明", ""), v.get("科室代码", ""))


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell that says exactly this: a text that begins like a formula stays a text, a day is a day."""
    cell = WriteOnlyCell(sheet, value=value if value != "" else None)
    if isinstance(value, str) and value:
        cell.data_type = "s"
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell
