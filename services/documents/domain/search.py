"""Words under which a document is found, and how a question and a text are brought to the same form.

Full-width becomes half-width, capital letters small, traditional characters simplified, everything that is neither letter, figure nor
character a gap. Terms are words and numbers; of Chinese runs every character and every pair.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# Unified ideographs with their extensions, and the two that dates and names are written with: 〇, 々.
_HAN = "\u3005\u3007\u3400-\u9fff\U00020000-\U000323af"
_RUNS = re.compile(f"[{_HAN}]+|[0-9a-z]+")
_WORDS = re.compile(f"[{_HAN}0-9a-z]+")
# Written for 〇 where a keyboard had no better.
_ZERO = {"\u25cb": "\u3007", "\u25ef": "\u3007"}
AROUND = 30


def _simplified() -> dict[str, str]:
    listed = json.loads(Path(__file__).with_name("simplified.json").read_text(encoding="utf-8"))
    pairs = "".join(listed["pairs"])
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


_SIMPLIFIED = _simplified()


@lru_cache(maxsize=65536)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKC", _ZERO.get(character, character)).lower()
    simple = "".join(_SIMPLIFIED.get(each, each) for each in plain)
    return "".join(each if _WORDS.fullmatch(each) else " " for each in simple)


def fold(text: str) -> str:
    """A text in the form in which it is compared."""
    return "".join(map(_folded, text))


def terms(*texts: str) -> frozenset[str]:
    """The terms of some texts: words and numbers; of Chinese runs every character and every pair."""
    found: set[str] = set()
    for run in _RUNS.findall(fold(" ".join(texts))):
        if _is_word(run):
            found.add(run)
        else:
            found.update(run, (run[i : i + 2] for i in range(len(run) - 1)))
    return frozenset(found)


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a question: what stands between its gaps. Every one has to be found as it is written."""
    return tuple(dict.fromkeys(_WORDS.findall(fold(text))))


def wanted(text: str) -> tuple[str, ...]:
    """The terms that a question asks for: every one has to be there."""
    found: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _is_word(run) or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return tuple(dict.fromkeys(found))


def _is_word(run: str) -> bool:
    return run[0] <= "z"


@dataclass(frozen=True)
class Snippet:
    """A piece of a text with the places of the hit in it: start and length, in characters."""

    text: str
    hits: tuple[tuple[int, int], ...]


def snippet(text: str, wanted_phrases: Iterable[str], around: int = AROUND) -> Snippet | None:
    """The first place of a text at which a phrase stands, with what stands around it; None where there is none."""
    folded, places = _placed(text)
    searched = tuple(wanted_phrases)
    found = [(folded.find(phrase), phrase) for phrase in searched]
    first = min((at for at, _ in found if at >= 0), default=-1)
    if first < 0:
        return None
    begin = max(0, places[first] - around)
    end = min(len(text), places[first] + max(len(p) for at, p in found if at == first) + around)
    piece = text[begin:end]
    return Snippet(_one_line(piece), hits(piece, searched))


def hits(text: str, wanted_phrases: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where phrases stand in a text, in order and without overlap."""
    folded, places = _placed(text)
    found: list[tuple[int, int]] = []
    for phrase in wanted_phrases:
        at = folded.find(phrase)
        while at >= 0:
            start, last = places[at], places[at + len(phrase) - 1]
            found.append((start, last - start + 1))
            at = folded.find(phrase, at + len(phrase))
    kept: list[tuple[int, int]] = []
    for start, length in sorted(found):
        if not kept or start >= kept[-1][0] + kept[-1][1]:
            kept.append((start, length))
    return tuple(kept)


def _placed(text: str) -> tuple[str, list[int]]:
    """The text folded, and for every character of it the place in `text` that it comes from."""
    pieces, places = [], []
    for place, character in enumerate(text):
        piece = _folded(character)
        pieces.append(piece)
        places.extend([place] * len(piece))
    return "".join(pieces), places


def _one_line(text: str) -> str:
    return "".join(" " if each.isspace() else each for each in text)
