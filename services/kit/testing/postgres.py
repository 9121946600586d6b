"""A real PostgreSQL for tests: one per run, or the one that `XIAONENG_TEST_POSTGRES_URL` names (as a superuser)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql
from sqlalchemy import make_url

from services.kit.db.server import LocalPostgres
from services.kit.testing import runs

ENVIRONMENT = "XIAONENG_TEST_POSTGRES_URL"
# The machine does not lose power in a test; processes that are killed lose nothing by this.
_OPTIONS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB", "max_connections": "300", "shared_buffers": "256MB"}


@dataclass(frozen=True)
class PostgresServer:
    """A server for tests."""

    url: str
    """URL of a superuser, who may make roles and databases."""

    def create_database(self, name: str, template: str | None = None) -> str:
        """Creates a database, as a copy of `template` when one is given; returns its URL for the superuser."""
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._say(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), copied))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop_database(self, name: str) -> None:
        """Drops a database, whoever is still connected to it."""
        self._say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _say(self, statement: sql.Composed) -> None:
        connection = psycopg2.connect(self.url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def server() -> PostgresServer:
    """The server of this run; the first process that asks starts it."""
    given = os.environ.get(ENVIRONMENT)
    if given:
        return PostgresServer(make_url(given).set(drivername="postgresql").render_as_string(hide_password=False))
    with runs.exclusive("postgres"):
        return PostgresServer(_local(runs.folder()).start())


def stop(folder: Path) -> None:
    """Stops and removes the server of a run's folder, if there is one."""
    local = _local(folder)
    if local.folder.exists():
        local.remove()


def _local(folder: Path) -> LocalPostgres:
    return LocalPostgres(folder / "postgres", _OPTIONS)
