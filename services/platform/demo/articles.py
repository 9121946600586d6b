"""The regulation texts, cut into their articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from services.platform.people import HOME

TEXTS = HOME / "tests" / "regulations" / "texts"
# How the texts number their articles: 第九条 · （九） · (九) · 9. · 9、
_MARK = re.compile(r"^(第[一二三四五六七八九十百]+[条條]|[（(][一二三四五六七八九十]+[）)]|\d{1,2}[.、．])")
_SENTENCE = re.compile(r"[。；;：:\n]")
_SHORTEST = 60
_LONGEST_TITLE = 40


@dataclass(frozen=True)
class Article:
    """One article of a text: what it is called here, its words, and the text that it was cut from."""

    title: str
    body: str
    source: Path

    @property
    def size(self) -> int:
        """Characters of the body."""
        return len(self.body)


def texts() -> list[Path]:
    """The regulation texts, by name."""
    return sorted(TEXTS.glob("*.txt"))


def articles(path: Path) -> list[Article]:
    """The articles of a text in their order. A paragraph without a number of its own belongs to the article before it."""
    parts: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        paragraph = line.strip()
        if _MARK.match(paragraph):
            parts.append([paragraph])
        elif paragraph and parts:
            parts[-1].append(paragraph)
    bodies = ["\n".join(part) for part in parts]
    return [Article(_title(body), body, path) for body in bodies if len(body) >= _SHORTEST]


def _title(body: str) -> str:
    words = _SENTENCE.split(_MARK.sub("", body, count=1).strip(), maxsplit=1)[0].strip()
    return f"关于{words[:_LONGEST_TITLE]}的通知"
