"""The next release is rolled over this one on one database while requests run, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url, text

from services.kit.db.engine import driver_url
from services.platform.people import Organisation
from tests.deploy.rolling import DRAIN_SECONDS, next_release, rolled
from tests.deploy.site import Release, Site, site

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Vhost

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def answered(place: Site, question: str) -> set[str]:
    """What a superuser reads in the database of documents."""
    engine = create_engine(driver_url(str(make_url(place.postgres).set(database="xn_documents").render_as_string(hide_password=False))))
    try:
        with engine.connect() as connection:
            return set(connection.execute(text(question)).scalars())
    finally:
        engine.dispose()


def test_a_release_is_rolled_over_another_one_and_back_and_no_request_is_lost(
    vhost: Vhost, this: Release, organisation: Organisation
) -> None:
    after = next_release()
    with site(vhost.url) as place:
        place.prepare(this)
        place.migrate(this)
        place.start(this)
        place.seed(this, organisation)
        # The rest is the whole roll's, `python -m tests.deploy.rolling`; here it works as this release on the tables of the next.
        done = rolled(place, this, after, organisation, "documents-api", "documents-worker", "gateway")
        assert done.lost == set()
        assert done.longest < DRAIN_SECONDS, "\n".join(map(str, done.parts))
        # Rows of the old code on the new tables, before and after the roll, have what the next release expects of them.
        assert answered(place, "SELECT DISTINCT of_the_next FROM documents") == {"", "filled"}
        assert answered(place, "SELECT version_num FROM alembic_version") == {"9999_the_next"}
