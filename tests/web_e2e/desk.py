"""A person at a browser: signs in, clicks, reads; and what is demanded of every page."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

_WEB = Path(__file__).resolve().parents[2] / "gateway" / "web"
DIST = _WEB / "dist"
AXE = (_WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
_GRAVE = ("serious", "critical")
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
# A line of what a screen reader finds: `- button "清空" [expanded]`.
_NAMED = re.compile(r'^\s*- (?:\')?(\w+) "(.+?)"', re.MULTILINE)
_LATIN_NAME = re.compile(r"[A-Za-z]{2,}(?:[ -][A-Za-z]+)*")
# Names of files, of what has no Chinese name, and checksums.
_NOT_ENGLISH = re.compile(r"\b(OpenAPI|PDF|txt|pdf|docx|xlsx)\b|[\w.-]+\.(txt|pdf)|\b[0-9a-f]{64}\b")


@dataclass
class Desk:
    """One person's browser."""

    url: str
    context: BrowserContext
    page: Page
    left: Callable[[BrowserContext], None]
    said: list[str] = field(default_factory=list)

    def sign_out(self) -> None:
        """Ends the session by the menu; who sits down afterwards signs in anew."""
        self.page.get_by_role("button", name="打开个人菜单").click()
        self.page.get_by_role("button", name="退出登录").click()
        expect(self.page.get_by_role("link", name="登录")).to_be_visible()
        self.left(self.context)

    def resize(self, size: str) -> None:
        """Goes on at a screen of this size."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        # What is drawn by its size is drawn anew in the frame after the next.
        self.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

    def open(self, path: str) -> Page:
        """Goes to an address of the app and waits until it has been read."""
        self.page.goto(self.url + path)
        self.wait_until_read()
        return self.page

    def wait_until_read(self) -> None:
        """Waits until the page stands and nothing of it is on its way."""
        expect(self.page.locator("main, .state.whole, .print").first).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def todo(self, title: str) -> Locator:
        """The line of the to-do list with this title."""
        return self.page.locator("li.todo", has_text=title)

    def sign(self, title: str, verdict: str = "同意", opinion: str = "") -> None:
        """Signs from the list that is open."""
        row = self.todo(title)
        row.get_by_role("button", name="办理").click()
        row.get_by_text(verdict, exact=True).click()
        if opinion:
            row.get_by_label("意见", exact=True).fill(opinion)
        else:
            row.get_by_role("group", name="常用意见").get_by_role("button").first.click()
        row.get_by_role("button", name="提交意见").click()
        expect(row).to_have_count(0)

    def choose(self, scope: Locator | Page, label: str, *values: str) -> None:
        """Chooses in a list; one that can be searched is searched by typing."""
        box = scope.get_by_label(label, exact=True)
        for value in values:
            box.click()
            expect(box).to_have_attribute("aria-expanded", "true")
            offered = self.page.locator(f'.ant-select-dropdown:has([id="{box.get_attribute("aria-controls")}"])')
            option = ".ant-select-item-option"
            if box.is_editable():
                box.fill(value)
                option += "-active"
            offered.locator(option, has_text=value).click()
        # A list of several stays open. One of a single value is closing by itself: Escape might find it closed, and close the dialog.
        if box.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' ant-select-multiple ')]").count():
            box.press("Escape")
            expect(box).to_have_attribute("aria-expanded", "false")

    def moment(self, scope: Locator | Page, label: str, value: str) -> None:
        """Types a moment, as `2026-11-25 18:00`."""
        box = scope.get_by_label(label, exact=True)
        box.fill(value)
        box.press("Enter")

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Without a net for a while; what the browser complains of meanwhile is no fault."""
        before = list(self.said)
        self.context.set_offline(True)
        try:
            yield
        finally:
            self.context.set_offline(False)
            self.said[:] = before

    def picture(self, name: str) -> None:
        """Keeps a picture of the whole page in the folder that XIAONENG_PICTURES names, for people to look at."""
        if (folder := os.environ.get("XIAONENG_PICTURES")) and not name.startswith("-"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def grave(self) -> list[str]:
        """Serious and critical violations that axe finds on the page."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        found: list[dict[str, Any]] = self.page.evaluate(
            "axe.run({ resultTypes: ['violations'], preload: false }).then(({ violations }) => violations)"
        )
        return [
            f"{each['id']}: {each['help']}: {node['html'][:160]}"
            for each in found
            if each["impact"] in _GRAVE
            for node in each["nodes"][:3]
        ]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than the screen."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider

    def faults(self, *sizes: str, picture: str = "", latin: bool = False) -> list[str]:
        """What is wrong with the page as it stands, at these or all sizes, with pictures under a name. `latin` words may be allowed."""
        found = [] if latin else [f"English: {word}" for word in self.english()]
        found += [f"named in English: {name}" for name in self.english_names()]
        for size in sizes or SIZES:
            self.resize(size)
            found += [f"{size}: {each}" for each in self.grave()]
            found += [f"{size}: {wider} pixels too wide"] if (wider := self.too_wide()) else []
            self.picture(f"{picture}-{size}")
        return found

    def english_names(self) -> list[str]:
        """Names that a screen reader says and that consist of Latin words only, with what bears them."""
        said = _NAMED.findall(self.page.locator("body").aria_snapshot())
        return [f'{role} "{name}"' for role, name in said if _LATIN_NAME.fullmatch(_NOT_ENGLISH.sub("", name))]

    def english(self) -> list[str]:
        """English words that a reader sees."""
        text = _NOT_ENGLISH.sub("", self.page.locator("body").inner_text())
        return _ENGLISH.findall(text)
