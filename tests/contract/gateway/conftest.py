from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.gateway.harness import Platform, running


@pytest.fixture(scope="session")
def shared(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running(postgres.url, tmp_path_factory.mktemp("gateway"), sign_in_rate="100000/minute") as platform:
        yield platform


@pytest.fixture
def platform(shared: Platform) -> Platform:
    """The shared platform, with nothing left of the test before."""
    shared.toy.fail = None
    shared.toy.seen.metadata = {}
    shared.toy.seen.request = None
    return shared
