"""Fixtures of the working-time tests."""

import pytest

from services.kit.worktime import Calendar


@pytest.fixture(scope="session")
def national():
    """The national calendar with the default office hours."""
    return Calendar()
