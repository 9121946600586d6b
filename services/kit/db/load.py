"""What a command asks first: the rows that it locks and reads, in one round trip, and if it can be in the one that begins it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Date, DateTime, Select
from sqlalchemy.dialects.postgresql import psycopg2 as driver

_DIALECT = driver.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
_NAME = re.compile(r"%\((\w+)\)s")


class Record(SimpleNamespace):
    """A row that a plan has read; like a `Row`, its values are attributes."""

    @property
    def _mapping(self) -> Mapping[str, Any]:
        return vars(self)


@dataclass(frozen=True, eq=False)
class Plan:
    """Questions that go out as one string. First `locks`, in their order, then all `reads` at once.

    A statement sees what was committed before it began. So the rows are read by a statement of their own, after the locks are held: one
    that takes a lock and waits for it would read other rows as they were before the holder of the lock changed them. What differs from
    call to call is `bindparam("name")`. Rows come as JSON, because the driver gives back the answer of the last statement only.
    """

    locks: tuple[Select[Any], ...]
    reads: Mapping[str, Select[Any]]

    @cached_property
    def _locking(self) -> list[tuple[str, dict[str, Any]]]:
        return [_compiled(statement.with_for_update(), f"l{place}_") for place, statement in enumerate(self.locks)]

    @cached_property
    def _reading(self) -> list[tuple[str, dict[str, Any]]]:
        return [_compiled(statement, f"r{place}_") for place, statement in enumerate(self.reads.values())]

    @cached_property
    def before(self) -> str:
        """The locks, each with a semicolon behind it."""
        return "".join(f"{text}; " for text, _ in self._locking)

    @cached_property
    def columns(self) -> str:
        """What is to be read, as columns of one row; the last one is the clock."""
        reads = "".join(f"(SELECT json_agg(r)::text FROM ({text}) r), " for text, _ in self._reading)
        return f"{reads}clock_timestamp()"

    @cached_property
    def constants(self) -> dict[str, Any]:
        """Arguments that are the same for every call."""
        return {name: value for _, known in (*self._locking, *self._reading) for name, value in known.items()}

    @cached_property
    def _decoders(self) -> dict[str, dict[str, Callable[[str], Any]]]:
        return {
            name: {c.name: _READ[kind] for c in statement.selected_columns for kind in _READ if isinstance(c.type, kind)}
            for name, statement in self.reads.items()
        }

    def rows(self, answers: list[str | None]) -> dict[str, list[Record]]:
        """The rows of each read."""
        return {
            name: [_record(row, self._decoders[name]) for row in json.loads(answer)] if answer else []
            for name, answer in zip(self.reads, answers, strict=True)
        }


@dataclass(frozen=True)
class First:
    """A plan with the arguments of one call."""

    plan: Plan
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """All arguments of the text."""
        return {**self.plan.constants, **self.arguments}


def _compiled(statement: Select[Any], prefix: str) -> tuple[str, dict[str, Any]]:
    """A statement as the driver takes it. What it compares with as a constant gets a name of its own."""
    compiled = statement.compile(dialect=_DIALECT)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    text = _NAME.sub(lambda found: f"%({prefix if found[1] in constants else ''}{found[1]})s", str(compiled))
    if "POSTCOMPILE" in text:
        raise ValueError("a plan's text is the same for every call: no lists")
    return " ".join(text.split()), {f"{prefix}{name}": value for name, value in constants.items()}


def _record(row: dict[str, Any], decoders: Mapping[str, Callable[[str], Any]]) -> Record:
    for name, read in decoders.items():
        value = row[name]
        if value is not None:
            row[name] = read(value)
    return Record(**row)


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)


_READ: dict[type[Any], Callable[[str], Any]] = {DateTime: _instant, Date: date.fromisoformat}
