"""The packs that scenarios run under. Whoever changes packs to see scenarios fail replaces `text`."""

from __future__ import annotations

import os
from pathlib import Path

_POLICIES = Path(__file__).resolve().parents[2] / "deploy" / "policies"


def text(pack: str) -> str:
    """The source of a pack by its id."""
    folder = Path(os.environ.get("XIAONENG_TEST_POLICIES", _POLICIES))
    return (folder / f"{pack}.yaml").read_text(encoding="utf-8")
