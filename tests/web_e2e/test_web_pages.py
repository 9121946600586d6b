"""What holds on every page, at both sizes: nobody is kept out, nothing is cut off, nothing is English."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import Desk
from tests.web_e2e.lobby import Lobby
from tests.web_e2e.pages import PAGES, forgotten
from tests.web_e2e.papers import proposed, registered

TITLE = "关于印发年度工作要点的通知"
BODY = "各科室：\n现将年度工作要点印发给你们。" * 20


@pytest.fixture(scope="module")
def document(gateway: Gateway) -> str:
    """A document that waits for the head of the office, with something of all that can belong to it."""
    clerk = gateway.as_("clerk@ganzhou")
    name = registered(clerk, TITLE, sender="市人民政府", urgency="URGENCY_URGENT", body=BODY)
    proposed(clerk, name, "water-resources", "construction")
    return name


@pytest.fixture(scope="module")
def deadline(gateway: Gateway, document: str) -> str:
    """The limit under which the head of the office acts on it."""
    steps = gateway.as_("clerk@ganzhou").get(f"/v1/{document}/route")["steps"]
    return next(str(limit["name"]) for step in steps for limit in step.get("deadlines", []) if limit["state"] == "DEADLINE_STATE_OPEN")


@pytest.fixture(scope="module")
def window(lobby: Lobby) -> Iterator[Callable[[str], Desk]]:
    """One window of each person for all pages."""
    windows: dict[str, Desk] = {}

    def of(subject: str) -> Desk:
        if subject not in windows:
            windows[subject] = lobby.seat(subject, "desktop", "/todos")
        return windows[subject]

    yield of
    for desk in windows.values():
        desk.page.close()


def test_no_page_is_forgotten() -> None:
    assert forgotten() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(window: Callable[[str], Desk], document: str, deadline: str, name: str) -> None:
    subject, path = PAGES[name]
    desk = window(subject)
    desk.resize("desktop")
    desk.open(path.format(document=document, deadline=deadline))
    assert desk.faults(picture=name) == []


def test_signing_in_is_for_everybody(sit: Sit) -> None:
    desk = sit("", at="/")
    assert desk.faults(picture="sign-in") == []
    desk.page.get_by_role("link", name="登录").click()
    expect(desk.page.get_by_role("heading", name="选择演示人员")).to_be_visible()
    # Names for signing in are Latin.
    assert desk.faults(picture="people", latin=True) == []


def test_an_address_that_no_page_has_is_no_page(sit: Sit) -> None:
    desk = sit("clerk@ganzhou")
    answer = desk.page.goto(f"{desk.url}/documents/a/b/c")
    assert answer is not None
    assert answer.status == 404
