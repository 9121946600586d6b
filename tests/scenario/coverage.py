"""Which clauses of the regulations are carried out: what the scenarios' run says, entry by entry."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

SCENARIO = "scenario"  # under this name a test reports what became of the changed packs
CLAUSES = "clauses"  # under this name what it claims
HERE = Path(__file__).parent
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
        self.otherwise: set[tuple[str, str]] = set()

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
            said: dict[str, Any] = properties.get(SCENARIO, {})
            for fate in ("killed", "survived", "unusable", "otherwise"):
                getattr(self, fate).update((clause, change) for clause, change in said.get(fate, ()))

    def unnoticed(self, clause: str) -> list[str]:
        """Changes that no scenario noticed."""
        return sorted(change for claimed, change in self.survived - self.killed if claimed == clause)

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

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Prints what was not noticed, and writes the file."""
        for clause in sorted({claimed for claimed, _ in self.survived - self.killed}):
            for change in self.unnoticed(clause):
                terminalreporter.write_line(f"{clause}: no scenario notices: {change}")
        if tried := len(self.killed | self.survived):
            survivors = len(self.survived - self.killed)
            terminalreporter.write_line(f"{tried} changes of packs, {survivors} of them not noticed, {len(self.unusable)} not usable")
        for clause, change in sorted(self.unusable):
            terminalreporter.write_line(f"{clause}: the changed pack could not be used: {change}")
        for clause, failure in sorted(self.otherwise):
            terminalreporter.write_line(f"{clause}: a scenario fails, but not in what it says: {failure}")
        if self._file is not None:
            self.write(self._file)
            terminalreporter.write_line(f"coverage of {len(catalogue_entries())} clauses in {self._file}")

    def write(self, file: Path) -> None:
        """Writes every entry with its status."""
        file.parent.mkdir(parents=True, exist_ok=True)
        entries = [
            {"id": e["id"], "regulation": e["regulation"], "service": e["service"], "tier": e["tier"], "status": self.status(e)}
            for e in catalogue_entries()
        ]
        file.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
