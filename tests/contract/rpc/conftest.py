"""One platform on a driven clock for all methods, with two offices under the same regulation and one under nearly none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import yaml

from services.platform.embedded import Options, Platform
from services.platform.people import organisations, pack_text
from services.platform.up import OfPeople
from tests.contract.rpc.contract import methods
from tests.contract.rpc.office import Line, OfficeDesk
from tests.scenario.world import OFFICES, World, moment

OFFICE = "ganzhou"
AT = "2019-04-15 09:00"
DEFAULTS = "platform-defaults"
_GRANTS = re.compile(r"^grants:\n(?: +.*\n)+", re.MULTILINE)


@dataclass(frozen=True)
class Offices:
    """`home` is where the builders work, `next_door` has the same posts and other people. In `bare` nobody but the administrator may do
    anything, in `probe` everybody may do exactly one thing: neither has what the platform's own rules grant."""

    line: Line
    home: OfficeDesk
    next_door: OfficeDesk
    bare: OfficeDesk
    probe: OfficeDesk


def holder_of(permission: str) -> str:
    """Who in the office `probe` holds this permission and no other one."""
    return f"only-{permission.replace(':', '-').replace('_', '-')}"


def _without_grants(pack: str) -> str:
    """The text of a pack that lets nobody do anything."""
    text, found = _GRANTS.subn("", pack_text(pack))
    assert found == 1, f"{pack}: no grants"
    return text


def _probe() -> tuple[dict[str, Any], dict[str, str]]:
    """An office with a person for each permission of the contract, and the pack that grants it."""
    wanted = {method.access.permission: f"post_{number}" for number, method in enumerate(methods()) if method.access.permission}
    people = [
        {"id": holder_of(permission), "name": "某某", "unit": "all", "post": post, "title": "科员"} for permission, post in wanted.items()
    ]
    data = {
        "tenant": {"id": "probe", "display_name": "某单位", "kind": "municipal_bureau"},
        "packs": [DEFAULTS, "probe"],
        "administrator": {"id": "admin", "display_name": "管理员"},
        "units": [{"id": "all", "display_name": "全体", "kind": "section"}],
        "people": people,
    }
    pack = {
        "schema": 1,
        "pack": "probe",
        "version": 1,
        "title": "权限试行办法",
        "issuer": "办公室",
        "document_number": "试〔2019〕2号",
        "effective_from": date(2019, 1, 1),
        "layer": "regulation",
        "posts": dict.fromkeys(wanted.values(), "科员"),
        "roles": {f"role_{post}": {"label": "科员", "posts": [post]} for post in wanted.values()},
        "grants": {f"role_{post}": [permission] for permission, post in wanted.items()},
        "clauses": [{"id": "probe/1", "article": "第一条", "quote": "各负其责"}],
        "rules": [],
    }
    return data, {DEFAULTS: _without_grants(DEFAULTS), "probe": yaml.safe_dump(pack, allow_unicode=True)}


@pytest.fixture(scope="session")
def offices(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    options = Options(
        folder=tmp_path_factory.mktemp("contract"),
        driven_from=moment("2003-01-01 00:00"),
        postgres_url=postgres.url,
        installation=f"contract-{worker}-{os.getpid()}",
        rate="100000/second",
    )
    platform = Platform(options, OfPeople(organisations())).start()
    try:
        world = World(platform, postgres.url)
        line = Line(world)
        data = yaml.safe_load((OFFICES / f"{OFFICE}.yaml").read_text(encoding="utf-8"))
        probe_data, probe_packs = _probe()
        with (
            world.office(OFFICE, at=AT) as home,
            world.office(OFFICE, at=AT) as next_door,
            world.founded(data, AT, {DEFAULTS: _without_grants(DEFAULTS)}) as bare,
            world.founded(probe_data, AT, probe_packs) as probe,
        ):
            offices = Offices(line, *(OfficeDesk(line, office) for office in (home, next_door, bare, probe)))
            offices.home.beside, offices.next_door.beside = offices.next_door, offices.home
            yield offices
    finally:
        platform.stop()


@pytest.fixture(scope="session")
def home(offices: Offices) -> OfficeDesk:
    """The office in which the builders work."""
    return offices.home
