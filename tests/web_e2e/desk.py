"""A person at a browser: signs in, clicks, reads; and what is demanded of every page."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

AXE = Path(__file__).resolve().parents[2] / "gateway" / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
_GRAVE = ("serious", "critical")
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
# Names of files and of what has no Chinese name.
_NOT_ENGLISH = re.compile(r"\b(OpenAPI|PDF|txt|pdf|docx|xlsx)\b|[\w.-]+\.(txt|pdf)")


@dataclass
class Desk:
    """One person's browser."""

    url: str
    context: BrowserContext
    page: Page
    said: list[str] = field(default_factory=list)

    def sign_in(self, subject: str) -> Desk:
        """Chooses the person on the page of the embedded issuer."""
        self.page.goto(f"{self.url}/")
        self.page.get_by_role("link", name="登录").click()
        self.page.locator(f'button[value="{subject}"]').click()
        expect(self.page.get_by_role("heading", name="我的待办")).to_be_visible()
        return self

    def resize(self, size: str) -> None:
        """Goes on at a screen of this size."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})

    def open(self, path: str) -> Page:
        """Goes to an address of the app and waits until it has been read."""
        self.page.goto(self.url + path)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        return self.page

    def listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def todo(self, title: str) -> Locator:
        """The line of the to-do list with this title."""
        return self.page.locator("li.todo", has_text=title)

    def sign(self, title: str, verdict: str = "同意", opinion: str = "") -> None:
        """Signs from the list."""
        self.open("/todos")
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
        """Chooses in a list that is searched by typing."""
        box = scope.get_by_label(label, exact=True)
        for value in values:
            box.click()
            box.fill(value)
            self.page.locator(
                ".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option-active", has_text=value
            ).click()
        box.press("Escape")

    def picture(self, name: str) -> None:
        """Keeps a picture of the whole page in the folder that XIAONENG_PICTURES names, for people to look at."""
        if folder := os.environ.get("XIAONENG_PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def grave(self) -> list[str]:
        """Serious and critical violations that axe finds on the page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = json.loads(self.page.evaluate("axe.run().then((found) => JSON.stringify(found))"))
        return [
            f"{each['id']}: {each['help']}: {node['html'][:160]}"
            for each in found["violations"]
            if each["impact"] in _GRAVE
            for node in each["nodes"][:3]
        ]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than the screen."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider

    def english(self) -> list[str]:
        """English words that a reader sees."""
        text = _NOT_ENGLISH.sub("", self.page.locator("body").inner_text())
        return _ENGLISH.findall(text)
