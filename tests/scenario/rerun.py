"""For each clause that scenarios claim a test of its own: every change of the packs where it rests is noticed by one of them, in its own
assertion.

The test stands behind the scenarios of its module and runs those that passed again, each changed pack by itself, until one notices. What
nobody notices fails, unless `survivors.yaml` says why it cannot be noticed; what is explained there and noticed after all fails as well.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
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
_SECONDS = 1800
_FAILURE = pytest.StashKey[BaseException | None]()
_SET_UP = pytest.StashKey[bool]()


class Unnoticed(AssertionError):
    """Packs were changed and the scenarios passed."""


@dataclass
class Fates:
    """What became of the changes of one clause, each by its description."""

    killed: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)

    def complaints(self, explained: frozenset[str]) -> list[str]:
        """Why the clause is not proved: nothing, or a line for each change."""
        return [
            *(f"no scenario notices: {change}" for change in self.survived if change not in explained),
            *(f"the changed pack could not be used: {change}" for change in self.unusable),
            *(f"explained in {coverage.SURVIVORS.name}, and yet noticed or not made: {c}" for c in sorted(explained - {*self.survived})),
        ]


class ChangedPacks(pytest.Item):
    """The changed packs of one clause, and the scenarios that have to notice them."""

    def __init__(self, *, clause: str, scenarios: list[pytest.Function], **about: Any) -> None:
        super().__init__(**about)
        self.clause = clause
        self.scenarios = scenarios
        self.fates = Fates()
        self.add_marker(pytest.mark.timeout(_SECONDS))

    def runtest(self) -> None:
        """Says what the reruns have found; they are over, because tests do not run inside a test."""
        if said := self.fates.complaints(coverage.explained(self.clause)):
            tried = ", ".join(scenario.name for scenario in self.scenarios)
            raise Unnoticed("\n".join([f"{self.clause}: {'; '.join(said)}", *self.fates.otherwise, f"run again: {tried}"]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The complaint itself; where it was raised says nothing."""
        return str(excinfo.value) if isinstance(excinfo.value, Unnoticed) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test stands."""
        return self.path, None, self.name


class Sibling(pytest.Item):
    """Stands for a following test of the same module, so that only the fixtures of the test itself end between two runs."""

    def runtest(self) -> None:
        """Does nothing: it only stands there."""


class OnChangedPacks:
    """The plugin."""

    def __init__(self) -> None:
        self._passed: dict[str, frozenset[str]] = {}  # the scenarios that pass, with the packs that they run under

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Puts the test of each clause behind the module of the last scenario that claims it."""
        claims: dict[str, list[pytest.Function]] = {}
        for item in (each for each in items if isinstance(each, pytest.Function)):
            for clause in coverage.clauses_of(item):
                claims.setdefault(clause, []).append(item)
        behind: dict[pytest.Item, list[pytest.Item]] = {}
        last = {item.parent: item for item in items}
        for clause, scenarios in claims.items():
            parent = scenarios[-1].parent
            assert parent is not None, "a test stands in a module"
            made = ChangedPacks.from_parent(parent, name=f"changed-packs[{clause}]", clause=clause, scenarios=scenarios)
            behind.setdefault(last[parent], []).append(made)
        items[:] = [each for item in items for each in (item, *behind.get(item, ()))]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Runs the scenarios of a clause again before its own test says what came out."""
        packs.forget()
        if isinstance(item, ChangedPacks):
            item.fates = self._on_each(item)
            item.session._setupstate.teardown_exact(item)
            said = {fate: [[item.clause, change] for change in changes] for fate, changes in vars(item.fates).items()}
            item.user_properties += [(coverage.CLAUSES, [item.clause]), (coverage.SCENARIO, said)]

    @pytest.hookimpl
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Remembers with what the scenario failed."""
        if call.when == "setup":
            item.stash[_SET_UP] = call.excinfo is None
        if call.when == "call":
            item.stash[_FAILURE] = call.excinfo.value if call.excinfo else None
            if call.excinfo is None and not packs.are_changed():
                self._passed[item.nodeid] = packs.used()

    def _on_each(self, item: ChangedPacks) -> Fates:
        fates, scenarios = Fates(), [scenario for scenario in item.scenarios if self._passes(scenario)]
        for pack in sorted({pack for scenario in scenarios for pack in self._passed[scenario.nodeid]}):
            under = [scenario for scenario in scenarios if pack in self._passed[scenario.nodeid]]
            for mutant in mutants(packs.text(pack), item.clause, catalogue()):
                fate = self._fate(pack, mutant, under, fates)
                getattr(fates, fate).append(mutant.description)
        return fates

    def _passes(self, scenario: pytest.Function) -> bool:
        """Whether a scenario passes on the packs as they are; where another process has run it, it is run here."""
        if scenario.nodeid not in self._passed:
            packs.forget()
            _run(scenario)
        return scenario.nodeid in self._passed

    def _fate(self, pack: str, mutant: Mutant, scenarios: list[pytest.Function], fates: Fates) -> str:
        """Runs one scenario after the other until one notices; it goes first the next time, neighbours are often noticed by the same."""
        usable = True
        for scenario in list(scenarios):
            scenario.stash[_SET_UP], scenario.stash[_FAILURE] = False, None
            with packs.changed({pack: mutant.pack}):
                _run(scenario)
            failure = scenario.stash[_FAILURE]
            if own(failure):
                scenarios.remove(scenario)
                scenarios.insert(0, scenario)
                return "killed"
            if failure is not None:
                fates.otherwise.append(f"{scenario.name} on {mutant.description}: {type(failure).__name__}: {failure}"[:200])
            usable = usable and scenario.stash[_SET_UP]
        return "survived" if usable else "unusable"


def _run(scenario: pytest.Function) -> None:
    assert scenario.parent is not None, "a test stands in a module"
    scenario.session._setupstate.teardown_exact(scenario)  # what the test before it had, and this one has not
    scenario._initrequest()  # fresh fixtures, as for a test that is run again
    runtestprotocol(scenario, log=False, nextitem=Sibling.from_parent(scenario.parent, name="after"))


def own(failure: BaseException | None) -> bool:
    """Says whether a scenario failed because of what it says: an assertion, `(one,) = …` where there are not as many, or an act that was
    refused although the scenario says that it is done."""
    if isinstance(failure, grpc.RpcError):
        return read(failure).reason not in ("", "INTERNAL")
    if isinstance(failure, ValueError) and "to unpack" in str(failure):
        return Path(traceback.extract_tb(failure.__traceback__)[-1].filename).is_relative_to(_HERE)
    return isinstance(failure, AssertionError)
