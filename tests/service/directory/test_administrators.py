"""What a release adds to the permissions of administrators: given once, by itself, and never to who has given it back."""

from __future__ import annotations

import importlib
import threading
from dataclasses import replace

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from services.directory.commands.administrators import ADMINISTERS
from services.directory.commands.change import changing
from services.directory.loops import Offers, loops
from services.directory.permissions import PERMISSIONS
from services.kit.db.engine import driver_url
from services.kit.db.migrate import secure
from services.kit.loop import drain
from services.kit.roster import Member
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Client
from services.kit.testing.postgres import PostgresServer
from tests.service.directory.test_organisation import acts, numbers

NEW, NEWER, OLD = "directory:moon:see", "directory:star:see", "directory:upkeep:repair"
MIGRATION = "services.directory.migrations.versions.2026_11_22_1250_permissions_offered_to_administrators"


def release(ports: Ports, *permissions: str) -> None:
    """A worker of a release that knows these permissions starts."""
    drain([Offers(ports, permissions)], ports.clock.now())


def held(ports: Ports, person: str) -> frozenset[str]:
    with ports.db.tenant(TENANT) as tx:
        member = tx.roster.member(person)
        assert member is not None
        return frozenset(member.permissions)


def forge(ports: Ports, postgres: PostgresServer, statement: str) -> None:
    """What a release before this one has left."""
    engine = create_engine(driver_url(postgres.url).set(database=ports.db.engine.url.database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_the_administrator_of_an_older_release_gets_what_is_new_and_can_give_it_on(
    staffed: Client, ports: Ports, postgres: PostgresServer
) -> None:
    older = sorted({*held(ports, "admin")} - {OLD})
    staffed.SetPermissions(name="persons/admin", permissions=older)
    forge(ports, postgres, f"DELETE FROM offered_permissions WHERE permission = '{OLD}'")
    assert staffed.refused("SetPermissions", name="persons/chen", permissions=[OLD]).reason == "PERMISSION_NOT_HELD"
    drain(loops(ports), ports.clock.now())
    assert held(ports, "admin") == {*older, OLD}
    staffed.SetPermissions(name="persons/chen", permissions=[OLD])
    assert held(ports, "chen") == {OLD}


def test_the_copies_hear_of_it_and_the_audit_says_who_got_what(admin: Client, ports: Ports) -> None:
    release(ports, *PERMISSIONS, NEW)
    assert numbers(ports) == [1, 2]
    (record,) = acts(ports, "directory.permission.add")
    assert (record.subject, record.person, record.details) == ("persons/admin", "service:directory", {"added": [NEW]})


def test_what_was_given_is_not_given_again(admin: Client, ports: Ports) -> None:
    release(ports, *PERMISSIONS, NEW)
    release(ports, *PERMISSIONS, NEW)
    assert (numbers(ports), len(acts(ports, "directory.permission.add"))) == ([1, 2], 1)


def test_the_permissions_of_a_new_tenant_are_not_given_twice(admin: Client, ports: Ports) -> None:
    admin.SetPermissions(name="persons/admin", permissions=sorted(held(ports, "admin") - {OLD}))
    drain(loops(ports), ports.clock.now())
    assert OLD not in held(ports, "admin")


def test_who_has_given_a_permission_back_gets_only_what_comes_later(admin: Client, ports: Ports) -> None:
    release(ports, NEW)
    admin.SetPermissions(name="persons/admin", permissions=sorted(held(ports, "admin") - {NEW}))
    release(ports, NEW)
    assert NEW not in held(ports, "admin")
    release(ports, NEW, NEWER)
    assert held(ports, "admin") & {NEW, NEWER} == {NEWER}


def test_every_person_who_may_grant_gets_it_and_nobody_else(staffed: Client, ports: Ports) -> None:
    staffed.CreatePerson(person_id="loader", person={"display_name": "loader", "kind": "service"})
    for person, permission in (("chen", ADMINISTERS), ("li", "directory:unit:create"), ("loader", ADMINISTERS)):
        staffed.SetPermissions(name=f"persons/{person}", permissions=[permission])
    release(ports, NEW)
    assert [person for person in ("admin", "chen", "li", "loader", "zhou") if NEW in held(ports, person)] == ["admin", "chen"]


def test_a_tenant_that_nobody_administers_gets_it_with_its_next_administrator(staffed: Client, ports: Ports) -> None:
    worker = Offers(ports, {NEW})
    staffed.EndMembership(name="persons/admin")
    drain([worker], ports.clock.now())
    with ports.db.tenant(TENANT) as tx, changing(tx) as change:
        heir = change.roster.member("chen")
        assert isinstance(heir, Member)
        change.put(replace(heir, permissions=(ADMINISTERS,)))
    assert held(ports, "chen") == {ADMINISTERS}
    drain([worker], ports.clock.now())
    assert held(ports, "chen") == {ADMINISTERS, NEW}


def test_two_workers_that_start_together_give_it_once(admin: Client, ports: Ports) -> None:
    together = threading.Barrier(2)

    def start() -> None:
        together.wait(10)
        release(ports, NEW)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(acts(ports, "directory.permission.add")) == 1
    assert NEW in held(ports, "admin")


def test_the_migration_knows_what_somebody_held_before(staffed: Client, ports: Ports, postgres: PostgresServer) -> None:
    staffed.SetPermissions(name="persons/admin", permissions=sorted(held(ports, "admin") - {OLD}))
    engine = create_engine(driver_url(postgres.url).set(database=ports.db.engine.url.database))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE offered_permissions"))
        with Operations.context(MigrationContext.configure(connection)):
            importlib.import_module(MIGRATION).upgrade()
        secure(connection, ports.service, ports.db.metadata)
    engine.dispose()
    release(ports, *PERMISSIONS, NEW)
    assert {OLD, NEW} & held(ports, "admin") == {NEW}
