"""An administrator sees what could not be handled and lets it be handled again."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select, update

from services.platform import reach
from services.platform.client import Gateway
from tests.e2e.platform.conftest import Running, wait_for
from tests.web_e2e.conftest import Sit

ADMIN = "admin@ganzhou"
_WAIT_SECONDS = 30.0


def give_one_up(platform: Running) -> str:
    """Makes an event of the office a dead letter, as if its handler had failed."""
    with reach.embedded(platform.folder) as ports, ports["documents"].db.plumbing() as tx:
        table = ports["documents"].db.metadata.tables["deliveries"]
        chosen = table.c.tenant == "ganzhou", table.c.state == "done", table.c.consumer == "notifications"
        row = tx.all(select(table.c.id, table.c.event).where(*chosen).order_by(table.c.id).limit(1))[0]
        tx.execute(update(table).where(table.c.id == row.id).values(state="dead", error="KeyError\n"))
        return str(row.event)


def given_up(gateway: Gateway, document: str) -> list[str]:
    """What the administrator is shown. On a driven clock loops look when something has changed: reading a document leaves its trace."""
    gateway.as_("clerk@ganzhou").get(f"/v1/{document}")
    return [letter["event"] for letter in gateway.as_(ADMIN).get("/v1/deadLetters/documents").get("deadLetters", [])]


def test_what_could_not_be_handled_is_handled_again(sit: Sit, platform: Running, gateway: Gateway) -> None:
    about = {
        "title": "关于报送总结的通知",
        "sender": "市人民政府",
        "documentType": "tongzhi",
        "source": "superior_document",
        "documentClass": "action",
    }
    document = str(gateway.as_("clerk@ganzhou").post("/v1/documents:register", about)["name"])
    event = give_one_up(platform)
    wait_for(lambda: given_up(gateway, document) == [event], _WAIT_SECONDS)
    page = sit(ADMIN, at="/admin/upkeep?tab=documents").page
    expect(page.get_by_role("table", name="未能处理的事件")).to_contain_text("通知（来自公文）")
    page.get_by_role("button", name="重新投递", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("不能撤销")
    page.get_by_role("button", name="确定重新投递").click()
    wait_for(lambda: given_up(gateway, document) == [], _WAIT_SECONDS)
    expect(page.get_by_text("没有未能处理的事件。")).to_be_visible()
    page.goto(page.url.replace("/upkeep", "/audit").replace("tab=", "service="))
    expect(page.get_by_role("table", name="操作记录")).to_contain_text("未能处理的事件·重新投递")
