"""Directory on a real database, behind a real grpc server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.directory.service import SPEC
from services.kit.clock import DrivenClock
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Client, Served, served
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports


@pytest.fixture
def ports(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, driven_clock) as made:
        yield made


@pytest.fixture
def directory(ports: Ports) -> Iterator[Served]:
    with served(SPEC, ports) as running:
        yield running


@pytest.fixture
def operator(directory: Served) -> Client:
    """Who runs the installation."""
    return directory.internal("cli")


@pytest.fixture
def admin(directory: Served, operator: Client) -> Client:
    """The administrator of a tenant that has nothing yet."""
    operator.CreateTenant(
        tenant_id=TENANT,
        tenant={"display_name": "某市水利局", "kind": "municipal_bureau"},
        administrator={"person_id": "admin", "display_name": "管理员", "issuer": "https://id.example", "sub": "a-1"},
    )
    return directory.client("admin")


@pytest.fixture
def staffed(directory: Served, admin: Client) -> Client:
    """A small bureau: an office, two sections, a leader in charge of the first; returns its administrator."""
    for unit, kind in (("leaders", "leadership"), ("office", "office"), ("planning", "section"), ("water", "section")):
        admin.CreateUnit(unit_id=unit, unit={"display_name": unit, "kind": kind})
    for person, unit in (("wang", "leaders"), ("zhou", "office"), ("chen", "planning"), ("li", "planning"), ("sun", "water")):
        admin.CreatePerson(person_id=person, person={"display_name": person, "unit": f"units/{unit}"})
    for person, unit, kind in (
        ("wang", "leaders", "deputy_leader"),
        ("zhou", "office", "unit_head"),
        ("chen", "planning", "unit_head"),
    ):
        admin.CreatePost(post={"person": f"persons/{person}", "unit": f"units/{unit}", "kind": kind, "title": kind})
    admin.CreatePortfolio(portfolio={"person": "persons/wang", "unit": "units/planning"})
    return admin
