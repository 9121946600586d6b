"""A toy service's database, as its processes see it."""

from collections.abc import Iterator

import pytest

from services.kit.clock import SystemClock
from services.kit.db.engine import Database
from services.kit.db.migrate import Urls
from services.kit.testing import toy
from services.kit.testing.service import AUDIT_KEY, database


@pytest.fixture
def urls(server_url: str) -> Iterator[Urls]:
    """A fresh database with the roles of production."""
    with database(server_url, toy.NAME, toy.metadata, toy.MIGRATIONS) as found:
        yield found


@pytest.fixture
def db(urls: Urls) -> Iterator[Database]:
    """The database as the application's login opens it."""
    opened = Database(toy.NAME, urls.app, SystemClock(), toy.metadata, audit_key=AUDIT_KEY.encode())
    yield opened
    opened.dispose()
