"""What is looked up: ledgers with their views and spreadsheets, and the search."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Download, expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import Desk
from tests.web_e2e.papers import registered

SENDER = "市水利工程质量监督站"
TITLES = ("关于开展堤防巡查的通知", "=1+1关于堤防险情的通知", "关于报送堤防台账的通知")
ADDRESS = f"/ledgers?sender={SENDER}&order=oldest&columns=title,sender,overdue,opened,number"


@pytest.fixture(scope="module", autouse=True)
def papers(gateway: Gateway) -> None:
    """Three documents of one sender, on the clock of the platform in this order."""
    for title in TITLES:
        registered(gateway.as_("clerk@ganzhou"), title, sender=SENDER, body=f"{title}。附：𠮷水县堤防隐患清单。")


def spreadsheet(download: Download) -> list[tuple[object, ...]]:
    """The lines of a spreadsheet that was saved, its head first."""
    return list(load_workbook(io.BytesIO(Path(download.path()).read_bytes()))["台账"].iter_rows(values_only=True))


def table(desk: Desk) -> tuple[list[str], list[list[str]]]:
    """Head and lines of the ledger as they are read."""
    head = [re.sub(r"[▲▼↕\s]", "", text) for text in desk.page.locator(".ledger-table th").all_inner_texts()]
    lines = [row.locator("td").all_inner_texts() for row in desk.page.locator(".ledger-table tbody tr").all()]
    return head, lines


def test_an_export_is_exactly_what_is_shown(sit: Sit) -> None:
    desk = sit("clerk@ganzhou", at=ADDRESS)
    page = desk.page
    expect(page.get_by_text("共3件")).to_be_visible()
    head, lines = table(desk)
    assert [line[0] for line in lines] == list(TITLES)
    with page.expect_download() as saved:
        page.get_by_role("button", name="导出表格").click()
    assert saved.value.suggested_filename == "收文台账.xlsx"
    written = spreadsheet(saved.value)
    assert list(written[0]) == head == ["标题", "来文单位", "逾期", "登记时间", "收文编号"]
    assert [[line[0], line[1], line[2], line[4]] for line in lines] == [[row[0], row[1], row[2], row[4]] for row in written[1:]]
    assert [f"{row[3]:%H:%M}" for row in written[1:]] == [line[3][-5:] for line in lines]


def test_an_export_in_the_background_is_fetched_when_it_is_done(sit: Sit) -> None:
    desk = sit("clerk@ganzhou", at=ADDRESS)
    page = desk.page
    page.get_by_role("button", name="后台导出").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="生成当前收文台账").click()
    line = drawer.get_by_role("list", name="导出记录").get_by_role("listitem").first
    expect(line).to_contain_text("已生成")
    expect(line).to_contain_text("共3行")
    with page.expect_download() as saved:
        line.get_by_role("link", name="收文台账.xlsx").click()
    assert [row[0] for row in spreadsheet(saved.value)] == ["标题", *TITLES]
    desk.open("/todos")
    expect(desk.todo("收文台账")).to_have_count(0)


def test_what_is_chosen_stands_in_the_address_and_in_a_view_that_is_kept(sit: Sit) -> None:
    desk = sit("clerk@ganzhou", at="/ledgers")
    page = desk.page
    page.get_by_label("标题、单位、编号或正文", exact=True).fill("堤防险情")
    page.keyboard.press("Enter")
    expect(page.get_by_text("共1件")).to_be_visible()
    page.get_by_role("button", name="选择列").click()
    page.get_by_label("来文字号", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="来文字号")).to_have_count(0)
    page.get_by_role("button", name="保存为视图").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill("堤防险情来文")
    dialog.get_by_role("button", name="确定保存视图").click()
    expect(dialog).to_have_count(0)
    desk.open("/ledgers?view=outgoing")
    page.get_by_role("link", name="堤防险情来文").click()
    expect(page.get_by_text("共1件")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name=TITLES[1])).to_be_visible()
    expect(page.get_by_role("columnheader", name="来文字号")).to_have_count(0)


def test_a_word_in_the_header_finds_what_the_text_says(sit: Sit) -> None:
    desk = sit("clerk@ganzhou")
    box = desk.page.get_by_role("banner").get_by_role("searchbox")
    box.fill("隐患清单")
    box.press("Enter")
    hit = desk.page.get_by_role("listitem").filter(has_text=TITLES[0])
    # The place of the words is counted in characters: one before them takes two places in a string of the browser.
    expect(hit.locator("mark")).to_have_text(["隐患清单"])
    hit.get_by_role("link").click()
    expect(desk.page.get_by_role("heading", name=TITLES[0])).to_be_visible()


def test_who_may_not_see_a_document_does_not_find_it(sit: Sit) -> None:
    page = sit("ye@ganzhou", "phone", at="/search?text=隐患清单").page
    expect(page.get_by_text("没有找到与“隐患清单”有关")).to_be_visible()


def test_without_a_net_a_list_says_so_and_goes_on_afterwards(sit: Sit) -> None:
    desk = sit("clerk@ganzhou", at="/search?text=隐患清单")
    page = desk.page
    expect(page.locator(".hits li")).to_have_count(3)
    with desk.offline():
        page.get_by_role("banner").get_by_role("searchbox").fill("报送堤防台账")
        page.keyboard.press("Enter")
        expect(page.get_by_text("网络不通").first).to_be_visible()
    page.reload()
    expect(page.locator(".hits li")).to_have_count(1)
