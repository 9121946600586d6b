"""Fixtures of the policy tests."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def moment():
    """Some instant."""
    return datetime(2020, 1, 1, 4, tzinfo=UTC)
