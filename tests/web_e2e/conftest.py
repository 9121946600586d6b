"""The embedded platform on a driven clock, and people at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from services.platform.client import Gateway
from tests.e2e.platform.conftest import Running, folder
from tests.web_e2e.chromium import ARGUMENTS, chromium
from tests.web_e2e.desk import SIZES, Desk

START = "2026-11-23T00:40:00"
"""Monday, 08:40 in Shanghai."""
_WAIT_MS = 30_000

Sit = Callable[..., Desk]


@pytest.fixture(scope="session")
def platform() -> Iterator[Running]:
    with folder() as made:
        running = Running(made / "data", ("--clock", "driven", "--start", START))
        try:
            yield running.start()
        finally:
            running.close()


@pytest.fixture(scope="session")
def gateway(platform: Running) -> Gateway:
    return platform.gateway


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_WAIT_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def sit(platform: Running, browser: Browser) -> Iterator[Sit]:
    """Seats a person at a browser of a size; what the browser complained of fails the test in the end."""
    desks: list[Desk] = []

    def seat(subject: str, size: str = "desktop") -> Desk:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="America/New_York")
        context.set_default_timeout(_WAIT_MS)
        desk = Desk(platform.url, context, context.new_page())
        desk.page.on("console", desk.listen)
        desk.page.on("pageerror", lambda failed: desk.said.append(str(failed)))
        desks.append(desk)
        return desk.sign_in(subject) if subject else desk

    yield seat
    said = [line for desk in desks for line in desk.said]
    for desk in desks:
        desk.context.close()
    assert not [line for line in said if "Content Security Policy" in line or "Error" in line], said
