"""The examples of docs/policy-packs.md do what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.directory.facts import CATALOGUE as DIRECTORY
from services.kit.policy import Catalogue, RuleSet, catalogue, load_data, schema, validate
from services.kit.policy.model import KINDS
from services.kit.policy.precedence import clashes
from services.kit.policy.source import Source, read
from services.kit.worktime import Budget, Calendar

PAGE = Path(__file__).parents[4] / "docs" / "policy-packs.md"
_BLOCK = re.compile(r"^```([a-z-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMES = re.compile(r'Fact\("(\w+)"')


def blocks() -> Iterator[tuple[str, str]]:
    """Language and text of every block, in their order."""
    for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found.group(1), found.group(2)


def merged(pack: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """The pack with a further part of it."""
    made = dict(pack)
    for key, value in part.items():
        if isinstance(value, list) and key in ("rules", "clauses"):
            made[key] = [*made.get(key, []), *value]
        else:
            made[key] = {**made.get(key, {}), **value} if isinstance(value, dict) else value
    return made


@pytest.fixture
def page() -> dict[str, Any]:
    """Everything that the page says: its names after all of its examples have run."""
    said: dict[str, Any] = {**vars(catalogue), "datetime": datetime, "UTC": UTC, "Calendar": Calendar, "Budget": Budget,
                            "RuleSet": RuleSet, "clashes": clashes}  # fmt: skip
    data: dict[str, Any] = {}
    said["wrong"], said["ran"] = [], 0
    for language, text in blocks():
        if language == "yaml":
            data = merged(data, read(text).data)
        elif language == "yaml-other":
            said["other_data"] = read(text).data
            said["other"] = load_data(said["other_data"])
        elif language == "yaml-register":
            said["register"] = merged(data, read(text).data)
        elif language == "yaml-wrong":
            said["wrong"] = [
                str(p) for p in validate(Source("", {**data, "rules": read(text).data["rules"]}), Catalogue((said["CATALOGUE"],)))
            ]
        elif language == "text":
            said["told"] = text.splitlines()
        elif language == "python":
            said["ALL"] = tuple(_NAMES.findall(text)) or said["ALL"]
            if "rules" in data:
                said["pack"] = load_data(data)
                said["rules"] = RuleSet([said["pack"]])
            exec(compile(text, str(PAGE), "exec"), said)
            said["ran"] += 1
    said["data"] = data
    return said


def test_the_examples_run(page: dict[str, Any]) -> None:
    assert page["ran"] == 7


@pytest.mark.parametrize("name", ["data", "other_data"])
def test_nothing_is_wrong_with_the_pack_of_the_examples(page: dict[str, Any], name: str) -> None:
    assert [str(p) for p in validate(Source("page", page[name]), Catalogue((page["CATALOGUE"],)))] == []


def test_the_checker_says_what_the_page_says(page: dict[str, Any]) -> None:
    for told in page["told"]:
        assert any(told in line for line in page["wrong"]), (told, page["wrong"])


def test_the_register_of_the_page_refuses_by_the_label_of_its_column(page: dict[str, Any]) -> None:
    offered = Catalogue((page["CATALOGUE"], DIRECTORY))
    assert [str(p) for p in validate(Source("page", page["register"]), offered)] == []
    entry = {"register": "service_items", "entry.item": "施工许可"}
    found = RuleSet([load_data(page["register"])]).check("directory.registration.create", entry)
    assert [(f.reason, f.text) for f in found] == [("ITEM_INCOMPLETE", "办事事项须明确承诺时限（工作日）")]


def keys(part: Any) -> Iterator[str]:
    """Every key that a part of the schema knows."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for inner in [*part.get("properties", {}).values(), part.get("items"), part.get("additionalProperties"), *part.get("anyOf", ())]:
            yield from keys(inner)


def test_the_page_names_every_key_of_the_schema() -> None:
    text = PAGE.read_text(encoding="utf-8")
    known = {key for part in (schema.PACK, *map(schema.rule, KINDS)) for key in keys(part)}
    assert len(known) > 100
    assert [key for key in sorted(known) if not re.search(rf"`{key}\b|\b{key}:|[,{{] ?{key}[,}}]", text)] == []


def test_the_page_shows_every_kind_of_rule(page: dict[str, Any]) -> None:
    assert {rule["kind"] for rule in page["data"]["rules"]} == set(KINDS)
