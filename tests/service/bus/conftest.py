"""The two services of the bus's tests."""

from collections.abc import Iterator

import pytest

from services.kit.clock import DrivenClock
from services.kit.service import Ports
from services.kit.testing.postgres import PostgresServer
from tests.service.bus.probe import Pair, pair, ports_of


@pytest.fixture
def both(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Pair]:
    """Producer and consumer on fresh databases and a driven clock."""
    with pair(postgres.url, driven_clock) as made:
        yield made


@pytest.fixture
def lost_database(driven_clock: DrivenClock) -> Iterator[Ports]:
    """A consumer whose server does not answer."""
    ports = ports_of("reader", "postgresql://reader:x@127.0.0.1:1/nowhere", driven_clock)
    yield ports
    ports.db.dispose()
