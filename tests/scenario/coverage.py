"""Which clauses of the regulations are carried out: what the scenarios' run says, entry by entry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from _pytest.junitxml import xml_key

SCENARIO = "scenario"  # under this name a test reports what became of the changed packs
CLAUSES = "clauses"  # under this name what it claims
HERE = Path(__file__).parent
SURVIVORS = HERE / "survivors.yaml"
REGULATIONS = HERE.parent / "regulations"

Entry = dict[str, Any]


@cache
def catalogue_entries() -> tuple[Entry, ...]:
    """Every entry of every regulation, with the regulation's name."""
    found: list[Entry] = []
    for path in sorted(REGULATIONS.glob("*.yaml")):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        found += [{**entry, "regulation": path.stem} for entry in data["clauses"]]
    return tuple(found)


def platform_properties() -> dict[str, str]:
    """Clauses that the platform itself keeps, and the test that breaks when it does not."""
    text = (HERE / "platform.yaml").read_text(encoding="utf-8")
    return {entry["clause"]: entry["test"] for entry in yaml.safe_load(text)["properties"]}


def missing() -> list[str]:
    """Clauses without a scenario."""
    lines = (HERE / "missing.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def _survivors() -> tuple[Mapping[str, str], ...]:
    return tuple(yaml.safe_load(SURVIVORS.read_text(encoding="utf-8"))["survivors"])


def explained(clause: str) -> frozenset[str]:
    """The changes of the clause's packs of which it is written down why nobody can notice them."""
    return frozenset(entry["change"] for entry in _survivors() if entry["clause"] == clause)


def explained_clauses() -> set[str]:
    """The clauses that have such changes."""
    return {entry["clause"] for entry in _survivors()}


def clauses_of(item: pytest.Item) -> list[str]:
    """What a test claims."""
    return [clause for mark in item.iter_markers("clause") for clause in mark.args]


class Report:
    """Collects what the scenarios say of the clauses, from all processes of the run."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._properties = {test: clause for clause, test in platform_properties().items()}
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.killed: set[tuple[str, str]] = set()
        self.survived: set[tuple[str, str]] = set()
        self.unusable: set[tuple[str, str]] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes in what one test says."""
        properties: dict[str, Any] = dict(report.user_properties)
        claimed: list[str] = properties.get(CLAUSES, [])
        if report.nodeid in self._properties:
            claimed = [*claimed, self._properties[report.nodeid]]
        if report.failed:
            self.failed |= set(claimed)
        elif report.when == "call" and report.passed:
            self.passed |= set(claimed)
        if report.when == "call":
            said: dict[str, Any] = properties.get(SCENARIO, {})
            for fate in ("killed", "survived", "unusable"):
                getattr(self, fate).update((clause, change) for clause, change in said.get(fate, ()))

    def unnoticed(self, clause: str) -> list[str]:
        """Changes that no scenario noticed, without those that nobody can notice."""
        return sorted(change for claimed, change in self.survived - self.killed if claimed == clause and change not in explained(clause))

    def status(self, entry: Entry) -> str:
        """passing, failing, missing or guidance."""
        clause = entry["id"]
        if entry["kind"] == "guidance":
            return "guidance"
        if clause in self.failed:
            return "failing"
        if clause not in self.passed:
            return "missing"
        return "failing" if self.unnoticed(clause) else "passing"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Puts the numbers into the report of the run, from which `make test` prints them with its last lines."""
        report = session.config.stash.get(xml_key, None)
        if report is not None and (said := self.summary()):
            report.add_global_property("changed packs", said[-1])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Prints how many changes were tried and what was not noticed, and writes the file."""
        for line in self.summary():
            terminalreporter.write_line(line)
        if self._file is not None:
            self.write(self._file)
            terminalreporter.write_line(f"coverage of {len(catalogue_entries())} clauses in {self._file}")

    def summary(self) -> list[str]:
        """The number of changed packs and of survivors, and each of those by its name."""
        survived, unusable = self.survived - self.killed, self.unusable - self.killed
        tried = len(self.killed | self.survived | self.unusable)
        if not tried:
            return []
        known = {(clause, change) for clause, change in survived if change in explained(clause)}
        return [
            *(f"{clause}: no scenario notices: {change}" for clause, change in sorted(survived - known)),
            *(f"{clause}: the changed pack could not be used: {change}" for clause, change in sorted(unusable)),
            *(f"{clause}: explained in {SURVIVORS.name}: {change}" for clause, change in sorted(known)),
            f"{tried} changes of packs, {len(survived)} survivors ({len(known)} of them explained), {len(unusable)} not usable",
        ]

    def write(self, file: Path) -> None:
        """Writes every entry with its status."""
        file.parent.mkdir(parents=True, exist_ok=True)
        entries = [
            {"id": e["id"], "regulation": e["regulation"], "service": e["service"], "tier": e["tier"], "status": self.status(e)}
            for e in catalogue_entries()
        ]
        file.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
