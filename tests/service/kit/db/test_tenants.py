"""Row-level security: the tenants of one installation do not see each other, whatever a query forgets."""

import psycopg2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.kit.clock import SystemClock
from services.kit.db.engine import Database, UnsafeRole
from services.kit.db.migrate import Urls, migrate
from services.kit.testing import toy
from services.kit.testing.toy import things


def given_a_thing(db: Database, tenant: str, key: str = "1") -> None:
    with db.tenant(tenant) as tx:
        tx.insert(things, {"id": key, "n": 1})


def test_a_query_without_a_filter_sees_the_rows_of_its_own_tenant_only(db: Database) -> None:
    given_a_thing(db, "river")
    given_a_thing(db, "hill")
    with db.tenant("hill") as tx:
        assert [row.tenant for row in tx.all(select(things))] == ["hill"]


def test_a_row_for_another_tenant_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), db.tenant("river") as tx:
        tx.insert(things, {"tenant": "hill", "id": "1", "n": 1})


def test_a_change_of_anothers_row_touches_nothing(db: Database) -> None:
    given_a_thing(db, "hill")
    with db.tenant("river") as tx:
        assert tx.execute(things.update().values(n=9)) == 0
    with db.tenant("hill") as tx:
        assert tx.scalar(select(things.c.n)) == 1


def test_the_login_without_a_role_sees_nothing_at_all(urls: Urls, db: Database) -> None:
    given_a_thing(db, "river")
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(select(things))


def test_plumbing_may_not_touch_the_rows_of_an_office(db: Database) -> None:
    given_a_thing(db, "river")
    with pytest.raises(DBAPIError, match="permission denied"), db.plumbing() as tx:
        tx.all(select(things))


def test_plumbing_goes_on_as_the_application_of_one_tenant(db: Database) -> None:
    given_a_thing(db, "river")
    given_a_thing(db, "hill")
    with db.plumbing() as tx:
        tx.enter("river")
        assert [row.tenant for row in tx.all(select(things))] == ["river"]
        tx.enter("hill")
        assert [row.tenant for row in tx.all(select(things))] == ["hill"]


def test_the_tenant_does_not_stay_on_the_connection(db: Database) -> None:
    given_a_thing(db, "river")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT current_setting('xiaoneng.tenant', true)")).scalar() in (None, "")


def test_the_audit_can_be_added_to_and_not_changed(db: Database) -> None:
    with db.tenant("river") as tx:
        tx.audit("toy.act", "things/1")
    audit = toy.metadata.tables["audit"]
    with pytest.raises(DBAPIError, match="permission denied"), db.tenant("river") as tx:
        tx.execute(audit.update().values(act="toy.other"))


@pytest.mark.parametrize("tenant", ["a.b", "A", "a'; SET ROLE x; --", "a" * 64])
def test_what_is_not_a_tenant_is_not_sent_to_the_database(db: Database, tenant: str) -> None:
    with pytest.raises(ValueError), db.tenant(tenant):
        pytest.fail("the transaction must not open")


def test_a_process_refuses_a_login_that_row_level_security_does_not_bind(urls: Urls, server_url: str) -> None:
    unsafe = Database(toy.NAME, urls.owner, SystemClock(), toy.metadata, audit_key=b"")
    with pytest.raises(UnsafeRole):
        unsafe.check_role()
    unsafe.dispose()


def test_migrating_again_changes_nothing(urls: Urls, db: Database) -> None:
    given_a_thing(db, "river")
    migrate(toy.NAME, toy.metadata, toy.MIGRATIONS, urls.owner)
    with db.tenant("river") as tx:
        assert tx.scalar(select(things.c.n)) == 1


def test_without_a_tenant_no_row_is_seen(db: Database) -> None:
    given_a_thing(db, "river")
    with db.tenant("") as tx:
        assert tx.all(select(things)) == []
