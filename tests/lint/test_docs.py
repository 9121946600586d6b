"""The documentation names what there is: files, commands, make targets, tables, services and event types."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import typer.main

from services.kit.bus.catalogue import EventType, catalogue, import_all
from services.kit.rpc.access import all_services
from services.platform import processes
from tests.lint.rules.source import ROOT

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_COMMAND = re.compile(r"(?:^|`|bin/)xiaoneng ((?:[a-z]+ ?)+)", re.MULTILINE)
_TARGET = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)
_FILE = re.compile(r"`((?:services|gateway|tests|deploy|commands)/[\w/.-]+\.(?:py|yaml|sh))`")
_METRIC = re.compile(r"`(xiaoneng_[a-z_]+_(?:total|seconds|ratio|pending|open|overdue|letters|use|info))`")
_KITS_OWN = ("roster_",)


def pages() -> list[Path]:
    """The pages of the repository, those of services among them."""
    found = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
    return sorted({*found, *(ROOT / "services").glob("*/README.md")})


def of_page(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def commands() -> frozenset[str]:
    """What stands after `xiaoneng`: commands, groups, and commands of groups."""
    from services.platform import cli

    cli._mount("")
    group = typer.main.get_command(cli.app)
    found: set[str] = set()
    for name, command in getattr(group, "commands", {}).items():
        found |= {name, *(f"{name} {inner}" for inner in getattr(command, "commands", {}))}
    return frozenset(found)


@pytest.mark.parametrize("page", pages(), ids=of_page)
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in _LINK.findall(text) if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=of_page)
def test_commands_and_targets_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(_TARGET.findall(text)) <= targets
    for said in _COMMAND.findall(text):
        words = said.split()
        assert words[0] in commands(), f"xiaoneng {said}"
        inside = {command.split()[1] for command in commands() if command.startswith(f"{words[0]} ")}
        assert not inside or len(words) == 1 or words[1] in inside, f"xiaoneng {said}"


@pytest.mark.parametrize("page", pages(), ids=of_page)
def test_files_and_metrics_that_are_named_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    roots = (ROOT, page.parent, ROOT / "services" / "documents")
    assert [name for name in _FILE.findall(text) if not any((root / name).exists() for root in roots)] == []
    known = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert {name for name in _METRIC.findall(text) if f"`{name}`" not in known} == set()


@pytest.mark.parametrize("service", processes.names())
def test_the_page_of_a_service_names_what_it_owns_serves_and_says(service: str) -> None:
    page = ROOT / "services" / service / "README.md"
    text = page.read_text(encoding="utf-8")
    import_all()
    tables = {name for name in processes.spec(service).metadata.tables if name not in kits_tables() and not name.startswith(_KITS_OWN)}
    assert {table for table in tables if f"`{table}`" not in text} == set()
    served = {each.name for each in all_services() if each.full_name.split(".")[1] == service}
    assert {name for name in served if name not in text} == set()
    words = {word for each in catalogue() if each.service == service and not of_kit(each) for word in each.type.split(".")[1:-1]}
    assert {word for word in words if word not in text} == set()


def of_kit(event: EventType) -> bool:
    """Whether every service has events of this type."""
    return event.message.DESCRIPTOR.full_name.startswith("xiaoneng.kit.")


@cache
def kits_tables() -> frozenset[str]:
    """The tables that the kit brings: those that several services have."""
    found = Counter(table for name in processes.names() for table in processes.spec(name).metadata.tables)
    return frozenset(table for table, services in found.items() if services > 1)
