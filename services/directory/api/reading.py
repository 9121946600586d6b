"""How servicers read: a snapshot for the caller, and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import grpc

from services.directory import queries
from services.kit import pages
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.identity import Caller
from services.kit.rpc import caller
from services.kit.service import Ports

T = TypeVar("T")


class Reading:
    """What every servicer of directory has."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    @contextmanager
    def _reading(self, context: grpc.ServicerContext) -> Iterator[tuple[Tx, Caller]]:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            yield tx, who


def listed(tx: Tx, who: Caller, request: Any, rows: Iterable[T], key: Callable[[T], tuple[Any, ...]]) -> tuple[Sequence[T], str]:
    """A page of rows that the roster has in memory; the filter is every field of the request but those of the page."""
    return queries.page_of(rows, key, page_for(tx, who, request))


def page_for(tx: Tx, who: Caller, request: Any) -> pages.Page:
    """The page that a list request asks for."""
    fields = [(f.name, getattr(request, f.name)) for f in request.DESCRIPTOR.fields if not f.name.startswith("page_")]
    scope = (request.DESCRIPTOR.name, who.tenant, who.person, *fields)
    return pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)


def one(rows: Iterable[T], wanted: Callable[[T], bool]) -> T:
    """The row that is wanted. Refuses: Missing."""
    found = next((row for row in rows if wanted(row)), None)
    if found is None:
        raise Missing()
    return found


def lasting(valid_until: datetime | None, at: datetime, show_ended: bool) -> bool:
    """Whether a list shows a row: one that has not ended, or all."""
    return show_ended or valid_until is None or valid_until > at
