"""Rows by COPY: what a service would have written, without the years that it would take."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import psycopg2

Lines = dict[str, list[str]]
NULL = "\\N"
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Bulk:
    """What is filled: the columns of each table, and the tables that views without row-level security show as well."""

    columns: Mapping[str, str]
    viewed: Sequence[str] = ()

    def fill(self, url: str, database: str, tenants: Iterable[str], rows: Callable[[str], Iterator[Lines]], bare: Sequence[str]) -> None:
        """Fills the tables, whose indexes are taken away meanwhile; makes the views of the tenants `bare`."""
        connection = psycopg2.connect(url, dbname=database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
            again = self._without_indexes(cursor)
            for tenant in tenants:
                self._copy(cursor, rows(tenant))
            for statement in again:
                cursor.execute(statement)
            for tenant in bare:
                self._views(cursor, tenant)
            cursor.execute(f"VACUUM ANALYZE {', '.join(self.columns)}")
        connection.close()

    def _copy(self, cursor: psycopg2.extensions.cursor, rows: Iterator[Lines]) -> None:
        while batch := _batch(rows):
            for table, lines in batch.items():
                cursor.copy_expert(f"COPY {table} ({self.columns[table]}) FROM STDIN", io.StringIO("".join(lines)))

    def _without_indexes(self, cursor: psycopg2.extensions.cursor) -> list[str]:
        """Drops keys and indexes of the tables; returns what makes them again."""
        found: list[str] = []
        for table in self.columns:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
                [table],
            )
            keys = cursor.fetchall()
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
            indexes = [(name, made) for name, made in cursor.fetchall() if name not in {key for key, _ in keys}]
            for name, made in keys:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                found.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}")
            for name, made in indexes:
                cursor.execute(f"DROP INDEX {name}")
                found.append(made)
        return found

    def _views(self, cursor: psycopg2.extensions.cursor, tenant: str) -> None:
        """The same tables without row-level security, of one tenant: views of a superuser, whom it does not bind."""
        schema = f'"bare_{tenant}"'
        cursor.execute(f"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
        for table in (*self.columns, *self.viewed):
            cursor.execute(f"CREATE VIEW {schema}.{table} AS SELECT * FROM public.{table} WHERE tenant = '{tenant}'")
            cursor.execute(f"GRANT SELECT ON {schema}.{table} TO PUBLIC")


def _batch(rows: Iterator[Lines]) -> Lines:
    found: Lines = {}
    for _, row in zip(range(_AT_ONCE), rows, strict=False):
        for table, lines in row.items():
            found.setdefault(table, []).extend(lines)
    return found
