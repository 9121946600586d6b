"""The administrator's work through the pages: people and posts, the calendar, a spreadsheet, regulations, the audit."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import SIZES, Desk

ADMIN = "admin@ganzhou"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Address with who looks at it.
PAGES = {
    "units": (ADMIN, "/admin/organisation"),
    "persons": (ADMIN, "/admin/organisation?tab=persons"),
    "posts": (ADMIN, "/admin/organisation?tab=posts"),
    "portfolios": (ADMIN, "/admin/organisation?tab=portfolios"),
    "delegations-of-all": (ADMIN, "/admin/organisation?tab=delegations"),
    "sheet": (ADMIN, "/admin/organisation?tab=sheet"),
    "calendar": (ADMIN, "/admin/calendar?year=2026"),
    "next-year": (ADMIN, "/admin/calendar?year=2027"),
    "packs": (ADMIN, "/admin/packs"),
    "pack": (ADMIN, "/admin/packs/ganzhou-water-2019/1"),
    "pack-alone": (ADMIN, "/admin/packs/ganzhou-water-2019/1?tab=differences"),
    "moves": ("office-head@ganzhou", "/admin/packs/ganzhou-water-2019/1?tab=moves"),
    "deliveries": ("office-head@ganzhou", "/admin/deliveries"),
    "unreached": ("office-head@ganzhou", "/admin/deliveries?tab=unreached"),
    "audit": (ADMIN, "/admin/audit"),
    "refused": ("zhong@ganzhou", "/admin/audit"),
    "registers": ("office-head@ganzhou", "/registers"),
    "issue-list": ("clerk@hebei", "/issue-list"),
    "windows": ("yuan@yichun", "/service-matters"),
}


def submit(page: Page, label: str) -> None:
    """Sends the open dialog and waits until it has gone."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=label, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_new_colleague_gets_a_unit_a_post_and_work(sit: Sit) -> None:
    desk = sit(ADMIN)
    page = desk.open("/admin")
    page.get_by_role("button", name="新设科室").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称", exact=True).fill("河湖管理科")
    desk.choose(dialog, "类型", "科室")
    submit(page, "确定新设科室")
    expect(page.get_by_role("row", name="河湖管理科")).to_be_visible()
    page.get_by_role("tab", name="人员").click()
    page.get_by_role("button", name="新增人员").click()
    dialog.get_by_label("姓名", exact=True).fill("孟河清")
    desk.choose(dialog, "所在科室", "河湖管理科")
    submit(page, "确定新增人员")
    page.get_by_role("tab", name="职务").click()
    page.get_by_role("button", name="任职", exact=True).click()
    desk.choose(dialog, "人员", "孟河清")
    desk.choose(dialog, "科室", "河湖管理科")
    desk.choose(dialog, "职务类别", "工作人员")
    submit(page, "确定任职")
    expect(page.get_by_role("row", name="孟河清")).to_contain_text("河湖管理科")
    # Somebody works there: the unit cannot go, and the page says why.
    page.get_by_role("tab", name="科室").click()
    page.get_by_role("row", name="河湖管理科").get_by_role("button", name="撤销").click()
    dialog.get_by_role("button", name="确定撤销").click()
    expect(dialog.get_by_role("alert")).to_contain_text("职务")


def test_a_day_is_arranged_and_taken_back(sit: Sit) -> None:
    desk = sit(ADMIN, "phone")
    page = desk.open("/admin/calendar?year=2026")
    page.get_by_role("button", name="12月31日，上班").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("休息", exact=True)).to_be_visible()
    dialog.get_by_label("理由").fill("搬迁办公用房")
    submit(page, "确定安排")
    arranged = page.get_by_role("region", name="本单位的安排")
    expect(arranged).to_contain_text("搬迁办公用房")
    expect(page.get_by_role("button", name="本单位安排休息，搬迁办公用房")).to_be_visible()
    arranged.get_by_role("button", name="取消安排").click()
    submit(page, "确定取消安排")
    expect(arranged).to_contain_text("没有另作安排")


def choose_sheet(desk: Desk, workbook: Workbook) -> None:
    content = BytesIO()
    workbook.save(content)
    desk.page.get_by_label("选择表格文件").set_input_files({"name": "组织机构.xlsx", "mimeType": XLSX, "buffer": content.getvalue()})


def test_a_spreadsheet_comes_out_is_refused_by_row_and_goes_in(sit: Sit) -> None:
    desk = sit(ADMIN)
    page = desk.open("/admin/organisation?tab=sheet")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出表格").click()
    workbook = load_workbook(download.value.path())
    units = workbook["科室"]
    titles = [cell.value for cell in units[1]]
    row: dict[object, object] = dict.fromkeys(titles)
    row[titles[0]], row["名称"] = "Wrong Code", "财务审计科"
    units.append([row[title] for title in titles])
    choose_sheet(desk, workbook)
    region = page.get_by_role("region", name="导入")
    expect(region.get_by_role("alert")).to_contain_text("没有导入任何内容")
    expect(region.get_by_role("table")).to_contain_text(f"第{units.max_row}行")
    expect(region.get_by_role("button", name="确定导入")).to_have_count(0)
    units.delete_rows(units.max_row)
    choose_sheet(desk, workbook)
    expect(region.get_by_role("status")).to_contain_text("检查无误")
    region.get_by_role("button", name="确定导入").click()
    expect(region.get_by_role("status")).to_contain_text("已导入")


def test_a_regulation_is_read_clause_by_clause(sit: Sit) -> None:
    page = sit(ADMIN).open("/admin/packs")
    page.get_by_role("region", name="市水利局深化作风建设提升工作质效管理办法").get_by_role("link", name="第1版").click()
    clause = page.get_by_role("listitem").filter(has_text="每个环节6小时内完成")
    clause.get_by_text("过程性签阅环节", exact=True).click()
    expect(clause.locator("pre")).to_contain_text("clock_hours")


def test_the_audit_is_verified_and_shows_who_did_what(sit: Sit) -> None:
    page = sit(ADMIN).open("/admin/audit?service=directory")
    expect(page.get_by_role("table", name="操作记录")).to_contain_text("人员·新增")
    page.get_by_role("button", name="核验全部记录").click()
    expect(page.get_by_role("region", name="完整性核验").get_by_role("status")).to_contain_text("记录完好")


def test_who_does_not_administer_sees_no_administration(sit: Sit) -> None:
    desk = sit("zhong@ganzhou")
    expect(desk.page.get_by_role("navigation", name="主导航")).to_be_visible()
    expect(desk.page.get_by_role("link", name="管理", exact=True)).to_have_count(0)
    expect(desk.open("/admin/organisation").get_by_role("alert")).to_contain_text("没有权限")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(sit: Sit, name: str) -> None:
    subject, path = PAGES[name]
    desk = sit(subject)
    for size in SIZES:
        desk.resize(size)
        desk.open(path)
        assert (size, desk.grave(), desk.too_wide(), desk.english()) == (size, [], 0, [])
