"""The whole sign-in at a certified provider that is not ours, in a real browser: its redirects, cookies and policies count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.contract.gateway.certified_issuer import standing
from tests.contract.gateway.harness import Platform


@pytest.fixture(scope="module")
def realm(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with standing(postgres.url, tmp_path_factory.mktemp("sign-in")) as (platform, _):
        yield platform


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window that reaches this machine only."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")

    def here_only(route: Route) -> None:
        if route.request.url.startswith("http://127.0.0.1:"):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", here_only)
    yield context.new_page()
    context.close()


def sign_in(realm: Platform, page: Page, name: str) -> None:
    """By the provider's own pages: who one is, and that the gateway may know it."""
    page.goto(f"{realm.url}/auth/sign-in", wait_until="domcontentloaded")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]", has_text="Continue").click()


def test_a_person_signs_in_and_is_known(realm: Platform, page: Page) -> None:
    sign_in(realm, page, "clerk@ganzhou")
    expect(page.get_by_text("陈文员，您好")).to_be_visible()
    session = page.evaluate("fetch('/auth/session').then((answer) => answer.json())")
    assert (session["signedIn"], session["person"]) == (True, "person-clerk")
    assert page.evaluate("document.cookie") == ""


def test_somebody_whom_nobody_bound_is_told_whom_to_call(realm: Platform, page: Page) -> None:
    sign_in(realm, page, "somebody")
    expect(page.get_by_text("尚未开通")).to_be_visible()
