"""Transactions: what is written together, what a lock means, when the clock is read."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.kit.clock import DrivenClock
from services.kit.db.engine import Database
from services.kit.db.event import Event
from services.kit.db.migrate import Urls
from services.kit.db.seal import content_hmac
from services.kit.errors import Busy, Exists, Stale
from services.kit.testing import toy
from services.kit.testing.service import AUDIT_KEY
from services.kit.testing.toy import things

OUTBOX = toy.metadata.tables["outbox"]
AUDIT = toy.metadata.tables["audit"]


def an_event(subject: str = "things/1") -> Event:
    from xiaoneng.kit.v1 import work_pb2

    return Event("toy.work.opened.v1", subject, work_pb2.WorkOpened())


def test_state_event_and_record_are_written_together(db: Database) -> None:
    with db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1, "about": {"title": "供水"}})
        tx.emit(an_event())
        tx.audit("toy.make", "things/1")
    with db.tenant("river") as tx:
        assert tx.scalar(select(things.c.about)) == {"title": "供水"}
        assert tx.scalar(select(OUTBOX.c.subject_version)) == 1
        assert tx.scalar(select(AUDIT.c.act)) == "toy.make"


def test_an_exception_leaves_nothing_of_it(db: Database) -> None:
    with pytest.raises(RuntimeError), db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1})
        tx.flush()
        tx.emit(an_event())
        raise RuntimeError("third effect")
    with db.tenant("river") as tx:
        assert tx.all(select(things)) == []
        assert tx.all(select(OUTBOX)) == []


def test_versions_of_a_subject_have_no_gap_when_threads_write_at_once(db: Database) -> None:
    def write() -> None:
        for _ in range(20):
            with db.tenant("river") as tx:
                tx.emit(an_event())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.tenant("river") as tx:
        versions = sorted(row.subject_version for row in tx.all(select(OUTBOX)))
    assert versions == list(range(1, 81))


def test_what_was_expected_and_is_no_longer_so_is_stale(db: Database) -> None:
    with db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1})
    with pytest.raises(Stale), db.tenant("river") as tx:
        tx.insert(things, {"id": "2", "n": 1})
        tx.update(things, {"id": "1"}, {"n": 3}, expect={"n": 2})
    with db.tenant("river") as tx:
        assert [row.id for row in tx.all(select(things))] == ["1"]


def test_a_taken_key_is_the_refusal_that_the_command_named(db: Database) -> None:
    with db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1})
    with pytest.raises(Exists), db.tenant("river") as tx:
        tx.on_conflict("pk_things", Exists)
        tx.insert(things, {"id": "1", "n": 2})


def test_the_time_of_an_act_is_read_after_its_rows_are_locked(db: Database) -> None:
    with db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1})
    seen: list[datetime] = []
    waiting = threading.Event()

    def second() -> None:
        with db.tenant("river") as tx:
            waiting.set()
            tx.locked(select(things).where(things.c.id == "1"))
            seen.append(tx.now)

    with db.tenant("river") as tx:
        tx.locked(select(things).where(things.c.id == "1"))
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(5)
        with db.tenant("hill") as other:
            released = other.now
    thread.join()
    assert seen[0] >= released


def test_a_driven_clock_gives_the_time_of_the_act(urls: Urls) -> None:
    clock = DrivenClock(datetime(2019, 9, 27, 8, tzinfo=UTC))
    db = Database(toy.NAME, urls.app, clock, toy.metadata, audit_key=AUDIT_KEY.encode())
    clock.set(clock.now() + timedelta(hours=6))
    with db.tenant("river") as tx:
        assert tx.now == datetime(2019, 9, 27, 14, tzinfo=UTC)
    db.dispose()


def test_a_part_that_fails_falls_out_alone(db: Database) -> None:
    with db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1})
        with pytest.raises(RuntimeError), tx.savepoint("part"):
            tx.insert(things, {"id": "2", "n": 1})
            tx.flush()
            raise RuntimeError("poison")
        tx.insert(things, {"id": "3", "n": 1})
    with db.tenant("river") as tx:
        assert sorted(row.id for row in tx.all(select(things))) == ["1", "3"]


def test_a_cut_connection_is_replaced_before_anything_was_done(db: Database, server_url: str) -> None:
    with db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1})
    cut_connections(server_url, db)
    with db.tenant("river") as tx:
        assert tx.scalar(select(things.c.n)) == 1


def test_a_connection_cut_in_the_middle_is_busy_and_leaves_nothing(db: Database, server_url: str) -> None:
    with pytest.raises(Busy), db.tenant("river") as tx:
        tx.insert(things, {"id": "1", "n": 1})
        cut_connections(server_url, db)
    with db.tenant("river") as tx:
        assert tx.all(select(things)) == []


def test_the_hmac_of_a_record_covers_what_it_says(db: Database) -> None:
    with db.tenant("river") as tx:
        tx.audit("toy.make", "things/1", details={"n": 1})
    with db.tenant("river") as tx:
        row = tx.one(select(AUDIT))
    assert row is not None
    assert content_hmac(AUDIT_KEY.encode(), row._mapping) == row.content_hmac
    assert content_hmac(AUDIT_KEY.encode(), {**row._mapping, "details": {"n": 2}}) != row.content_hmac


def cut_connections(server_url: str, db: Database) -> None:
    from sqlalchemy import create_engine, text

    from services.kit.db.engine import driver_url

    engine = create_engine(driver_url(server_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as admin:
        admin.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": db.engine.url.database},
        )
    engine.dispose()
