"""`make test`: runs the suites one after the other, says how long each took against its budget, and sums them up.

A suite without test files is left out. The last line is `N passed, N failed, N skipped` over all suites; the exit code says
whether any failed. `python deploy/build/suites.py unit service` runs only these.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
REPORTS = ROOT / "var" / "reports"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Count:
    """How tests ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@dataclass(frozen=True)
class Suite:
    """A part of the tests with its budget in minutes."""

    name: str
    budget: int
    run: Callable[[Suite], Count]
    folder: str
    options: tuple[str, ...] = ()

    def present(self) -> bool:
        return any((TESTS / self.folder).rglob("test_*.py"))


def pytest(suite: Suite) -> Count:
    """Runs the suite's folder."""
    return _reported(suite, [sys.executable, "-m", "pytest", f"tests/{suite.folder}", *suite.options])


def patched(suite: Suite) -> Count:
    """Runs the suite's folder as a worker runs: patched by eventlet."""
    return _reported(suite, [sys.executable, "-W", "ignore", f"tests/{suite.folder}", *suite.options])


def lint(suite: Suite) -> Count:
    """Runs the lint tools, each counted as one test, and the lints of our own."""
    done = Count()
    for name, command in lint_commands():
        passed = subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 0
        print(f"{'ok    ' if passed else 'FAILED'} {name}", flush=True)
        done += Count(passed=int(passed), failed=int(not passed))
    return done + pytest(suite)


def web(suite: Suite) -> Count:
    """Runs the tools and the unit tests of the web app, each tool counted as one test, and the tests of what was built."""
    import web as build

    build.prepare()
    done = Count()
    for name, command in (("tsc", ("--noEmit",)), ("eslint", (".", "--max-warnings", "0"))):
        passed = build.run(build.tool(name), *command) == 0
        print(f"{'ok    ' if passed else 'FAILED'} {name}", flush=True)
        done += Count(passed=int(passed), failed=int(not passed))
    report = REPORTS / "web-unit.xml"
    report.unlink(missing_ok=True)
    status = build.run(build.tool("vitest"), "run", "--reporter=default", "--reporter=junit", f"--outputFile.junit={report}")
    units = read_report(report) if report.exists() else Count()
    return done + (units if status == 0 or units.failed else units + Count(failed=1)) + pytest(suite)


def lint_commands() -> list[tuple[str, list[str]]]:
    """The lint tools with their names."""
    python = ["services", "gateway", "tests", "deploy"]
    commands = [
        ("ruff check", [str(BIN / "ruff"), "check", "--output-format=concise", *python]),
        ("ruff format", [str(BIN / "ruff"), "format", "--check", *python]),
        ("mypy", [str(BIN / "mypy"), "--no-error-summary"]),
        ("arrows", [str(BIN / "lint-imports"), "--no-cache"]),
        ("buf lint", [str(BIN / "buf"), "lint"]),
    ]
    release = last_release()
    if release:
        commands.append(("buf breaking", [str(BIN / "buf"), "breaking", "--against", f".git#tag={release}"]))
    return commands


def last_release() -> str:
    """The newest release's tag before this commit; empty before the first release."""
    command = ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def environment() -> dict[str, str]:
    """What tools and tests see: no Python path of the caller, the programs of the virtual environment first."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    seen = {**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, "PATH": path}
    if seen.pop("PYTHONDONTWRITEBYTECODE", ""):
        # The tree stays as clean as the caller wants it, and yet not every one of some hundred processes compiles all modules anew.
        seen["PYTHONPYCACHEPREFIX"] = str(ROOT / "var" / "pycache")
    return seen


def _reported(suite: Suite, command: list[str]) -> Count:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{suite.name}.xml"
    report.unlink(missing_ok=True)
    command = [*command, "-q", f"--junit-xml={report}", "-o", f"junit_suite_name={suite.name}"]
    status = subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode
    count = read_report(report) if report.exists() else Count()
    # A run that broke down, or found nothing to run, has failed even where no single test did.
    return count if status == 0 or count.failed else count + Count(failed=1)


def read_report(report: Path) -> Count:
    """Counts the tests of a JUnit report."""
    total = Count()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        total += Count(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)
    return total


def remarks(report: Path) -> list[str]:
    """What a suite says of itself beyond its counts."""
    if not report.exists():
        return []
    said = ElementTree.parse(report).getroot().iterfind("testsuite/properties/property")
    return [f"{entry.get('name')}: {entry.get('value')}" for entry in said]


def failures(report: Path) -> list[str]:
    """The failed tests of a JUnit report, each with the first line of why."""
    if not report.exists():
        return []
    cases = ElementTree.parse(report).getroot().iter("testcase")
    found = [(case, case.find("failure") if case.find("failure") is not None else case.find("error")) for case in cases]
    return [
        f"{case.get('classname')}::{case.get('name')}: {(why.get('message') or '').split(chr(10))[0][:200]}"
        for case, why in found
        if why is not None
    ]


TWO = ("-n", "2")
# Each clause also on changed packs. A module and what it proves stay in one process: it need not run again to be known to pass.
CHANGED = (*TWO, "--dist", "loadscope", "--mutants")
SUITES = (
    Suite("lint", 3, lint, "lint"),
    Suite("unit", 1, pytest, "unit", TWO),
    Suite("service", 6, pytest, "service", TWO),
    Suite("web", 2, web, "web"),
    Suite("worker", 3, patched, "service/worker"),
    Suite("contract", 6, pytest, "contract", TWO),
    Suite("chart", 3, pytest, "chart", TWO),
    Suite("scenario", 8, pytest, "scenario", CHANGED),
    Suite("e2e", 8, pytest, "e2e"),
    Suite("web-e2e", 5, pytest, "web_e2e"),
    Suite("deploy", 5, pytest, "deploy"),
)


def main(names: list[str]) -> int:
    unknown = set(names) - {suite.name for suite in SUITES}
    if unknown:
        sys.exit(f"no such suite: {', '.join(sorted(unknown))}; there are {', '.join(suite.name for suite in SUITES)}")
    total, lines, failed = Count(), [], []
    for suite in SUITES:
        if (names and suite.name not in names) or not suite.present():
            continue
        print(f"\n== {suite.name}", flush=True)
        started = time.monotonic()
        count = suite.run(suite)
        minutes = (time.monotonic() - started) / 60
        late = "  over its budget" if minutes > suite.budget else ""
        report = REPORTS / f"{suite.name}.xml"
        lines.append(f"{suite.name:10} {minutes:5.1f} min of {suite.budget}   {count}{late}")
        lines += [f"{'':10} {remark}" for remark in remarks(report)]
        total += count
        failed += failures(report) if count.failed else []
    # The last lines are what a CI system keeps: they name what failed, not only how much.
    print("\n" + "\n".join([*(f"FAILED {test}" for test in failed), *lines]))
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
