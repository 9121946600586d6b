"""Runs a scenario that passes again on every changed pack of the clauses that it claims: it must fail there, in its own assertion."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import grpc
import pytest
from _pytest.runner import runtestprotocol

from services.kit.rpc.status import read
from services.platform.policy_cli import catalogue
from tests.scenario import coverage, packs
from tests.scenario.mutants import Mutant, mutants

_HERE = Path(__file__).parent
_FAILURE = pytest.StashKey[BaseException | None]()
_SET_UP = pytest.StashKey[bool]()


class _Sibling:
    """Stands for a following test of the same module, so that only the fixtures of the test itself end between two runs."""

    def __init__(self, item: pytest.Item) -> None:
        self._chain = item.listchain()[:-1]

    def listchain(self) -> list[Any]:
        return self._chain


class OnChangedPacks:
    """The plugin."""

    def __init__(self) -> None:
        self._killed: set[tuple[str, str]] = set()
        self._mutants: dict[tuple[str, str], list[Mutant]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        claimed = coverage.clauses_of(item)
        if not claimed:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        packs.forget()
        reports = self._run(item)
        if all(report.passed for report in reports):
            outcome = self._on_each(item, claimed)
            next(report for report in reports if report.when == "call").user_properties.append((coverage.SCENARIO, outcome))
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.session._setupstate.teardown_exact(nextitem)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @pytest.hookimpl
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Remembers with what the scenario failed."""
        if call.when == "setup":
            item.stash[_SET_UP] = call.excinfo is None
        if call.when == "call":
            item.stash[_FAILURE] = call.excinfo.value if call.excinfo else None

    def _on_each(self, item: pytest.Item, claimed: list[str]) -> dict[str, Any]:
        outcome: dict[str, Any] = {"clauses": claimed, "survived": [], "killed": [], "unusable": [], "otherwise": []}
        for pack in sorted(packs.used()):
            for clause in claimed:
                for mutant in self._of(pack, clause):
                    key = (clause, mutant.description)
                    if key not in self._killed:
                        outcome[self._fate(item, pack, mutant)].append(list(key))
                        failure = item.stash[_FAILURE]
                        if failure is not None and not _own(failure):
                            outcome["otherwise"].append([clause, f"{mutant.description}: {type(failure).__name__}: {failure}"[:200]])
        self._killed |= {(clause, change) for clause, change in outcome["killed"]}
        return outcome

    def _of(self, pack: str, clause: str) -> list[Mutant]:
        if (pack, clause) not in self._mutants:
            self._mutants[pack, clause] = mutants(packs.text(pack), clause, catalogue())
        return self._mutants[pack, clause]

    def _fate(self, item: pytest.Item, pack: str, mutant: Mutant) -> str:
        item.stash[_SET_UP], item.stash[_FAILURE] = False, None
        with packs.changed({pack: mutant.pack}):
            self._run(item)
        if not item.stash[_SET_UP]:
            return "unusable"
        return "killed" if _own(item.stash[_FAILURE]) else "survived"

    @staticmethod
    def _run(item: pytest.Item) -> list[pytest.TestReport]:
        item._initrequest()  # type: ignore[attr-defined]  # fresh fixtures, as for a test that is run again
        reports: list[pytest.TestReport] = runtestprotocol(item, log=False, nextitem=_Sibling(item))  # type: ignore[arg-type]
        return reports


def _own(failure: BaseException | None) -> bool:
    """Says whether a scenario failed because of what it says: an assertion, `(one,) = …` where there are not as many, or an act that was
    refused although the scenario says that it is done."""
    if isinstance(failure, grpc.RpcError):
        return read(failure).reason not in ("", "INTERNAL")
    if isinstance(failure, ValueError) and "to unpack" in str(failure):
        return Path(traceback.extract_tb(failure.__traceback__)[-1].filename).is_relative_to(_HERE)
    return isinstance(failure, AssertionError)
