"""Workers on a virtual host and databases of their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.kit.clock import SystemClock
from services.kit.testing.postgres import PostgresServer
from tests.service.bus.probe import Pair, pair
from tests.service.worker.workers import Workers

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Vhost


@pytest.fixture
def both(postgres: PostgresServer) -> Iterator[Pair]:
    """Producer and consumer in real time: processes cannot share a clock of this one."""
    with pair(postgres.url, SystemClock()) as made:
        yield made


@pytest.fixture
def workers(both: Pair, vhost: "Vhost", tmp_path: Path) -> Iterator[Workers]:
    """Starts workers; kills what is left of them."""
    made = Workers(both, vhost.url, tmp_path)
    yield made
    made.stop()
