"""The administration in the browser: the audit is verified, who may not sees nothing of it, every page is for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import SIZES

ADMIN = "admin@ganzhou"
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
    "upkeep": (ADMIN, "/admin/upkeep"),
    "stuck": (ADMIN, "/admin/upkeep?tab=deadlines"),
    "deliveries-of-all": (ADMIN, "/admin/deliveries"),
    "refused": ("zhong@ganzhou", "/admin/audit"),
    "registers": ("office-head@ganzhou", "/registers"),
    "register-import": ("zhong@ganzhou", "/registers?register=information_liaison&import=open"),
    "issue-list": ("clerk@hebei", "/issue-list"),
    "windows": ("yuan@yichun", "/service-matters"),
}


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
