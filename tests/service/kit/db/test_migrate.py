"""Migrations beside a release that works: one at a time, each for itself, never waiting long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.exc import OperationalError

from services.kit import ids
from services.kit.db import migrate as migrations
from services.kit.db.engine import driver_url
from services.kit.testing.postgres import PostgresServer

SERVICE = "migrated"
HEAD = (
    "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = {name!r}\ndown_revision = {before!r}\n\n\ndef upgrade():\n    {body}\n"
)
TABLE = "op.create_table('things', sa.Column('id', sa.Integer, primary_key=True), sa.Column('label', sa.Text))"
INDEX = "with op.get_context().autocommit_block():\n        op.create_index('ix', 'things', ['label'], postgresql_concurrently=True)"


class Schema:
    """A service with migrations of its own and an empty database."""

    def __init__(self, folder: Path, package: str, owner: str) -> None:
        self.package, self.owner = package, owner
        self._versions = folder / package / "versions"
        self._versions.mkdir(parents=True)
        (folder / package / "__init__.py").touch()
        self._names: list[str] = []

    def write(self, body: str) -> None:
        """The next migration."""
        before = self._names[-1] if self._names else None
        self._names.append(f"r{len(self._names)}")
        self.rewrite(body, before)

    def rewrite(self, body: str, before: str | None) -> None:
        """Another text of the newest one."""
        (self._versions / f"{self._names[-1]}.py").write_text(HEAD.format(name=self._names[-1], before=before, body=body))

    def migrate(self) -> None:
        migrations.migrate(SERVICE, MetaData(), self.package, self.owner)

    def say(self, question: str) -> list[object]:
        engine = create_engine(driver_url(self.owner))
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(question)).scalars())
        finally:
            engine.dispose()


@pytest.fixture
def schema(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Schema]:
    name = f"m{ids.new().replace('-', '')[-12:]}"
    monkeypatch.syspath_prepend(str(tmp_path))
    urls = migrations.create_database(postgres.url, SERVICE, name, "test")
    yield Schema(tmp_path, name, urls.owner)
    sys.modules.pop(name, None)
    postgres.drop_database(name)


def test_an_index_is_built_while_rows_are_written(schema: Schema) -> None:
    schema.write(TABLE)
    schema.write(INDEX)
    schema.migrate()
    assert schema.say("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass") == [True]


def test_several_at_once_take_turns(schema: Schema) -> None:
    schema.write(TABLE)
    schema.write(INDEX)
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(schema.migrate) for _ in range(3)]:
            done.result(60)
    assert schema.say("SELECT version_num FROM alembic_version") == ["r1"]


def test_an_attempt_that_broke_off_goes_on_where_it_stopped(schema: Schema) -> None:
    schema.write(TABLE)
    schema.write("op.execute('SELECT 1 / 0')")
    with pytest.raises(Exception, match="division by zero"):
        schema.migrate()
    assert schema.say("SELECT version_num FROM alembic_version") == ["r0"]
    schema.rewrite("op.execute('SELECT 1')", "r0")
    schema.migrate()
    assert schema.say("SELECT version_num FROM alembic_version") == ["r1"]


def test_it_gives_up_rather_than_hold_up_who_works(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "_LOCK_SECONDS", 1)
    schema.write(TABLE)
    schema.migrate()
    schema.write("op.add_column('things', sa.Column('more', sa.Text))")
    engine = create_engine(driver_url(schema.owner))
    with engine.begin() as busy:
        busy.execute(text("LOCK TABLE things"))
        with pytest.raises(OperationalError, match="lock timeout"):
            schema.migrate()
    engine.dispose()
    schema.migrate()
    assert schema.say("SELECT version_num FROM alembic_version") == ["r1"]
