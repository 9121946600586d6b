"""docs/errors.md and docs/settings.md say what the code says; what the contract says of refusals is so."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from services.platform import refusal_names, setting_names

ROOT = Path(__file__).resolve().parents[3]
_CHINESE = re.compile("[\u4e00-\u9fff]|^{summary}$")
_REASON = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")
# What stands in backquotes in the protos in capitals: reason codes, and values of enums.
_NAMED = re.compile(r"`([A-Z][A-Z0-9_]+)`")
_ENUM_VALUE = re.compile(r"^ *([A-Z][A-Z0-9_]+) = \d+", re.MULTILINE)
# Reasons of single fields, of which the page says only how they are made.
_OF_FIELDS = {"UTC", "INVALID_ARGUMENT", "PACK_PROBLEM"}


@pytest.mark.parametrize(("page", "generated"), [("errors.md", refusal_names.markdown), ("settings.md", setting_names.markdown)])
def test_the_page_is_the_one_that_is_generated(page: str, generated: object) -> None:
    assert callable(generated)
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == generated(), f"xiaoneng docs {page[:-3]} > docs/{page}"


def test_a_reason_is_one_refusal_of_its_service() -> None:
    known = refusal_names.entries()
    common = {entry.reason for entry in known if entry.where == refusal_names.EVERY}
    for service in {entry.where for entry in known}:
        given = Counter(entry.reason for entry in known if entry.where == service)
        assert not [reason for reason, times in given.items() if times > 1], service
        assert service == refusal_names.EVERY or not common & set(given), service


def test_every_refusal_says_what_and_when() -> None:
    for entry in refusal_names.entries():
        assert _REASON.match(entry.reason), entry
        assert _CHINESE.search(entry.text), entry
        assert entry.when.endswith("."), f"{entry.reason}: a sentence that says when"


def test_no_pack_takes_a_reason_of_the_platform() -> None:
    ours = {entry.reason for entry in refusal_names.entries()}
    for title, reasons in refusal_names.of_packs().items():
        assert not ours & {each.reason for each in reasons}, title
        assert all(each.clauses for each in reasons), title


def test_the_contract_names_reasons_that_there_are() -> None:
    given = {entry.reason for entry in (*refusal_names.entries(), *refusal_names.of_gateway())} | _OF_FIELDS
    for path in sorted((ROOT / "protos/xiaoneng").rglob("*.proto")):
        text = path.read_text(encoding="utf-8")
        comments = "\n".join(line for line in text.splitlines() if line.lstrip().startswith("//"))
        unknown = set(_NAMED.findall(comments)) - given - set(_ENUM_VALUE.findall(text))
        assert not unknown, f"{path.name}: {', '.join(sorted(unknown))}"


def test_every_setting_says_what_it_is_for() -> None:
    for title, settings in setting_names.PROCESSES:
        for name, field in settings.model_fields.items():
            assert str(field.description or "").endswith("."), f"{title}: {name}"
