"""What the trials of an installation share: the installation itself, which takes longer to start than most of them run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from services.platform.people import organisations
from tests.deploy.installation import Installation, installed
from tests.deploy.site import Release

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[Installation]:
    """The running installation with the office of the trials."""
    organisation = next(each for each in organisations() if each.tenant == "ganzhou")
    with installed(broker, tmp_path_factory.mktemp("installation"), Release("this"), organisation) as made:
        yield made
