"""Who has signed in before needs not sign in again: each person keeps a browser of their own for the whole run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.platform.client import Gateway
from tests.web_e2e.desk import SIZES, Desk

WAIT_MS = 90_000
"""How long something may take on a busy machine."""
_ELSEWHERE = "America/New_York"
# The clock of a browser is the platform's; it goes on from there.
_CLOCK = """(() => {
  const Real = Date, shift = %d - Real.now(), now = () => Real.now() + shift;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, made) => Reflect.construct(target, given.length ? given : [now()], made === globalThis.Date ? target : made),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
})()"""


@dataclass
class Lobby:
    """Browsers of the people of one platform."""

    url: str
    browser: Browser
    gateway: Gateway
    _signed_in: dict[str, BrowserContext] = field(default_factory=dict)

    def seat(self, subject: str, size: str, at: str) -> Desk:
        """A window of this size where the person is signed in, at an address of the app; nobody is without a subject."""
        known = subject in self._signed_in
        context = self._signed_in[subject] if known else self._opened()
        page = context.new_page()
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.add_init_script(_CLOCK % (self._now().timestamp() * 1000))
        desk = Desk(self.url, context, page, self.leave)
        page.on("console", desk.listen)
        page.on("pageerror", lambda failed: desk.said.append(str(failed)))
        if subject and not known:
            self._sign_in(page, subject, at)
            self._signed_in[subject] = context
        else:
            page.goto(self.url + at)
        desk.wait_until_read()
        return desk

    def leave(self, context: BrowserContext) -> None:
        """The person of this browser has signed out."""
        self._signed_in = {subject: each for subject, each in self._signed_in.items() if each is not context}

    def _opened(self) -> BrowserContext:
        context = self.browser.new_context(locale="zh-CN", timezone_id=_ELSEWHERE, reduced_motion="reduce")
        context.set_default_timeout(WAIT_MS)
        return context

    def _now(self) -> datetime:
        """The clock of the platform."""
        return datetime.fromisoformat(self.gateway.as_("clerk@ganzhou").get("/v1/clock")["time"])

    def _sign_in(self, page: Page, subject: str, at: str) -> None:
        """By the page of the embedded issuer, as from a link to this address."""
        page.goto(f"{self.url}/auth/sign-in?{urlencode({'return_to': at})}")
        page.locator(f'button[value="{subject}"]').click()
        expect(page.get_by_role("banner")).to_be_visible()
