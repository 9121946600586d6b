"""Words under which a document is found: bigrams of Chinese runs, words and numbers in lower case, half-width."""

import re
import unicodedata

_RUNS = re.compile(r"[\u3400-\u9fff]+|[0-9a-z]+")


def terms(*texts: str) -> frozenset[str]:
    """The terms of some texts: words and numbers; of Chinese runs every character and every pair."""
    found: set[str] = set()
    for run in _runs(" ".join(texts)):
        if run[0] <= "\u33ff":
            found.add(run)
        else:
            found.update(run, (run[i : i + 2] for i in range(len(run) - 1)))
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
