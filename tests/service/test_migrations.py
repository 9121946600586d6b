"""The schema that migrations build is the one that the mapping says, for every service."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, create_engine, text

from services.kit.db.engine import driver_url
from services.kit.db.migrate import create_database, migrate
from services.kit.service import ServiceSpec
from services.kit.testing.postgres import PostgresServer
from services.platform.processes import names, spec

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
       pg_get_expr(d.adbin, d.adrelid)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
"""
CONSTRAINTS = """
SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"

FORCED = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity
"""


def schema(connection: Connection) -> dict[str, set[tuple[object, ...]]]:
    """Columns, constraints and indexes as the server has them."""
    questions = {"columns": COLUMNS, "constraints": CONSTRAINTS, "indexes": INDEXES}
    return {name: {tuple(row) for row in connection.execute(text(question))} for name, question in questions.items()}


@pytest.fixture(params=names())
def described(request: pytest.FixtureRequest) -> ServiceSpec:
    return spec(request.param)


def test_migrations_build_what_the_mapping_says(described: ServiceSpec, postgres: PostgresServer) -> None:
    found = []
    for way in ("migrated", "mapped"):
        database = f"schema_{described.name}_{way}"
        urls = create_database(postgres.url, described.name, database, "test")
        engine = create_engine(driver_url(urls.owner))
        try:
            if way == "migrated":
                migrate(described.name, described.metadata, described.migrations, urls.owner)
            else:
                described.metadata.create_all(engine)
            with engine.connect() as connection:
                found.append(schema(connection))
        finally:
            engine.dispose()
            postgres.drop_database(database)
    migrated, mapped = found
    for part in migrated:
        assert migrated[part] == mapped[part], part


def test_every_table_of_an_office_keeps_tenants_apart(described: ServiceSpec, postgres: PostgresServer) -> None:
    """Row-level security is forced, so that not even the owner sees rows without a policy."""
    database = f"security_{described.name}"
    urls = create_database(postgres.url, described.name, database, "test")
    engine = create_engine(driver_url(urls.owner))
    try:
        migrate(described.name, described.metadata, described.migrations, urls.owner)
        with engine.connect() as connection:
            forced = set(connection.execute(text(FORCED)).scalars())
    finally:
        engine.dispose()
        postgres.drop_database(database)
    assert forced == {table.name for table in described.metadata.sorted_tables if table.info["security"] != "shared"}
    assert all("tenant" in described.metadata.tables[name].primary_key.columns for name in forced)
