"""What was closed in a year leaves the office: filed, packed, taken over by the archive."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.papers import closed, proposed, registered, signed

YEAR = 2026
TITLE = "关于开展河湖清四乱行动的通知"


def test_a_year_is_filed_packed_and_taken_over(sit: Sit, gateway: Gateway) -> None:
    clerk = gateway.as_("clerk@ganzhou")
    document = registered(clerk, TITLE)
    proposed(clerk, document, "water-resources")
    signed(gateway, clerk, document)
    closed(gateway, clerk, document)
    desk = sit("clerk@ganzhou")
    page = desk.page
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="归档").click()
    waiting = page.get_by_role("table", name="待归档文件")
    expect(waiting).to_contain_text(TITLE)
    waiting.get_by_label(f"选定{TITLE}", exact=True).check()
    page.get_by_role("button", name="归档（1件）").click()
    dialog = page.get_by_role("dialog")
    desk.choose(dialog, "保管期限", "定期10年")
    dialog.get_by_role("button", name="确定归档").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("tab", name="已归档").click()
    filed = page.get_by_role("table", name="已归档文件")
    expect(filed.get_by_role("row").filter(has_text=TITLE)).to_contain_text("定期10年")
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载归档包").click()
    data = Path(saved.value.path()).read_bytes()
    with zipfile.ZipFile(Path(saved.value.path())) as package:
        titles = [json.loads(package.read(name))["title"] for name in package.namelist() if name.endswith("/document.json")]
    assert TITLE in titles
    checksum = hashlib.sha256(data).hexdigest()
    expect(page.get_by_text(checksum)).to_be_visible()
    assert desk.faults(picture="filed-full", latin=True) == []
    page.get_by_role("tab", name="移交回执").click()
    page.get_by_role("button", name="登记接收回执").click()
    expect(dialog.get_by_label("归档包校验值", exact=True)).to_have_value(checksum)
    dialog.get_by_label("回执编号", exact=True).fill("档收〔2026〕3号")
    desk.moment(dialog, "接收日期", "2026-11-23")
    dialog.get_by_role("button", name="确定登记接收回执").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("table", name="接收回执")).to_contain_text("档收〔2026〕3号")
    assert desk.faults(picture="receipts-full", latin=True) == []


def to_destroy(gateway: Gateway, title: str) -> str:
    """A matter that was closed and filed as not worth keeping."""
    clerk = gateway.as_("clerk@ganzhou")
    document = registered(clerk, title)
    proposed(clerk, document, "water-resources")
    signed(gateway, clerk, document)
    closed(gateway, clerk, document)
    clerk.post("/v1/documents:file", {"year": YEAR, "documents": [document], "retentionClass": "n"})
    return document


def test_what_is_to_be_destroyed_is_asked_of_others_who_keep_or_destroy_it(sit: Sit, gateway: Gateway) -> None:
    kept, gone = "关于征集节水标语的通知", "关于领取会议席卡的通知"
    named = {title: to_destroy(gateway, title) for title in (kept, gone)}
    clerk = sit("clerk@ganzhou", at="/filing?tab=filed")
    page, dialog = clerk.page, clerk.page.get_by_role("dialog")
    for title in named:
        page.get_by_label(f"选定{title}", exact=True).check()
        page.get_by_role("button", name="提请销毁（1件）").click()
        dialog.get_by_label("理由", exact=True).fill(f"没有保存价值：{title}")
        dialog.get_by_role("button", name="确定提请销毁").click()
        expect(dialog).to_have_count(0)
    page.get_by_role("tab", name="销毁").click()
    expect(page.get_by_text("待批准")).to_have_count(2)
    expect(page.get_by_role("button", name="批准销毁")).to_have_count(0)

    for title, act, state in ((kept, "不予销毁", "不予销毁"), (gone, "批准销毁", "已销毁")):
        head = sit("zhong@ganzhou", "phone" if title == kept else "desktop")
        todo = head.todo(title)
        expect(todo).to_contain_text("审批销毁")
        todo.get_by_role("link", name="销毁清册（1件）").click()
        line = head.page.get_by_role("listitem").filter(has_text=f"理由：没有保存价值：{title}")
        expect(head.page.get_by_role("tab")).to_have_text(["销毁"])
        assert head.faults(picture=f"destruction-{act}", latin=True) == []
        line.get_by_role("button", name=act).click()
        asked = head.page.get_by_role("dialog")
        asked.get_by_label("意见", exact=True).fill("同意" if title == gone else "仍要使用")
        asked.get_by_role("button", name=f"确定{act}").click()
        expect(line).to_contain_text(state)
        head.open("/todos")
        expect(head.todo(title)).to_have_count(0)
    again = gateway.as_("clerk@ganzhou")
    assert again.get(f"/v1/{named[kept]}")["title"] == kept
    assert gone not in str(again.get("/v1/documents:filed", year=YEAR))


def test_without_a_net_the_year_says_so(sit: Sit) -> None:
    desk = sit("clerk@ganzhou", "phone", at="/filing?tab=filed")
    with desk.offline():
        desk.page.get_by_role("tab", name="移交回执").click()
        expect(desk.page.get_by_text("网络不通").first).to_be_visible()
