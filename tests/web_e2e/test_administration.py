"""The administration in the browser: the organisation, its days, its regulations, its audit; who may not sees nothing of it."""

from __future__ import annotations

import io
import re
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Locator, expect

from services.platform.client import Gateway
from services.platform.people import pack_text
from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import Desk
from tests.web_e2e.papers import registered

ADMIN = "admin@ganzhou"
ORGANISATION = "/admin/organisation"
PACK = "ganzhou-water-2019"
# A Saturday that no other story looks at.
SATURDAY, OF_SATURDAY = re.compile(r"^12月\s*26\s*日，周末休息"), "2026年12月26日"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def press(desk: Desk, scope: Locator, label: str, **said: str) -> None:
    """Presses a button, fills in what its dialog asks for, and sees it close."""
    scope.get_by_role("button", name=label, exact=True).click()
    dialog = desk.page.get_by_role("dialog")
    for field, value in said.items():
        dialog.get_by_label(field, exact=True).fill(value)
    dialog.get_by_role("button", name=f"确定{label}").click()
    expect(dialog).to_have_count(0)


def test_a_post_is_given_and_ended(sit: Sit) -> None:
    desk = sit(ADMIN, at=f"{ORGANISATION}?tab=posts")
    page = desk.page
    page.get_by_role("button", name="任职", exact=True).click()
    dialog = page.get_by_role("dialog")
    desk.choose(dialog, "人员", "叶青")
    desk.choose(dialog, "科室", "计划财务科")
    desk.choose(dialog, "职务类别", "工作人员")
    dialog.get_by_label("职务名称", exact=True).fill("跟班学习")
    assert desk.faults() == []
    desk.resize("desktop")
    dialog.get_by_role("button", name="确定任职").click()
    expect(dialog).to_have_count(0)
    row = page.get_by_role("table", name="职务").get_by_role("row").filter(has_text="跟班学习")
    expect(row).to_contain_text("叶青")
    press(desk, row, "免职")
    expect(row).to_have_count(0)
    page.get_by_label("也显示已经终止的").click()
    expect(row).to_contain_text("已终止")


def test_a_day_is_arranged_and_the_arrangement_taken_back(sit: Sit) -> None:
    desk = sit(ADMIN, at="/admin/calendar?year=2026")
    page = desk.page
    page.get_by_role("button", name=SATURDAY).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="上班")).to_be_checked()
    dialog.get_by_label("理由", exact=True).fill("年终决算")
    dialog.get_by_role("button", name="确定安排").click()
    expect(dialog).to_have_count(0)
    arranged = page.get_by_role("region", name="本单位的安排").get_by_role("listitem").filter(has_text=OF_SATURDAY)
    expect(arranged).to_contain_text("年终决算")
    expect(page.get_by_role("button", name=SATURDAY)).to_have_count(0)
    arranged.get_by_role("button", name="取消安排").click()
    expect(dialog.get_by_role("button", name="返回")).to_be_visible()
    expect(dialog.get_by_role("button", name="取消", exact=True)).to_have_count(0)
    dialog.get_by_role("button", name="取消安排", exact=True).click()
    expect(arranged).to_have_count(0)
    expect(page.get_by_role("button", name=SATURDAY)).to_be_visible()


def workbook(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_the_organisation_goes_out_and_comes_in_as_a_spreadsheet(sit: Sit) -> None:
    desk = sit(ADMIN, at=f"{ORGANISATION}?tab=sheet")
    page = desk.page
    with page.expect_download() as saved:
        page.get_by_role("link", name="导出表格").click()
    book = load_workbook(io.BytesIO(Path(saved.value.path()).read_bytes()))
    sheet = book["人员"]
    head = [str(cell.value) for cell in sheet[1]]
    about = {"代码": "xin", "姓名": "辛蕾", "科室代码": "nowhere"}
    sheet.append([about.get(title, "") for title in head])
    bad = workbook(book)
    row, column = sheet.max_row, head.index("科室代码") + 1
    sheet.cell(row, column, "planning")
    good = workbook(book)

    page.get_by_label("选择表格文件").set_input_files({"name": "有误.xlsx", "mimeType": _SHEET, "buffer": bad})
    wrong = page.get_by_role("table", name="需要改正之处").get_by_role("row").filter(has_text=f"第{row}行")
    expect(wrong).to_contain_text("人员")
    expect(wrong).to_contain_text("nowhere")
    expect(page.get_by_role("button", name="确定导入")).to_have_count(0)

    page.get_by_label("选择表格文件").set_input_files({"name": "改正.xlsx", "mimeType": _SHEET, "buffer": good})
    expect(page.get_by_role("status").filter(has_text="新增1行、修改0行")).to_contain_text("检查无误")
    page.get_by_role("button", name="确定导入").click()
    expect(page.get_by_role("status").filter(has_text="已导入")).to_contain_text("新增1行")
    page.get_by_role("tab", name="人员").click()
    expect(page.get_by_role("table", name="人员").get_by_role("row").filter(has_text="辛蕾")).to_contain_text("计划财务科")


def test_the_articles_of_a_regulation_stand_beside_its_rules(sit: Sit) -> None:
    page = sit(ADMIN, at=f"/admin/packs/{PACK}/1").page
    page.get_by_role("searchbox", name="查找条文和规则").fill("登记")
    page.keyboard.press("Enter")
    clause = page.locator("li.clause").filter(has=page.locator("details")).first
    expect(clause.get_by_role("heading")).to_contain_text("条")
    expect(clause.locator("blockquote")).not_to_be_empty()
    clause.locator("summary").first.click()
    expect(clause.locator("pre").first).to_be_visible()


def keep(desk: Desk, source: str) -> Locator:
    """Brings a version in as far as the button that keeps it; gives the dialog."""
    desk.page.get_by_role("button", name="录入新版本").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("选择制度文件").set_input_files({"name": "第二版.yaml", "mimeType": "text/yaml", "buffer": source.encode()})
    return dialog


def test_a_new_version_is_checked_kept_compared_and_tried(sit: Sit, gateway: Gateway) -> None:
    title = "关于报送试用新办法情况的通知"
    registered(gateway.as_("clerk@ganzhou"), title)
    second = (
        pack_text(PACK).replace("version: 1\n", "version: 2\n", 1).replace("value: 6, unit: clock_hours", "value: 5, unit: clock_hours")
    )
    admin = sit(ADMIN, at="/admin/packs")
    dialog = keep(admin, second.replace("kind: limit", "kind: limits", 1))
    expect(dialog.get_by_role("table", name="需要改正之处").get_by_role("row").nth(1)).to_contain_text("行")
    expect(dialog.get_by_role("button", name="确定录入")).to_be_disabled()
    dialog.get_by_role("button", name="取消").click()
    # The regulation itself says who publishes a new version.
    dialog = keep(admin, second)
    expect(dialog.get_by_role("status")).to_contain_text("检查无误")
    dialog.get_by_role("button", name="确定录入").click()
    expect(dialog.get_by_role("alert")).to_contain_text("只能由局办公室发布新版本")

    head = sit("office-head@ganzhou", at="/admin/packs")
    dialog = keep(head, second)
    dialog.get_by_role("button", name="确定录入").click()
    expect(head.page.get_by_role("heading", name="第2版")).to_be_visible()
    head.page.get_by_role("tab", name="与其他版本的差异").click()
    changed = head.page.get_by_role("listitem").filter(has_text="先行办理情况报告分管局领导")
    expect(changed).to_contain_text("修改")
    expect(changed).to_contain_text("依据：")
    expect(changed).to_contain_text("时限：6小时 → 5小时")
    head.page.get_by_role("tab", name="对在办事项的影响").click()
    expect(head.page.get_by_text("本版尚未施行，施行后才可以转用。")).to_be_visible()
    expect(head.page.get_by_role("listitem").filter(has=head.page.get_by_role("link", name=title))).to_contain_text("5小时")
    expect(head.page.get_by_role("button", name="转用本版")).to_have_count(0)
    assert head.faults(latin=True) == []


def test_a_delegation_is_set_up_for_somebody_and_taken_back(sit: Sit) -> None:
    desk = sit(ADMIN, at=f"{ORGANISATION}?tab=delegations")
    page = desk.page
    page.get_by_role("button", name="代为授权", exact=True).click()
    dialog = page.get_by_role("dialog")
    desk.choose(dialog, "授权人", "唐勇")
    desk.choose(dialog, "代办人", "邓超")
    desk.moment(dialog, "结束时间", "2026-11-27 18:00")
    dialog.get_by_role("button", name="确定代为授权").click()
    expect(dialog).to_have_count(0)
    row = page.get_by_role("table", name="代办授权").get_by_role("row").filter(has_text="唐勇")
    expect(row).to_contain_text("邓超")
    press(desk, row, "收回")
    expect(row).to_have_count(0)


def test_the_audit_is_verified_and_shows_who_did_what(sit: Sit) -> None:
    page = sit(ADMIN, at="/admin/audit?service=directory").page
    expect(page.get_by_role("table", name="操作记录")).to_contain_text("人员·新增")
    page.get_by_role("button", name="核验全部记录").click()
    expect(page.get_by_role("region", name="完整性核验").get_by_role("status")).to_contain_text("记录完好")


def test_who_does_not_administer_sees_no_administration(sit: Sit) -> None:
    desk = sit("zhong@ganzhou")
    expect(desk.page.get_by_role("navigation", name="主导航")).to_be_visible()
    expect(desk.page.get_by_role("link", name="管理", exact=True)).to_have_count(0)
    expect(desk.open(ORGANISATION).get_by_role("alert")).to_contain_text("没有权限")
