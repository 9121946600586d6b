"""What an administrator sees of stuck limits, and that trying again concerns the own tenant only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.documents.service import SPEC
from services.kit import pages, upkeep
from services.kit.clock import DrivenClock
from services.kit.deadline.stuck import Stuck
from services.kit.service import Ports
from services.kit.testing.office import a_caller
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports
from services.kit.upkeep import RetryStuck


@pytest.fixture
def ports(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, driven_clock) as made:
        for tenant, deadline in (("office", "l-1"), ("other", "l-2")):
            Stuck(made).set_apart(tenant, deadline, ValueError("a person's name"), driven_clock.now())
        yield made


def test_a_tenant_sees_its_own(ports: Ports) -> None:
    with ports.db.snapshot("office", a_caller("admin", "office")) as tx:
        rows = upkeep.stuck(tx, pages.read(0, "", scope=(), now=tx.now))
    assert [(row.deadline, row.error, row.attempts) for row in rows] == [("l-1", "ValueError", 1)]


def test_a_tenant_has_its_own_tried_again_at_once(ports: Ports) -> None:
    caller = a_caller("admin", "office")
    with ports.db.tenant("office", caller) as tx:
        assert upkeep.retry("documents")(tx, RetryStuck(caller=caller, deadlines=("l-2",))) == 0
        assert upkeep.retry("documents")(tx, RetryStuck(caller=caller)) == 1
    with ports.db.plumbing() as tx:
        assert Stuck(ports).due(tx, ports.clock.now()) == [("office", "l-1")]
