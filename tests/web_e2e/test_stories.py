"""The main stories through the pages, on a desktop and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from services.platform.client import Gateway
from tests.e2e.platform.conftest import wait_for
from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import SIZES, Desk
from tests.web_e2e.papers import proposed, registered

WAIT_SECONDS = 30.0
REFUSED = re.compile("第.*条")


def register(desk: Desk, title: str, number: str, **more: str) -> None:
    """Registers a document with a file, and classifies it."""
    page = desk.page
    page.get_by_role("link", name="公文", exact=True).click()
    page.get_by_role("link", name="收文登记").click()
    page.get_by_label("标题", exact=True).fill(title)
    page.get_by_label("来文单位", exact=True).fill("市人民政府办公室")
    page.get_by_label("来文字号", exact=True).fill(number)
    desk.choose(page, "文种", "通知")
    desk.choose(page, "来源", "上级来文")
    if "urgency" in more:
        page.get_by_text(more["urgency"], exact=True).click()
    page.set_input_files("input[type=file]", {"name": "附件一.txt", "mimeType": "text/plain", "buffer": title.encode()})
    expect(page.get_by_text("附件一.txt")).to_be_visible()
    expect(page.locator(".files .ant-progress")).to_have_count(0)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("button", name="分类", exact=True).click()
    dialog = page.get_by_role("dialog")
    desk.choose(dialog, "类别", "办件")
    dialog.get_by_role("button", name="确定分类").click()
    expect(dialog).to_have_count(0)


def propose(desk: Desk, *units: str, lead: str) -> None:
    """Proposes the handling on the page of the document that is open."""
    form = desk.page.get_by_role("region", name="办理：拟办")
    form.get_by_label("拟办意见", exact=True).fill("请牵头单位会同配合单位按时落实")
    desk.choose(form, "承办单位", *units)
    if lead:
        desk.choose(form, "牵头单位", lead)
    form.get_by_role("button", name="提交拟办").click()


def feed_back(desk: Desk, title: str) -> None:
    """Feeds back the result; where the regulation asks for more, its article is shown first."""
    desk.todo(title).get_by_role("link", name=title).click()
    form = desk.page.get_by_role("region", name="办理：承办")
    form.get_by_label("办理结果", exact=True).fill("已完成部分整改任务")
    expect(form.get_by_text("已自动保存")).to_be_visible()
    desk.page.reload()
    expect(form.get_by_label("办理结果", exact=True)).to_have_value("已完成部分整改任务")
    form.get_by_role("button", name="不用了，重新填写").click()
    expect(form.get_by_label("办理结果", exact=True)).to_have_value("")
    form.get_by_label("办理结果", exact=True).fill("已完成全部整改任务")
    form.get_by_text("事项已实际办结").click()
    form.get_by_role("button", name="办结反馈").click()
    expect(form.get_by_role("alert")).to_contain_text(REFUSED)
    form.get_by_label("采取的措施", exact=True).fill("成立专班，逐项销号")
    form.get_by_label("调度部署情况", exact=True).fill("召开两次调度会")
    form.get_by_role("button", name="办结反馈").click()
    expect(form).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_a_document_from_arrival_to_close_through_five_people(sit: Sit, size: str) -> None:
    title = f"关于做好水利建设工作的通知（{'甲' if size == 'desktop' else '乙'}）"
    clerk = sit("clerk@ganzhou", size)
    register(clerk, title, f"市府办字〔2026〕{len(size)}号")
    propose(clerk, "水资源科", lead="水资源科")
    expect(clerk.page.get_by_text("已提交拟办。下一步：审核（周文彬")).to_be_visible()
    expect(clerk.page.get_by_role("region", name="办理：拟办")).to_have_count(0)
    # Who works by the keyboard goes on from the page, not from the top of the browser.
    expect(clerk.page.locator("#content")).to_be_focused()
    sit("office-head@ganzhou", size).sign(title)
    sit("deputy-zhang@ganzhou", size).sign(title, opinion="同意，请抓紧落实。")
    sit("director@ganzhou", size).sign(title)
    feed_back(sit("zhong@ganzhou", size), title)
    # The page of the clerk, which has been open all the time, is told of each step.
    expect(clerk.page.get_by_text("已办结")).to_be_visible()
    expect(clerk.page.get_by_role("region", name="办理流程")).to_contain_text("同意，请抓紧落实。")
    assert clerk.faults(size) == []


def test_an_urgent_one_goes_to_its_unit_at_once(sit: Sit) -> None:
    title = "关于立即开展水库险情处置的紧急通知"
    clerk = sit("clerk@ganzhou")
    register(clerk, title, "市府办明电〔2026〕7号", urgency="特急")
    clerk.page.get_by_role("button", name="先转办").click()
    dialog = clerk.page.get_by_role("dialog")
    clerk.choose(dialog, "承办单位", "水旱灾害防御科")
    dialog.get_by_role("button", name="确定先转办").click()
    expect(dialog).to_have_count(0)
    unit = sit("xiao@ganzhou", "phone")
    expect(unit.todo(title).first).to_contain_text("特急")


def test_a_proposal_that_was_sent_back_comes_again(sit: Sit) -> None:
    title = "关于报送年度考核材料的通知"
    clerk, head = sit("clerk@ganzhou"), sit("office-head@ganzhou", "phone")
    register(clerk, title, "市府办字〔2026〕31号")
    propose(clerk, "水资源科", lead="水资源科")
    # The list of the head shows it without being read again by hand.
    head.todo(title).get_by_role("link", name=title).click()
    head.page.get_by_role("button", name="退回", exact=True).click()
    dialog = head.page.get_by_role("dialog")
    dialog.get_by_label("理由").fill("请补充配合单位")
    dialog.get_by_role("button", name="确定退回").click()
    expect(dialog).to_have_count(0)
    # The page of the clerk is told so: nobody reads it again by hand.
    expect(clerk.page.get_by_role("region", name="办理：拟办")).to_be_visible()
    expect(clerk.page.get_by_role("region", name="办理流程")).to_contain_text("请补充配合单位")
    propose(clerk, "建设管理科", lead="")
    head.page.get_by_role("navigation", name="主导航").get_by_role("link", name="待办").click()
    expect(head.todo(title)).to_be_visible()


def test_a_delegate_acts_while_somebody_is_on_leave(sit: Sit) -> None:
    title = "关于开展节约用水宣传的通知"
    head = sit("office-head@ganzhou", "phone", at="/delegations")
    head.page.get_by_role("button", name="授权代办").click()
    dialog = head.page.get_by_role("dialog")
    head.choose(dialog, "授权给", "吴敏")
    head.moment(dialog, "结束时间", "2026-11-25 18:00")
    dialog.get_by_role("button", name="确定授权代办").click()
    expect(dialog).to_have_count(0)
    clerk = sit("clerk@ganzhou")
    register(clerk, title, "市府办字〔2026〕32号")
    propose(clerk, "水资源科", lead="水资源科")
    delegate = sit("supervisor@ganzhou", at="/todos?tab=forothers")
    row = delegate.todo(title)
    expect(row).to_contain_text("代周文彬办")
    row.get_by_role("button", name="办理").click()
    row.get_by_text("同意", exact=True).click()
    row.get_by_role("button", name="提交意见").click()
    expect(row).to_have_count(0)
    expect(clerk.page.get_by_role("region", name="办理流程")).to_contain_text("（代周文彬）")


def test_what_was_typed_is_there_after_the_session_ended(sit: Sit) -> None:
    first = sit("clerk-huang@ganzhou", at="/drafts/new")
    page = first.page
    page.get_by_label("标题", exact=True).fill("关于表彰先进集体的通报")
    expect(page.get_by_text("已保存")).to_be_visible()
    first.sign_out()
    again = sit("clerk-huang@ganzhou", "phone", at="/drafts")
    again.page.get_by_role("link", name="关于表彰先进集体的通报").click()
    expect(again.page.get_by_label("标题", exact=True)).to_have_value("关于表彰先进集体的通报")


def dialog_of(desk: Desk) -> Locator:
    """The dialog that is open."""
    return desk.page.get_by_role("dialog")


def test_a_half_written_opinion_and_a_half_filled_dialog_are_there_after_the_session_ended(sit: Sit, gateway: Gateway) -> None:
    title, clerk = "关于加强饮用水水源地保护的通知", gateway.as_("clerk@ganzhou")
    document = registered(clerk, title)
    proposed(clerk, document, "water-resources")
    first = sit("office-head@ganzhou")
    row = first.todo(title)
    row.get_by_role("button", name="办理").click()
    row.get_by_text("不同意", exact=True).click()
    row.get_by_label("意见", exact=True).fill("请补充")
    expect(row.get_by_text("已自动保存")).to_be_visible()
    first.open(f"/{document}")
    first.page.get_by_role("button", name="退回", exact=True).click()
    dialog = dialog_of(first)
    dialog.get_by_label("理由", exact=True).fill("请补充依据")
    expect(dialog.get_by_text("已自动保存")).to_be_visible()
    dialog.get_by_role("button", name="取消").click()
    first.sign_out()

    again = sit("office-head@ganzhou", "phone", at=f"/{document}")
    form = again.page.get_by_role("region", name="办理：")
    expect(form.get_by_label("意见", exact=True)).to_have_value("请补充")
    expect(form.get_by_label("不同意", exact=True)).to_be_checked()
    again.page.get_by_role("button", name="退回", exact=True).click()
    expect(dialog_of(again).get_by_label("理由", exact=True)).to_have_value("请补充依据")
    expect(dialog_of(again)).to_contain_text("已恢复上次没有提交的内容")
    assert again.faults(picture="restored") == []
    dialog_of(again).get_by_role("button", name="不用了，重新填写").click()
    expect(dialog_of(again).get_by_label("理由", exact=True)).to_have_value("")
    dialog_of(again).get_by_role("button", name="取消").click()
    form.get_by_role("button", name="提交意见").click()
    expect(form).to_have_count(0)
    step = next(each for each in clerk.get(f"/v1/{document}/route")["steps"] if each.get("opinion") == "请补充")["name"]
    signed = f"/v1/forms/sign-steps-{step.rpartition('/')[2]}"
    wait_for(lambda: not gateway.as_("office-head@ganzhou").get(signed).get("content"), WAIT_SECONDS)
