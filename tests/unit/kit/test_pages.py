"""Pages of lists: where they begin, and tokens that are none."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit import pages
from services.kit.pages import PageTokenInvalid

NOW = datetime(2025, 9, 22, tzinfo=UTC)
SCOPE = ("todos", "wu", "")


def token_after(rows: list[Any], size: int = 2) -> str:
    page = pages.read(size, "", scope=SCOPE, now=NOW)
    return page.cut(rows, key=lambda row: (NOW + timedelta(hours=row), f"item-{row}"))[1]


def forged(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_the_next_page_begins_after_the_last_row_that_was_shown() -> None:
    page = pages.read(2, token_after([1, 2, 3]), scope=SCOPE, now=NOW)
    assert (page.size, page.after) == (2, (NOW + timedelta(hours=2), "item-2"))


def test_the_last_page_has_no_token() -> None:
    assert token_after([1, 2]) == ""


@pytest.mark.parametrize(("asked", "given"), [(0, 50), (7, 7), (200, 200), (5000, 200)])
def test_a_size_is_chosen_where_none_is_given_and_a_large_one_is_lowered(asked: int, given: int) -> None:
    assert pages.read(asked, "", scope=SCOPE, now=NOW).size == given


@pytest.mark.parametrize("scope", [("todos", "zhao", ""), ("todos", "wu", "action"), ("messages", "wu", "")])
def test_a_token_of_another_list_caller_or_filter_is_refused(scope: tuple[str, ...]) -> None:
    with pytest.raises(PageTokenInvalid):
        pages.read(2, token_after([1, 2, 3]), scope=scope, now=NOW)


def test_a_token_older_than_three_days_is_refused() -> None:
    token = token_after([1, 2, 3])
    assert pages.read(2, token, scope=SCOPE, now=NOW + timedelta(days=3)).after is not None
    with pytest.raises(PageTokenInvalid):
        pages.read(2, token, scope=SCOPE, now=NOW + timedelta(days=3, seconds=1))


@given(st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4)).map(forged))
def test_what_is_no_token_is_refused(token: str) -> None:
    if token:
        with pytest.raises(PageTokenInvalid):
            pages.read(2, token, scope=SCOPE, now=NOW)


@pytest.mark.parametrize("position", [[{}], [{"at": 1}], {"a": 1}, 7])
def test_a_position_of_another_shape_is_refused(position: Any) -> None:
    with pytest.raises(PageTokenInvalid):
        pages.read(2, forged([1, "x", int(NOW.timestamp()), position]), scope=SCOPE, now=NOW)


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(PageTokenInvalid):
        pages.read(2, base64.urlsafe_b64encode(b"[" * 100_000).decode(), scope=SCOPE, now=NOW)
