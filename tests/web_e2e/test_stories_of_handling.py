"""What goes beyond the straight way: several units, a return and what comes again, a limit that passes."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.papers import pass_time, proposed, registered, signed

NEXT_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Shanghai."""


def test_the_leading_unit_shares_the_work_among_two(sit: Sit, gateway: Gateway) -> None:
    title, clerk = "关于开展小型水库除险加固的通知", gateway.as_("clerk@ganzhou")
    document = registered(clerk, title)
    proposed(clerk, document, "water-resources", "construction")
    signed(gateway, clerk, document)
    lead = sit("zhong@ganzhou")
    page = lead.open(f"/{document}")
    form = page.get_by_role("region", name="办理：承办")
    form.get_by_role("button", name="调度部署").click()
    dialog = page.get_by_role("dialog")
    lead.choose(dialog, "参与单位", "水资源科", "建设管理科")
    dialog.get_by_label("分工").fill("水资源科统筹，建设管理科负责施工")
    dialog.get_by_role("button", name="确定调度部署").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("水资源科统筹，建设管理科负责施工")).to_be_visible()
    other = sit("xie@ganzhou", "phone")
    expect(other.todo(title)).to_be_visible()


def test_what_was_returned_comes_again_and_is_taken_up(sit: Sit) -> None:
    title, number = "关于拨付城市管网改造资金的请示", "城建请〔2026〕9号"
    clerk = sit("clerk@hebei")
    page = clerk.open("/documents/register")
    page.get_by_label("标题", exact=True).fill(title)
    page.get_by_label("来文单位", exact=True).fill("区城市管理委员会")
    page.get_by_label("来文字号", exact=True).fill(number)
    clerk.choose(page, "文种", "请示")
    clerk.choose(page, "来源", "部门（单位）请示")
    page.locator("summary").click()
    clerk.choose(page, "报送部门（单位）", "区城市管理委员会")
    clerk.choose(page, "签发人", "副职负责人")
    for said in ("本单位办公室审核", "纸质文件已同步收到", "电子版与纸质文件内容一致"):
        clerk.choose(page, said, "是")
    clerk.choose(page, "所涉职责", "政府职责")
    clerk.choose(page, "报送单位的层级", "部门")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("button", name="退文", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("退文意见").fill("请由主要负责人签发后重报")
    dialog.get_by_role("button", name="确定退文").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("退文待批").first).to_be_visible()
    sit("deputy-sun@hebei", "phone").sign(title)
    expect(page.get_by_text("已退文").first).to_be_visible()
    page.get_by_role("link", name="登记改正后的来文").click()
    expect(page.get_by_label("标题", exact=True)).to_have_value(title)
    expect(page.get_by_role("note")).to_contain_text("须由主要负责人签发")
    clerk.choose(page, "签发人", "主要负责人")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("link", name="退回的原件")).to_be_visible()
    expect(page.get_by_role("button", name="分类", exact=True)).to_be_visible()


def test_a_step_that_is_late_is_told_to_the_next_above(sit: Sit, gateway: Gateway) -> None:
    title, clerk = "关于上报年度用水总量的通知", gateway.as_("clerk@ganzhou")
    document = registered(clerk, title)
    proposed(clerk, document, "water-resources")
    head = sit("office-head@ganzhou")
    head.open("/todos")
    expect(head.todo(title).locator("xpath=self::*[not(contains(@class, 'late'))]")).to_have_count(1)
    pass_time(gateway, NEXT_MORNING)
    head.open("/todos")
    row = head.todo(title)
    expect(row.locator("xpath=self::*[contains(@class, 'late')]")).to_have_count(1)
    expect(row).to_contain_text("已超期")
    above = sit("deputy-li@ganzhou", "phone")
    above.open("/todos?tab=messages")
    message = above.page.get_by_role("listitem").filter(has_text=title).first
    expect(message).to_contain_text("逐级报告")
    message.get_by_role("link", name="时限怎样计算").click()
    expect(above.page.get_by_role("heading", name="时限说明")).to_be_visible()
