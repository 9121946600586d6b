"""A whole organisation as a spreadsheet: out and in again, every wrong row named, all or nothing."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from services.kit.testing.channel import Client, Served
from xiaoneng.kit.v1 import file_pb2

HEADS = {
    "科室": ("代码", "名称", "类别", "上级代码", "别名", "顺序"),
    "人员": ("代码", "姓名", "科室代码", "级别", "邮箱", "手机", "登录签发方", "登录账号"),
    "职务": ("人员代码", "科室代码", "职务类别", "职务名称", "级别", "顺序", "开始日期", "结束日期"),
    "分工": ("人员代码", "分管科室代码", "分管领域", "开始日期", "结束日期"),
    "作息": ("日期", "科室代码", "安排", "说明"),
}
ISSUER = "https://id.example"


def a_book(**sheets: list[tuple[Any, ...]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(HEADS.get(title, ("代码",)))
        for row in rows:
            sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def an_organisation() -> dict[str, list[tuple[Any, ...]]]:
    return {
        "科室": [("office", "办公室", "office", None, "办、局办", 1), ("planning", "计划科", "section", None, None, 2)],
        "人员": [
            ("chen", "陈科长", "planning", "县处级", "chen@example.cn", "13800000000", ISSUER, "chen-1"),
            ("li", "李干事", "planning"),
        ],
        "职务": [("chen", "planning", "unit_head", "科长", None, 1, "2024-03-01", None)],
        "分工": [("chen", "office")],
        "作息": [("2025-10-08", None, "上班", "防汛值守")],
    }


def errors(answer: Any) -> list[tuple[str, int, str, str]]:
    return [(error.sheet, error.row, error.column, error.reason) for error in answer.errors]


def test_an_organisation_comes_in(directory: Served, admin: Client) -> None:
    done = admin.ImportOrganisation(workbook=a_book(**an_organisation()))
    assert (errors(done), done.created) == ([], 7)
    assert admin.GetUnit(name="units/office").aliases == ["办", "局办"]
    assert admin.GetPerson(name="persons/chen").mobile == "13800000000"
    (post,) = admin.ListPosts(unit="units/planning").posts
    assert (post.person, post.title, post.valid_from_time.ToJsonString()) == ("persons/chen", "科长", "2024-02-29T16:00:00Z")
    assert directory.internal().ResolveSubject(issuer=ISSUER, sub="chen-1").person == "chen"


def test_the_same_spreadsheet_again_changes_nothing(admin: Client) -> None:
    admin.ImportOrganisation(workbook=a_book(**an_organisation()))
    again = admin.ImportOrganisation(workbook=a_book(**an_organisation()))
    assert (errors(again), again.created, again.updated, again.unchanged) == ([], 0, 0, 7)


def test_what_is_exported_can_be_imported(staffed: Client) -> None:
    data = staffed.ExportOrganisation().data
    again = staffed.ImportOrganisation(workbook=data)
    assert (errors(again), again.created, again.updated) == ([], 0, 0)
    assert again.unchanged > 10


def test_an_export_says_its_name_and_size(staffed: Client) -> None:
    answer = staffed.ExportOrganisation()
    about = file_pb2.FileInfo()
    assert answer.extensions[0].Unpack(about)
    assert (about.file_name, about.size, about.sha256) == ("组织机构.xlsx", len(answer.data), hashlib.sha256(answer.data).hexdigest())


def test_a_changed_row_changes_what_it_names(admin: Client) -> None:
    book = an_organisation()
    admin.ImportOrganisation(workbook=a_book(**book))
    book["科室"][1] = ("planning", "规划计划科", "section", None, None, 2)
    done = admin.ImportOrganisation(workbook=a_book(**book))
    assert (done.updated, done.unchanged) == (1, 6)
    assert admin.GetUnit(name="units/planning").display_name == "规划计划科"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(directory: Served, admin: Client) -> None:
    done = admin.ImportOrganisation(workbook=a_book(**an_organisation()), dry_run=True)
    assert (errors(done), done.created) == ([], 7)
    assert admin.ListUnits().units == []
    assert directory.internal().refused("ResolveSubject", issuer=ISSUER, sub="chen-1").reason == "SUBJECT_UNKNOWN"


def test_every_wrong_row_is_named_and_nothing_is_done(admin: Client) -> None:
    book = an_organisation()
    book["科室"] += [("Bad Code", "坏", "section"), ("sub", "下属", "section", "nowhere"), ("office", "重复", "office")]
    book["人员"] += [(None, "无码", "planning"), ("wu", "吴", "nowhere"), ("he", "何", "office", None, None, None, None, "he-1")]
    book["职务"] += [
        ("nobody", "planning", "staff"),
        ("li", "planning", "staff", None, None, "甲"),
        ("li", "office", "staff", None, None, None, "2025-09-01", "2025-08-01"),
    ]
    book["分工"] += [("chen", "planning", "personnel"), ("chen", None, None)]
    book["作息"] += [("昨天", None, "上班"), ("2025-10-09", None, "也许")]
    answer = admin.ImportOrganisation(workbook=a_book(**book))
    assert set(errors(answer)) == {
        ("科室", 4, "代码", "FIELD_INVALID"),
        ("科室", 5, "", "UNIT_UNKNOWN"),
        ("科室", 6, "", "ROW_REPEATED"),
        ("人员", 4, "代码", "FIELD_REQUIRED"),
        ("人员", 5, "", "UNIT_UNKNOWN"),
        ("人员", 6, "登录签发方", "FIELD_REQUIRED"),
        ("职务", 3, "", "PERSON_UNKNOWN"),
        ("职务", 4, "顺序", "FIELD_INVALID"),
        ("职务", 5, "", "PERIOD_EMPTY"),
        ("分工", 3, "分管科室代码", "FIELD_REQUIRED"),
        ("分工", 4, "分管科室代码", "FIELD_REQUIRED"),
        ("作息", 3, "日期", "FIELD_INVALID"),
        ("作息", 4, "安排", "FIELD_INVALID"),
    }
    assert (answer.created, admin.ListUnits().units) == (0, [])


def test_a_login_of_somebody_else_is_an_error_of_its_row(admin: Client) -> None:
    book = an_organisation()
    book["人员"][1] = ("li", "李干事", "planning", None, None, None, ISSUER, "a-1")
    assert errors(admin.ImportOrganisation(workbook=a_book(**book))) == [("人员", 3, "登录账号", "SUBJECT_TAKEN")]


def test_unknown_sheets_and_columns_are_errors(admin: Client) -> None:
    book = Workbook()
    book.active.title = "科室"
    book.active.append(("代码", "名称", "颜色"))
    book.create_sheet("其他")
    buffer = BytesIO()
    book.save(buffer)
    found = errors(admin.ImportOrganisation(workbook=buffer.getvalue()))
    assert set(found) == {("其他", 0, "", "SHEET_UNKNOWN"), ("科室", 1, "类别", "COLUMN_MISSING"), ("科室", 1, "颜色", "COLUMN_UNKNOWN")}


def test_what_is_no_spreadsheet_is_refused(admin: Client) -> None:
    for data in (b"no zip", b"PK\x03\x04broken", BytesIO(b"\x00" * 64).getvalue()):
        assert admin.refused("ImportOrganisation", workbook=data).reason == "WORKBOOK_UNREADABLE"


def test_a_name_that_looks_like_a_formula_is_exported_as_text(admin: Client) -> None:
    admin.CreateUnit(unit_id="x", unit={"display_name": "=1+1", "kind": "section"})
    book = load_workbook(BytesIO(admin.ExportOrganisation().data))
    cell = book["科室"].cell(2, 2)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
