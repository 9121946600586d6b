"""What the to-do page ships: a phone loads it first."""

import json
from pathlib import Path
from typing import Any

import pytest

DIST = Path(__file__).resolve().parents[2] / "gateway" / "web" / "dist"
MOST_BYTES = 250_000
TODOS = "src/pages/todos/index.tsx"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIST / ".vite" / "manifest.json").read_text())
    return found


def scripts(manifest: dict[str, Any], *entries: str) -> set[str]:
    """The files that an entry needs before it shows anything."""
    waiting, found = list(entries), set[str]()
    while waiting:
        part = manifest[waiting.pop()]
        if part["file"] not in found:
            found.add(part["file"])
            waiting += part.get("imports", [])
    return found


def compressed(name: str) -> int:
    packed = DIST / f"{name}.gz"
    return packed.stat().st_size if packed.exists() else (DIST / name).stat().st_size


def test_the_to_do_page_stays_within_its_budget(manifest: dict[str, Any]) -> None:
    sizes = {name: compressed(name) for name in scripts(manifest, "index.html", TODOS)}
    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_every_other_page_brings_its_own_script(manifest: dict[str, Any]) -> None:
    first = scripts(manifest, "index.html", TODOS)
    pages = {name: part for name, part in manifest.items() if name.startswith("src/pages/") and name != TODOS}
    assert all(part.get("isDynamicEntry") for part in pages.values())
    assert not first & {part["file"] for part in pages.values()}
