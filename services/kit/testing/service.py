"""A service's database for tests: cloned from a migrated template, with the roles of production."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
from psycopg2 import sql
from sqlalchemy import create_engine, make_url, text

from services.kit import ids
from services.kit.clock import Clock
from services.kit.db.engine import driver_url
from services.kit.db.migrate import Urls, create_database, migrate, urls
from services.kit.service import Ports, ServiceSpec, build
from services.kit.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import MetaData

PASSWORD = "test"
AUDIT_KEY = "a key for tests only, never used elsewhere"

_made: dict[tuple[str, str], str] = {}
_lock = threading.Lock()


@contextmanager
def database(server_url: str, name: str, metadata: MetaData, package: str) -> Iterator[Urls]:
    """A fresh, migrated database of service `name`; dropped afterwards."""
    template = _template(server_url, name, metadata, package)
    database_name = f"t_{name}_{ids.new().replace('-', '')[-20:]}"
    _say(server_url, f'CREATE DATABASE "{database_name}" TEMPLATE "{template}" OWNER "xn_{name}_owner"')
    _say(server_url, f'GRANT CONNECT ON DATABASE "{database_name}" TO "xn_{name}"')
    try:
        yield urls(server_url, name, database_name, PASSWORD)
    finally:
        _say(server_url, f'DROP DATABASE "{database_name}" WITH (FORCE)')


@contextmanager
def ports(server_url: str, spec: ServiceSpec, clock: Clock, blob_dir: Path | None = None, **settings: object) -> Iterator[Ports]:
    """The ports of a service on a fresh database."""
    with database(server_url, spec.name, spec.metadata, spec.migrations) as found:
        values: dict[str, object] = {"audit_key": AUDIT_KEY, "blob_dir": blob_dir, "pool_size": 8, **settings}
        made = build(spec, Settings(**values), clock, url=found.app)  # type: ignore[arg-type]
        try:
            yield made
        finally:
            made.db.dispose()


class TenantRows:
    """Takes every row of a tenant out of a service's database: tests that share one leave nothing behind that could run on."""

    def __init__(self, server_url: str, ports: Ports) -> None:
        tables = [table.name for table in ports.db.metadata.sorted_tables if "tenant" in table.c]
        deleted = [sql.SQL("DELETE FROM {} WHERE tenant = %(tenant)s").format(sql.Identifier(name)) for name in tables]
        # Foreign keys need no order of tables.
        self._statement = sql.SQL("; ").join([sql.SQL("SET LOCAL session_replication_role = replica"), *deleted])
        database_url = make_url(server_url).set(drivername="postgresql", database=ports.db.engine.url.database)
        self._connection = psycopg2.connect(database_url.render_as_string(hide_password=False))

    def remove(self, tenant: str) -> None:
        """In one transaction and one round trip."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(self._statement, {"tenant": tenant})

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def _template(server_url: str, name: str, metadata: MetaData, package: str) -> str:
    key = (server_url, f"{name}:{_fingerprint(metadata, package)}")
    with _lock:
        if key not in _made:
            _made[key] = _make_template(server_url, name, metadata, package, key[1].split(":")[1])
        return _made[key]


def _make_template(server_url: str, name: str, metadata: MetaData, package: str, fingerprint: str) -> str:
    template = f"template_{name}_{fingerprint}"
    engine = create_engine(driver_url(server_url), isolation_level="AUTOCOMMIT")
    try:
        # Several pytest workers share the server: the first one makes the template, the others wait for it.
        with engine.connect() as admin:
            admin.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": template})
            done = admin.execute(text("SELECT datistemplate FROM pg_database WHERE datname = :name"), {"name": template}).scalar()
            if not done:
                if done is not None:
                    admin.execute(text(f'DROP DATABASE "{template}" WITH (FORCE)'))
                found = create_database(server_url, name, template, PASSWORD)
                migrate(name, metadata, package, found.owner)
                admin.execute(text(f'ALTER DATABASE "{template}" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false'))
            admin.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": template})
    finally:
        engine.dispose()
    return template


def _fingerprint(metadata: MetaData, package: str) -> str:
    import importlib

    folder = Path(str(importlib.import_module(package).__file__)).parent / "versions"
    digest = hashlib.sha256(",".join(table.name for table in metadata.sorted_tables).encode())
    for path in sorted(folder.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _say(server_url: str, statement: str) -> None:
    engine = create_engine(driver_url(server_url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as admin:
            admin.execute(text(statement))
    finally:
        engine.dispose()
