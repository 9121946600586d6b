"""Words under which a document is found: bigrams of Chinese runs, words and numbers in lower case, half-width."""

import re
import unicodedata

_RUNS = re.compile(r"[\u3400-\u9fff]+|[0-9a-z]+")


def terms(*texts: str) -> frozenset[str]:
    """The terms of some texts. A single character stands for itself; longer runs give every pair."""
    found: set[str] = set()
    for run in _runs(" ".join(texts)):
        if run[0] > "\u33ff" and len(run) > 1:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
        found.add(run if run[0] <= "\u33ff" else run[0])
    return frozenset(found)


def wanted(text: str) -> tuple[str, ...]:
    """The terms that a question asks for: every one has to be there."""
    found: list[str] = []
    for run in _runs(text):
        if run[0] <= "\u33ff" or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return tuple(dict.fromkeys(found))


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).lower())
