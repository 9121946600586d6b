"""A limit that cannot be fired holds up nobody, is seen, and is fired as soon as it can be."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from services.kit import deadline
from services.kit.deadline import DeadlineCollector, Watch, model
from services.kit.deadline.stuck import listed, retry
from services.kit.testing.postgres import PostgresServer
from tests.service.kit.deadline.conftest import Desk, at

DUE = at("2019-04-08T16:00")


@contextmanager
def poison(desk: Desk, postgres: PostgresServer, subject: str) -> Iterator[None]:
    """Lets the database refuse to breach one limit, as a constraint would that nobody has thought of."""
    url = desk.ports.db.engine.url
    engine = create_engine(desk.ports.db.engine.url.set(**_admin(postgres)), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as admin:
            assert url.database == admin.execute(text("SELECT current_database()")).scalar()
            admin.execute(text(f"ALTER TABLE deadlines ADD CONSTRAINT odd CHECK (subject <> '{subject}' OR breached_at IS NULL) NOT VALID"))
        yield
        with engine.connect() as admin:
            admin.execute(text("ALTER TABLE deadlines DROP CONSTRAINT odd"))
    finally:
        engine.dispose()


def _admin(postgres: PostgresServer) -> dict[str, str | None]:
    from sqlalchemy import make_url

    admin = make_url(postgres.url)
    return {"username": admin.username, "password": admin.password}


def breached(desk: Desk) -> list[str]:
    return sorted(row.data["deadline"]["subject"] for row in desk.events("breached"))


def stuck_shown(desk: Desk) -> float:
    collector = DeadlineCollector([desk.ports])
    try:
        return next(m.samples[0].value for m in collector.collect() if m.name == "xiaoneng_deadlines_stuck")
    finally:
        collector.close()


@pytest.fixture
def others(desk: Desk) -> list[str]:
    """Five limits that are due at one moment; the third one will be the odd one."""
    names = [f"things/{number}" for number in range(5)]
    for name in names:
        desk.start(subject=name)
    return names


def test_the_others_of_its_batch_breach_in_time_and_it_is_seen(desk: Desk, postgres: PostgresServer, others: list[str]) -> None:
    with poison(desk, postgres, "things/2"):
        desk.until("2019-04-08T16:00:00")
        assert breached(desk) == ["things/0", "things/1", "things/3", "things/4"]
        assert {time for _, _, time in desk.fired()} == {DUE}
        (stuck,) = listed(desk.ports)
        (odd,) = desk.do(deadline.for_subject, "things/2")
        assert (stuck.tenant, stuck.deadline, stuck.error, stuck.attempts) == (desk.tenant, odd.id, "CheckViolation odd", 1)
        assert stuck_shown(desk) == 1
        assert (odd.breached_at, desk.counts()) == (None, (5, 4, 4, 0))


def test_what_falls_due_after_it_breaches_in_time_too(desk: Desk, postgres: PostgresServer, others: list[str]) -> None:
    with poison(desk, postgres, "things/2"):
        desk.until("2019-04-08T16:00:00")
        desk.start(subject="things/later", due_at=at("2019-04-08T16:00:03"))
        desk.until("2019-04-08T16:00:03")
        assert "things/later" in breached(desk)
        assert listed(desk.ports)[0].attempts == 1


def test_it_is_tried_again_at_growing_distances_and_breached_once_with_its_true_moment(
    desk: Desk, postgres: PostgresServer, others: list[str]
) -> None:
    with poison(desk, postgres, "things/2"):
        desk.until("2019-04-08T16:00:34")
        (stuck,) = listed(desk.ports)
        assert (stuck.attempts, stuck.next_at) == (2, DUE + timedelta(seconds=35))
        desk.until("2019-04-08T16:00:40")
        assert listed(desk.ports)[0].attempts == 3
    desk.until("2019-04-08T17:00:00")
    (odd,) = desk.do(deadline.for_subject, "things/2")
    assert (odd.breached_at, odd.state) == (DUE, model.OPEN)
    assert breached(desk) == others
    assert (listed(desk.ports), stuck_shown(desk)) == ([], 0)


def test_a_person_lets_it_be_tried_again_at_once(desk: Desk, postgres: PostgresServer, others: list[str]) -> None:
    with poison(desk, postgres, "things/2"):
        desk.until("2019-04-08T16:00:00")
    assert retry(desk.ports, ["another"]) == 0
    assert retry(desk.ports) == 1
    desk.watch()
    assert breached(desk) == others


def test_work_that_is_done_meanwhile_frees_it(desk: Desk, postgres: PostgresServer) -> None:
    started = desk.start(subject="things/2")
    with poison(desk, postgres, "things/2"):
        desk.until("2019-04-08T16:00:00")
        desk.do(deadline.cancel, "things/2", "fell away")
    desk.until("2019-04-08T16:10:00")
    assert (listed(desk.ports), desk.get(started).state) == ([], model.CANCELLED)


def test_a_database_that_is_away_makes_nothing_stuck(desk: Desk, others: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from psycopg2 import OperationalError

    watch = Watch(desk.ports)
    desk.clock.set(DUE)

    def away(*_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(watch, "_write", away)
        with pytest.raises(OperationalError):
            watch.step(desk.clock.now())
    assert listed(desk.ports) == []
    desk.watch()
    assert breached(desk) == others
