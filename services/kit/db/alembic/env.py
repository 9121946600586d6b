"""Alembic's environment of every service; `kit.db.migrate` calls it."""

from services.kit.db.migrate import run_env

run_env()
