"""Runs the scenarios: `office` gives each one an office of its own; `--mutants` runs it again on every changed pack (`rerun.py`);
`--coverage-file` says of each clause of the catalogue whether it is carried out.

    @pytest.mark.clause("ganzhou/2.1")
    def test_a_proposal_for_two_sections_names_the_lead(office):
        bureau = office("ganzhou", at="2019-04-15 09:00")

A test claims at most three clauses. A clause is `passing` when the scenarios that claim it pass and, for every change of the pack where the
clause rests, one of them fails in its own assertion. `tests/scenario/platform.yaml` names the test for what is a property of the platform
and not of a pack; `tests/scenario/missing.txt` lists what has no scenario yet and may only get shorter.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from services.kit.clock import DrivenClock
from tests.scenario import coverage, rerun

if TYPE_CHECKING:
    from tests.scenario.world import Office, World

_MOST_CLAUSES = 3


class Offices:
    """Opens the offices of one scenario and closes them behind it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open = ExitStack()

    def __call__(self, name: str, at: str, under: Office | None = None) -> Office:
        return self._open.enter_context(self._world.office(name, at, under))

    def founded(self, data: Mapping[str, Any], at: str, sources: Mapping[str, str]) -> Office:
        """Opens an office that is described here and now, under these packs."""
        return self._open.enter_context(self._world.founded(data, at, sources))

    def close(self) -> None:
        """Removes them."""
        self._open.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("scenarios")
    group.addoption("--mutants", action="store_true", help="run the scenarios of each clause again on every changed pack")
    group.addoption("--coverage-file", type=Path, help="write of each clause whether it is carried out")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--mutants"):
        config.pluginmanager.register(rerun.OnChangedPacks(), "changed-packs")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(coverage.Report(config.getoption("--coverage-file")), "clauses")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuses a scenario that claims too much or what no catalogue has."""
    known = {entry["id"] for entry in coverage.catalogue_entries()}
    for item in items:
        claimed = coverage.clauses_of(item)
        if len(claimed) > _MOST_CLAUSES:
            raise pytest.UsageError(f"{item.nodeid} claims {len(claimed)} clauses, at most {_MOST_CLAUSES}")
        if unknown := set(claimed) - known:
            raise pytest.UsageError(f"{item.nodeid} claims {', '.join(sorted(unknown))}, which no regulation has")
        if claimed:
            item.user_properties.append((coverage.CLAUSES, claimed))


@pytest.fixture(scope="session")
def world(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The platform, started once for all scenarios of this process."""
    from services.platform.embedded import Options, Platform
    from services.platform.people import organisations
    from services.platform.up import OfPeople
    from tests.scenario.world import World, moment

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    options = Options(
        folder=tmp_path_factory.mktemp("scenario"),
        driven_from=moment("2003-01-01 00:00"),
        postgres_url=postgres.url,
        installation=f"scenario-{worker}-{os.getpid()}",
        rate="100000/second",
    )
    platform = Platform(options, OfPeople(organisations())).start()
    try:
        assert isinstance(platform.clock, DrivenClock)
        world = World(platform, postgres.url)
        yield world
        world.close()
    finally:
        platform.stop()


@pytest.fixture
def office(world: World) -> Iterator[Offices]:
    """Opens an office: `office("ganzhou", at="2019-04-15 09:00")`."""
    offices = Offices(world)
    yield offices
    offices.close()
