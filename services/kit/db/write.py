"""Queued writes and how they become one string.

Statements are sorted by table (foreign keys first) and key, so that two commands lock rows in the same order; rows of the same shape
go into one INSERT. The texts are cached by table and columns: building SQL is what costs most in a short command.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from psycopg2 import Binary
from sqlalchemy import JSON, LargeBinary, Table


@dataclass
class Write:
    """One queued write."""

    kind: str
    table: Table
    values: dict[str, Any]
    where: dict[str, Any] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    key: tuple[str, ...] = ()


def render(writes: Sequence[Write], connection: Any) -> list[bytes]:
    """Returns the statements as the server is to read them, in the order in which they are to run."""
    cursor = connection.cursor()
    ordered = sorted(enumerate(writes), key=lambda item: (*_place(item[1]), item[0]))
    statements: list[bytes] = []
    group: list[Write] = []
    for _, write in ordered:
        if group and not _joins(group[0], write):
            statements.append(_statement(group, cursor))
            group = []
        group.append(write)
    if group:
        statements.append(_statement(group, cursor))
    return statements


def _place(write: Write) -> tuple[int, int, str, tuple[str, ...]]:
    if write.kind == "event":
        return 1, 0, "", (str(write.values["tenant"]), str(write.values["subject"]))
    row = {**write.values, **write.where}
    key = tuple(str(row.get(column.name, "")) for column in write.table.primary_key)
    return 0, _rank(write.table), write.table.name, key


def _joins(first: Write, other: Write) -> bool:
    return (
        first.kind == other.kind
        and first.kind in ("insert", "event")
        and first.table is other.table
        and first.values.keys() == other.values.keys()
        and tuple(first.values) == tuple(other.values)
    )


def _statement(group: list[Write], cursor: Any) -> bytes:
    write = group[0]
    table = write.table
    if write.kind == "insert":
        columns = tuple(write.values)
        row = _row(table.name, columns)
        rows = b", ".join(cursor.mogrify(row, _adapted(table, w.values)) for w in group)
        return _insert(table.name, columns).encode() + rows
    if write.kind == "upsert":
        return _bytes(cursor.mogrify(_upsert(table.name, tuple(write.values), write.key), _adapted(table, write.values)))
    if write.kind == "update":
        arguments = [*_adapted(table, write.values), *_adapted(table, write.where), *_adapted(table, write.expect)]
        return _bytes(cursor.mogrify(_update(table.name, tuple(write.values), tuple(write.where), tuple(write.expect)), arguments))
    if write.kind == "delete":
        return _bytes(cursor.mogrify(_delete(table.name, tuple(write.where)), _adapted(table, write.where)))
    columns = tuple(write.values)
    if len(group) > 1:
        row = _event_row(columns)
        rows = b", ".join(cursor.mogrify(row, [*_adapted(table, w.values), place]) for place, w in enumerate(group))
        head, tail = _events(columns)
        return head.encode() + rows + tail.encode()
    arguments = [write.values["tenant"], write.values["subject"], *_adapted(table, write.values)]
    return _bytes(cursor.mogrify(_event(columns), arguments))


def _bytes(rendered: Any) -> bytes:
    result: bytes = rendered
    return result


def _adapted(table: Table, values: Mapping[str, Any]) -> list[Any]:
    return [_adapt(table, name, value) for name, value in values.items()]


def _adapt(table: Table, name: str, value: Any) -> Any:
    if value is None:
        return None
    kind = table.c[name].type
    if isinstance(kind, JSON):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(kind, LargeBinary):
        return Binary(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, frozenset, set)):
        return list(value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"not JSON: {value!r}")


@cache
def _rank(table: Table) -> int:
    return {name: rank for rank, name in enumerate(t.name for t in table.metadata.sorted_tables)}[table.name]


@lru_cache(maxsize=4096)
def _row(table: str, columns: tuple[str, ...]) -> str:
    return "(" + ", ".join(["%s"] * len(columns)) + ")"


@lru_cache(maxsize=4096)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) VALUES "


@lru_cache(maxsize=4096)
def _upsert(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    rest = [column for column in columns if column not in key]
    action = "UPDATE SET " + ", ".join(f"{_quoted(c)} = EXCLUDED.{_quoted(c)}" for c in rest) if rest else "NOTHING"
    return f"{_insert(table, columns)}{_row(table, columns)} ON CONFLICT ({', '.join(map(_quoted, key))}) DO {action}"


@lru_cache(maxsize=4096)
def _update(table: str, columns: tuple[str, ...], where: tuple[str, ...], expect: tuple[str, ...]) -> str:
    change = f"UPDATE {table} SET {', '.join(f'{_quoted(c)} = %s' for c in columns)} WHERE {_match((*where, *expect))}"
    return f"WITH changed AS ({change} RETURNING 1) SELECT xn_expect((SELECT count(*) FROM changed))" if expect else change


@lru_cache(maxsize=4096)
def _delete(table: str, where: tuple[str, ...]) -> str:
    return f"DELETE FROM {table} WHERE {_match(where)}"


@lru_cache(maxsize=64)
def _event(columns: tuple[str, ...]) -> str:
    names, values = ", ".join(map(_quoted, columns)), ", ".join(map(_typed, columns))
    return (
        "WITH step AS (INSERT INTO subject_versions (tenant, subject, version) VALUES (%s, %s, 1) ON CONFLICT (tenant, subject)"
        " DO UPDATE SET version = subject_versions.version + 1 RETURNING version)"
        f" INSERT INTO outbox ({names}, subject_version) SELECT {values}, version FROM step"
    )


@lru_cache(maxsize=64)
def _event_row(columns: tuple[str, ...]) -> str:
    return "(" + ", ".join(map(_typed, columns)) + ", %s)"


@lru_cache(maxsize=64)
def _events(columns: tuple[str, ...]) -> tuple[str, str]:
    """Several events in one statement, before and after their rows: each subject's version grows by the number of its events."""
    names = ", ".join(map(_quoted, columns))
    values = ", ".join(f"e.{_quoted(c)}" for c in columns)
    return (
        f"WITH e ({names}, place) AS (VALUES ",
        "), step AS (INSERT INTO subject_versions (tenant, subject, version) SELECT tenant, subject, count(*) FROM e"
        " GROUP BY tenant, subject ORDER BY tenant, subject ON CONFLICT (tenant, subject)"
        " DO UPDATE SET version = subject_versions.version + EXCLUDED.version RETURNING tenant, subject, version)"
        f" INSERT INTO outbox ({names}, subject_version) SELECT {values}, step.version + 1"
        " - row_number() OVER (PARTITION BY e.tenant, e.subject ORDER BY e.place DESC)"
        " FROM e JOIN step ON step.tenant = e.tenant AND step.subject = e.subject ORDER BY e.place",
    )


def _typed(column: str) -> str:
    return {"data": "%s::jsonb", "receivers": "%s::jsonb", "time": "%s::timestamptz"}.get(column, "%s")


def _match(columns: tuple[str, ...]) -> str:
    return " AND ".join(f"{_quoted(c)} = %s" for c in columns)


def _quoted(name: str) -> str:
    return f'"{name}"'
