"""Both buses, one after the other, for every test of the suite."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from services.kit.clock import DrivenClock
from services.kit.testing.postgres import PostgresServer
from tests.contract.bus.harness import Bus, Inline, Rabbit
from tests.service.bus.probe import Pair, pair

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Vhost


@pytest.fixture
def both(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Pair]:
    """Producer and consumer on fresh databases."""
    with pair(postgres.url, driven_clock) as made:
        yield made


@pytest.fixture
def rabbit(both: Pair, driven_clock: DrivenClock, vhost: "Vhost") -> Iterator[Rabbit]:
    """The bus on a virtual host of its own."""
    made = Rabbit(both, driven_clock, vhost.url)
    yield made
    made.close()


@pytest.fixture(params=["inline", "rabbit"])
def bus(request: pytest.FixtureRequest, both: Pair, driven_clock: DrivenClock) -> Bus:
    """The bus under test."""
    if request.param == "inline":
        return Inline(both, driven_clock)
    return request.getfixturevalue("rabbit")
