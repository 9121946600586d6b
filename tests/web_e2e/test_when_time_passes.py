"""Limits that pass. This file runs last: nobody else's story may find the clock moved."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.papers import pass_time, proposed, registered

NEXT_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Shanghai."""


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
