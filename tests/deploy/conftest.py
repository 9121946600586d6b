"""What the trials of an installation share."""

from __future__ import annotations

import pytest

from services.platform.people import Organisation, organisations
from tests.deploy.site import Release


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    """The office of the trials."""
    return next(each for each in organisations() if each.tenant == "ganzhou")


@pytest.fixture(scope="session")
def this() -> Release:
    """The release that this tree is."""
    return Release("this")
