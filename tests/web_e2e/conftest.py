"""The embedded platform on a driven clock, and people at their browsers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from services.platform.client import Gateway
from tests.e2e.platform.conftest import Running, folder
from tests.web_e2e.chromium import ARGUMENTS, chromium
from tests.web_e2e.desk import Desk
from tests.web_e2e.lobby import WAIT_MS, Lobby

START = "2026-11-23T00:40:00"
"""Monday, 08:40 in Shanghai."""
_TENANTS = ("ganzhou", "hebei", "yiyuan")
"""The demo offices whose people stand in the stories, with those above them."""


class Sit(Protocol):
    """Seats a person at a browser of a size, at an address of the app. Nobody is seated without a subject."""

    def __call__(self, subject: str, size: str = "desktop", at: str = "/todos") -> Desk: ...


@pytest.fixture(scope="session")
def platform() -> Iterator[Running]:
    with folder() as made:
        chosen = [option for tenant in _TENANTS for option in ("--tenant", tenant)]
        running = Running(made / "data", ("--clock", "driven", "--start", START, *chosen))
        try:
            yield running.start()
        finally:
            running.close()


@pytest.fixture(scope="session")
def gateway(platform: Running) -> Gateway:
    return platform.gateway


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    program = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program.program, env=program.environment, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def lobby(platform: Running, browser: Browser, gateway: Gateway) -> Lobby:
    return Lobby(platform.url, browser, gateway)


@pytest.fixture
def sit(lobby: Lobby) -> Iterator[Sit]:
    """What a browser complained of fails the test in the end."""
    desks: list[Desk] = []

    def seat(subject: str, size: str = "desktop", at: str = "/todos") -> Desk:
        desks.append(lobby.seat(subject, size, at))
        return desks[-1]

    yield seat
    said = [line for desk in desks for line in desk.said]
    for desk in desks:
        desk.page.close()
    assert not [line for line in said if "Content Security Policy" in line or "Error" in line], said
