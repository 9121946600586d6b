"""A document goes to other offices: one takes it, one sends it back, from one it is taken back."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import Desk
from tests.web_e2e.papers import issued

TITLE = "关于联合开展巡河的函"
TAKES, REFUSES, TAKEN_BACK = "河北区人民政府", "沂源县", "宜春市人民政府办公室"


def sent_to(desk: Desk, office: str) -> Locator:
    """The line of the document's page that says what became of it there."""
    return desk.page.get_by_role("region", name="相关事项").get_by_role("listitem").filter(has_text=office)


def arrived(desk: Desk) -> Locator:
    """The line of the document among what has arrived, opened."""
    line = desk.page.get_by_role("listitem").filter(has_text=TITLE)
    line.get_by_role("button", name="查看并签收").click()
    return line


def test_a_document_goes_to_other_offices_and_the_sender_sees_what_becomes_of_it(sit: Sit, gateway: Gateway) -> None:
    document = issued(gateway, gateway.as_("zhong@ganzhou"), TITLE)
    desk = sit("clerk@ganzhou", at=f"/{document}?part=transmissions")
    page = desk.page
    page.get_by_role("button", name="发送", exact=True).click()
    dialog = page.get_by_role("dialog")
    desk.choose(dialog, "接收单位", TAKES, REFUSES, TAKEN_BACK)
    dialog.get_by_label("附言", exact=True).fill("请于月底前反馈")
    assert desk.faults(picture="transmit", latin=True) == []
    desk.resize("desktop")
    dialog.get_by_role("button", name="确定发送").click()
    expect(dialog).to_have_count(0)
    for office in (TAKES, REFUSES, TAKEN_BACK):
        expect(sent_to(desk, office)).to_contain_text("待登记")
    page.get_by_role("button", name="发送", exact=True).click()
    desk.choose(dialog, "接收单位", TAKES)
    dialog.get_by_role("button", name="确定发送").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("button", name="取消").click()

    taking = sit("clerk@hebei", "phone", at="/arrivals")
    line = arrived(taking)
    expect(line).to_contain_text("请于月底前反馈")
    assert taking.faults("phone", picture="arrival") == []
    line.get_by_role("button", name="签收并登记").click()
    expect(taking.page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(sent_to(desk, TAKES)).to_contain_text("已登记")

    refusing = sit("clerk@yiyuan", "phone", at="/arrivals")
    arrived(refusing).get_by_role("button", name="拒收").click()
    reason = refusing.page.get_by_role("dialog")
    reason.get_by_label("理由", exact=True).fill("不属本县职责")
    reason.get_by_role("button", name="确定拒收").click()
    expect(refusing.page.get_by_role("listitem").filter(has_text=TITLE)).to_have_count(0)
    expect(sent_to(desk, REFUSES)).to_contain_text("不属本县职责")

    sent_to(desk, TAKEN_BACK).get_by_role("button", name="撤回").click()
    dialog.get_by_label("理由", exact=True).fill("误发")
    dialog.get_by_role("button", name="确定撤回").click()
    expect(sent_to(desk, TAKEN_BACK)).to_contain_text("已撤回")
    desk.open("/todos?tab=reading")
    expect(desk.todo(TITLE)).to_be_visible()
    desk.open(f"/{document}?part=transmissions")
    assert desk.faults(picture="transmissions-full") == []
    desk.resize("desktop")
    sent_to(desk, REFUSES).get_by_role("button", name="知悉拒收").click()
    dialog.get_by_role("button", name="确定知悉拒收").click()
    expect(dialog).to_have_count(0)
    desk.open("/todos?tab=reading")
    expect(desk.todo(TITLE)).to_have_count(0)
