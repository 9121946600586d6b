"""Pages of lists: how long, from where on. A token holds the position after which the next page begins, never an offset.

page = pages.read(request.page_size, request.page_token, scope=(caller.person, request.kind), now=tx.now)
rows = …where(keyset > page.after)….limit(page.size + 1)
rows, next_token = page.cut(rows, key=lambda row: (row.sort_at, row.item))
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from services.kit.errors import FieldViolation, Invalid

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
VERSION = 1
LIFETIME = timedelta(days=3)

R = TypeVar("R")


class PageTokenInvalid(Invalid):
    """The token is not one of ours, too old, or was given for another filter, order or caller."""

    reason = "PAGE_TOKEN_INVALID"
    text = "翻页标记无效或已过期，请从第一页重新查询"

    def __init__(self) -> None:
        super().__init__([FieldViolation("page_token", self.text, self.reason)])


@dataclass(frozen=True)
class Page:
    """How many rows are wanted and the key after which they begin; no key: from the beginning."""

    size: int
    after: tuple[Any, ...] | None
    _scope: str
    _now: datetime

    def cut(self, rows: Sequence[R], key: Callable[[R], tuple[Any, ...]]) -> tuple[Sequence[R], str]:
        """The rows of the page and the token of the next one. Ask for `size + 1` rows: the one too many says that there is a next page."""
        if len(rows) <= self.size:
            return rows, ""
        shown = rows[: self.size]
        return shown, _write([VERSION, self._scope, int(self._now.timestamp()), [_plain(value) for value in key(shown[-1])]])


def read(size: int, token: str, *, scope: Sequence[Any], now: datetime) -> Page:
    """The page that a request asks for. `scope` is everything that shapes the list: caller, filter, order. Refuses: PageTokenInvalid."""
    wanted = min(size or DEFAULT_SIZE, LARGEST_SIZE)
    digest = hashlib.sha256(repr([_plain(value) for value in scope]).encode()).hexdigest()[:16]
    if not token:
        return Page(wanted, None, digest, now)
    try:
        version, given, issued, position = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        after = tuple(_value(value) for value in position)
        fresh = abs(now - datetime.fromtimestamp(issued, UTC)) <= LIFETIME
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError, binascii.Error) as wrong:
        raise PageTokenInvalid() from wrong
    if version != VERSION or given != digest or not fresh:
        raise PageTokenInvalid()
    return Page(wanted, after, digest, now)


def _write(content: list[Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return {"at": value.astimezone(UTC).isoformat()} if isinstance(value, datetime) else value


def _value(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
