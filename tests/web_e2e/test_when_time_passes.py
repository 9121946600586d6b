"""Limits that pass. This file runs last: nobody else's story may find the clock moved."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.papers import pass_time, proposed, registered

NEXT_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Shanghai."""
THE_DAY_AFTER = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
"""Thursday, 10:00."""


def test_a_step_that_is_late_is_told_to_the_next_above(sit: Sit, gateway: Gateway) -> None:
    title, clerk = "关于上报年度用水总量的通知", gateway.as_("clerk@ganzhou")
    document = registered(clerk, title)
    proposed(clerk, document, "water-resources")
    head = sit("office-head@ganzhou")
    expect(head.todo(title).locator("xpath=self::*[not(contains(@class, 'late'))]")).to_have_count(1)
    pass_time(gateway, NEXT_MORNING)
    head.open("/todos")
    row = head.todo(title)
    expect(row.locator("xpath=self::*[contains(@class, 'late')]")).to_have_count(1)
    expect(row).to_contain_text("已逾期")
    above = sit("deputy-li@ganzhou", "phone", at="/todos?tab=messages")
    message = above.page.get_by_role("listitem").filter(has_text=title).first
    expect(message).to_contain_text("逐级督促")
    message.get_by_role("link", name="时限怎样计算").click()
    expect(above.page.get_by_role("heading", name="时限说明")).to_be_visible()
    assert head.faults() == []
    assert above.faults() == []


def test_what_a_window_did_late_says_so_in_its_list(sit: Sit, gateway: Gateway) -> None:
    title = "办理农机购置补贴"
    item = {"register": "registers/service_items", "holder": "units/agriculture"}
    fields = [{"name": "item", "value": "农机购置补贴"}, {"name": "time_limit", "value": "1"}]
    gateway.as_("yi@yichun").post("/v1/registrations", {"registration": {**item, "fields": fields}})
    desk = sit("yuan@yichun", at="/service-matters")
    page = desk.page
    page.get_by_role("button", name="登记来访").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("来办事项", exact=True).fill(title)
    desk.choose(dialog, "办事项目", "农机购置补贴")
    dialog.get_by_role("button", name="确定登记来访").click()
    expect(dialog).to_have_count(0)
    line = page.get_by_role("listitem").filter(has_text=title)
    line.get_by_role("button", name="一次性告知").click()
    conditions = dialog.get_by_label("条件和材料", exact=True)
    conditions.fill("购机发票")
    conditions.press("Enter")
    dialog.get_by_role("button", name="确定一次性告知").click()
    expect(dialog).to_have_count(0)
    line.get_by_role("button", name="受理").click()
    dialog.get_by_role("button", name="确定受理").click()
    expect(line).to_contain_text(re.compile("限时办结：11月2[45]日 .* 前"))
    pass_time(gateway, THE_DAY_AFTER)
    desk.open("/service-matters")
    expect(line).to_contain_text("已逾期")
    line.get_by_role("button", name="办结").click()
    dialog.get_by_label("办理结果", exact=True).fill("已发放补贴")
    dialog.get_by_role("button", name="确定办结").click()
    expect(line).to_have_count(0)
    desk.open("/service-matters?ended=1")
    expect(line).to_contain_text("已逾期")
    expect(line).to_contain_text("11月26日 周四 10:00才办")
    expect(line.get_by_role("button", name="第12条")).to_be_visible()
    assert desk.faults(picture="window-late") == []
    line.get_by_role("link", name="限时办结").click()
    expect(page.get_by_role("heading", name="时限说明")).to_be_visible()
    expect(page.get_by_role("heading", name="限时办结 逾期办结")).to_be_visible()
