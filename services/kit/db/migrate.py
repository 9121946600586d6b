"""Databases, roles, migrations and row-level security of a service.

`create_database` makes what an administrator of the server makes once; `migrate` brings the schema up and puts the policies on every
table. Migrations run as the owner, under an advisory lock, never at the start of a process that serves.
"""

from __future__ import annotations

import importlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command as alembic
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, NullPool, create_engine, text
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from services.kit.db.engine import Roles, driver_url
from services.kit.db.tables import APPEND_ONLY, SECURITY

_LOCK = 0x58_4E_4D_49
_LOCK_SECONDS = 4
_STATEMENT_SECONDS = 5
_TURN_SECONDS = 900
_EXPECT = """
CREATE OR REPLACE FUNCTION xn_expect(rows bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF rows = 0 THEN RAISE EXCEPTION 'the row has changed meanwhile' USING ERRCODE = 'XN001'; END IF;
END $$
"""


@dataclass(frozen=True)
class Urls:
    """How a service reaches its database: `app` for its processes, `owner` for migrations."""

    app: str
    owner: str


def create_database(admin_url: str, service: str, database: str, password: str | None = None, owner_password: str | None = None) -> Urls:
    """Creates the roles and the database of a service where they are missing; returns its two URLs.

    `admin_url` is a superuser's. An existing login gets the password again, so that a lost secret can be replaced. The owner has the
    same password unless it gets one of its own, as wherever processes and migrations have secrets of their own.
    """
    roles = Roles(service)
    password = password or secrets.token_urlsafe(24)
    owner_password = owner_password or password
    engine = create_engine(driver_url(admin_url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as admin:
            _lock(admin)
            _role(admin, roles.owner, f"LOGIN PASSWORD {_literal(owner_password)}")
            _role(admin, roles.app, "NOLOGIN")
            _role(admin, roles.plumbing, "NOLOGIN")
            _role(admin, roles.login, f"LOGIN NOINHERIT PASSWORD {_literal(password)}")
            admin.execute(text(f'GRANT "{roles.app}", "{roles.plumbing}" TO "{roles.login}"'))
            if not admin.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": database}).scalar():
                admin.execute(text(f'CREATE DATABASE "{database}" OWNER "{roles.owner}"'))
            admin.execute(text(f'GRANT CONNECT ON DATABASE "{database}" TO "{roles.login}"'))
            admin.execute(text(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'))
    finally:
        engine.dispose()
    return urls(admin_url, service, database, password, owner_password)


def urls(server_url: str, service: str, database: str, password: str, owner_password: str | None = None) -> Urls:
    """The URLs of a service's two logins on the server of `server_url`."""
    base = driver_url(server_url).set(database=database)
    roles = Roles(service)
    return Urls(
        app=base.set(username=roles.login, password=password).render_as_string(hide_password=False),
        owner=base.set(username=roles.owner, password=owner_password or password).render_as_string(hide_password=False),
    )


def _literal(value: str) -> str:
    # Colons would be taken for parameters by `text`.
    return "'" + value.replace("'", "''").replace(":", "\\:") + "'"


def migrate(service: str, metadata: MetaData, package: str, owner_url: str, *, secured: bool = True) -> None:
    """Brings the schema to the newest revision and secures every table. Safe to call at any time; one at a time.

    Each revision is a transaction of its own, so that one may build its index CONCURRENTLY (`op.get_context().autocommit_block()`), and
    an attempt that broke off goes on where it stopped. Tables of a later release are left as they are: after a rollback they still
    keep all that this release needs.
    """
    engine = create_engine(driver_url(owner_url), poolclass=NullPool)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard, engine.connect() as connection:
            _lock(guard)
            connection.execute(text(f"SET lock_timeout = '{_LOCK_SECONDS}s'; SET statement_timeout = '{_STATEMENT_SECONDS}s'"))
            connection.commit()
            if _is_ahead(connection, package):
                return
            connection.execute(text(_EXPECT))
            connection.commit()
            _upgrade(connection, metadata, package)
            if secured:  # off only where tables of the mapping are still to be written into a migration
                secure(connection, service, metadata)
                connection.commit()
    finally:
        engine.dispose()


def secure(connection: Connection, service: str, metadata: MetaData) -> None:
    """Grants each role what it needs and puts row-level security on every table of an office."""
    roles = Roles(service)
    connection.execute(text(f'GRANT USAGE ON SCHEMA public TO "{roles.app}", "{roles.plumbing}"'))
    connection.execute(text(f'GRANT SELECT ON alembic_version TO "{roles.plumbing}"'))
    for table in metadata.sorted_tables:
        kind = table.info.get(SECURITY)
        if kind is None:
            raise ValueError(f"table {table.name} does not say who may touch it: use kit.db.tables")
        rights = "SELECT, INSERT" if table.name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        if kind != "shared":
            _grant(connection, rights, table.name, roles.app)
            _force(connection, table.name)
            mine = "tenant = NULLIF(current_setting('xiaoneng.tenant', true), '')"
            _policy(connection, table.name, "tenant_rows", roles.app, mine)
        if kind in ("plumbing", "shared"):
            _grant(connection, "SELECT, INSERT, UPDATE, DELETE", table.name, roles.plumbing)
        if kind == "plumbing":
            _policy(connection, table.name, "all_rows", roles.plumbing, "true")
        # The owner has to read and fill rows in migrations; FORCE applies to it as well.
        if kind != "shared":
            _policy(connection, table.name, "owner_rows", roles.owner, "true")


def revisions(package: str) -> list[str]:
    """The revisions of a service's schema that this release knows, oldest first."""
    scripts = ScriptDirectory.from_config(_config(package))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def _is_ahead(connection: Connection, package: str) -> bool:
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return False
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found is not None and found not in revisions(package)


def _upgrade(connection: Connection, metadata: MetaData, package: str) -> None:
    scripts = ScriptDirectory.from_config(_config(package))

    def upgrade(revision: Any, _: Any) -> Any:
        return scripts._upgrade_revs("heads", revision)

    with EnvironmentContext(_config(package), scripts, fn=upgrade, as_sql=False) as environment:
        environment.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with environment.begin_transaction():
            environment.run_migrations()


def autogenerate(metadata: MetaData, package: str, owner_url: str, message: str, revision: str) -> Path:
    """Writes the migration that takes the migrated database at `owner_url` to what the mapping says. For developers."""
    config = _config(package)
    config.attributes["url"] = owner_url
    config.attributes["metadata"] = metadata
    script = alembic.revision(config, message=message, autogenerate=True, rev_id=revision)
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def _config(package: str) -> Config:
    versions = Path(str(importlib.import_module(package).__file__)).parent / "versions"
    versions.mkdir(exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def run_env() -> None:
    """Body of Alembic's environment when it writes a migration; `migrate` does without it."""
    from alembic import context

    engine = create_engine(driver_url(context.config.attributes["url"]))
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=context.config.attributes["metadata"])
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _role(admin: Connection, name: str, options: str) -> None:
    exists = admin.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}).scalar()
    admin.execute(text(f'{"ALTER" if exists else "CREATE"} ROLE "{name}" {options} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE'))


def _grant(connection: Connection, rights: str, table: str, role: str) -> None:
    held = connection.execute(
        text("SELECT count(*) FROM information_schema.role_table_grants WHERE table_name = :table AND grantee = :role"
             " AND privilege_type = ANY(string_to_array(:rights, ', '))"),
        {"table": table, "role": role, "rights": rights},
    ).scalar()  # fmt: skip
    if held != rights.count(",") + 1:
        connection.execute(text(f'GRANT {rights} ON "{table}" TO "{role}"'))


def _force(connection: Connection, table: str) -> None:
    """Only where it is missing: the statement locks out everybody who reads the table, while the old release works."""
    secured = connection.execute(
        text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:table)"), {"table": f'public."{table}"'}
    ).scalar()
    if not secured:
        connection.execute(text(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'))
        connection.execute(text(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'))


def _policy(connection: Connection, table: str, name: str, role: str, rows: str) -> None:
    exists = connection.execute(
        text("SELECT 1 FROM pg_policies WHERE schemaname = 'public' AND tablename = :table AND policyname = :name"),
        {"table": table, "name": name},
    ).scalar()
    if not exists:
        connection.execute(text(f'CREATE POLICY {name} ON "{table}" TO "{role}" USING ({rows}) WITH CHECK ({rows})'))


@retry(retry=retry_if_result(lambda held: not held), wait=wait_fixed(0.2), stop=stop_after_delay(_TURN_SECONDS))
def _lock(connection: Connection) -> bool:
    """One at a time, until the connection closes. Asks again and again: who waits inside a question holds up an index that is built
    CONCURRENTLY, which waits for all questions that were there before it."""
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar())
