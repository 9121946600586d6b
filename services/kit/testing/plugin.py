"""What every pytest run of the platform has: a time zone that nobody expects, a printed seed, real servers, a driven clock.

`tests/conftest.py` loads it.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from services.kit.clock import DrivenClock
from services.kit.testing import runs

if TYPE_CHECKING:
    from services.kit.testing.postgres import PostgresServer
    from services.kit.testing.rabbit import Broker, Vhost

# Neither UTC nor Shanghai, and half an hour beside the full one: whoever forgets a zone is off by 2:30 or 11:30.
os.environ["TZ"] = "America/St_Johns"
time.tzset()

_IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
_SEED = "XIAONENG_TEST_SEED"

# Databases and brokers are slower than hypothesis expects of a function.
_SLOW = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
settings.register_profile("here", deadline=None, print_blob=True, suppress_health_check=_SLOW)
settings.register_profile("ci", deadline=None, print_blob=True, suppress_health_check=_SLOW, derandomize=True)
settings.load_profile("ci" if _IN_CI else "here")


def _seed() -> int:
    """The seed of this run: given, fixed in CI, else new; the same in all processes of the run."""
    return int(os.environ.setdefault(_SEED, "20190601" if _IN_CI else str(random.SystemRandom().randrange(2**31))))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not _IN_CI and config.getoption("--hypothesis-seed", default=None) is None:
        config.option.hypothesis_seed = str(_seed())


def pytest_report_header() -> str:
    return f"seed: {_seed()} (repeat with {_SEED}={_seed()})"


def pytest_unconfigure() -> None:
    runs.end()


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Randomness of one test, which follows from the printed seed and the test's name."""
    return random.Random(f"{_seed()}:{request.node.nodeid}")


@pytest.fixture
def driven_clock() -> DrivenClock:
    """A clock that stands on a Monday morning of the office, 2025-09-22 09:00 in Shanghai, until it is driven."""
    return DrivenClock(datetime(2025, 9, 22, 1, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """The PostgreSQL of this run."""
    from services.kit.testing.postgres import server

    return server()


@pytest.fixture(scope="session")
def server_url(postgres: PostgresServer) -> str:
    """URL of a superuser of the run's PostgreSQL, who may make roles and databases."""
    return postgres.url


@pytest.fixture(scope="session")
def broker() -> Broker:
    """The RabbitMQ of this run, shared by all tests: take a `vhost`, do not stop it."""
    from services.kit.testing.rabbit import broker

    return broker()


@pytest.fixture
def vhost(broker: Broker) -> Iterator[Vhost]:
    """A fresh virtual host of the run's RabbitMQ, with an administrator of its own."""
    with broker.vhost() as made:
        yield made


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    """A RabbitMQ that only this test uses, and may kill, stop and start again."""
    from services.kit.testing.rabbit import own_broker

    with own_broker() as made:
        yield made
