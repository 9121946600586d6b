"""What a pack says is read in Chinese: the page knows a word for every key of the language of packs and for every word of its own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.kit.policy.conditions import JOINS
from services.kit.policy.predicates import DEMANDS
from services.kit.policy.schema import document
from services.kit.worktime import Unit

WORDS = Path(__file__).resolve().parents[2] / "gateway" / "web" / "src" / "pages" / "pack" / "pack-words.ts"
_ENTRY = re.compile(r'(\w+): "')


def keys(schema: Any) -> Iterator[str]:
    """Every key that a pack may have, wherever it stands."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        names = schema.get("propertyNames")
        yield from names.get("enum", ()) if isinstance(names, dict) else ()
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from keys(inner)


def choices(schema: Any) -> Iterator[tuple[str, str]]:
    """Every word of a closed list with the key under which it stands."""
    if isinstance(schema, dict):
        for key, inner in schema.get("properties", {}).items():
            each = inner.get("items", inner) if isinstance(inner, dict) else {}
            yield from ((key, word) for word in each.get("enum", ()))
            yield from [(key, each["const"])] if isinstance(each.get("const"), str) else []
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from choices(inner)


def table(name: str) -> str:
    text = WORDS.read_text(encoding="utf-8")
    return text[text.index(f"const {name}") :].split("\n};", 1)[0]


def test_every_key_of_the_language_has_its_word() -> None:
    wanted = {*keys(document()), *DEMANDS, *JOINS}
    assert len(wanted) > 150
    assert wanted - set(_ENTRY.findall(table("KEYS"))) == set()


def test_every_word_of_a_closed_list_has_its_word() -> None:
    wanted, said = set(choices(document())), table("VALUES")
    assert len(wanted) > 50
    missing = {(key, word) for key, word in wanted if word not in _ENTRY.findall(entries(said, key))}
    assert missing == set()


def test_every_unit_of_time_has_its_word() -> None:
    assert {str(unit) for unit in Unit} - set(_ENTRY.findall(table("UNITS"))) == set()


def entries(said: str, key: str) -> str:
    """What the table of values says under a key; of the units and rolls that stand in tables of their own, those."""
    found = re.search(rf"^  {key}: (\w+|{{.*?}}),$", said, re.MULTILINE | re.DOTALL)
    if found is None:
        return ""
    return found[1] if found[1].startswith("{") else re.split(r"};?\n", table(found[1]), maxsplit=1)[0]
