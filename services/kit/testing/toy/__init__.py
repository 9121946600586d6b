"""A service with one table, for tests of the kit's own rooms."""

from sqlalchemy import Column, Integer

from services.kit.db import tables
from services.kit.db.types import Json, new_metadata, text

NAME = "toy"
MIGRATIONS = "services.kit.testing.toy.migrations"

metadata = new_metadata()
tables.install(metadata)
things = tables.tenant_table("things", metadata, text("id", key=True), Column("n", Integer, nullable=False), Column("about", Json))
