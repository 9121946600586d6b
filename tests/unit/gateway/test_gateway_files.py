"""Ranges, names and pieces of files."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import files
from tests.unit.gateway.toy import toy


@pytest.mark.parametrize(
    ("header", "offset", "limit"),
    [("bytes=0-0", 0, 1), ("bytes=5-9", 5, 5), ("bytes=7-", 7, 0), ("bytes=-3", -3, 0)],
)
def test_a_range_is_read_as_offset_and_limit(header: str, offset: int, limit: int) -> None:
    assert files.wanted(header, None) == files.Wanted(offset, limit)


@pytest.mark.parametrize("header", [None, "", "bytes=", "bytes=-", "bytes=-0", "bytes=9-5", "bytes=0-1,3-4", "items=0-1", "bytes=a-b"])
def test_what_is_no_single_range_means_the_whole(header: str | None) -> None:
    assert files.wanted(header, None) is None


def test_with_if_range_the_whole_is_sent() -> None:
    assert files.wanted("bytes=0-1", '"etag"') is None


_NAMES = st.text(max_size=40).filter(lambda t: not any(0xD800 <= ord(c) <= 0xDFFF for c in t))


@given(_NAMES)
def test_any_name_makes_one_clean_header(name: str) -> None:
    header = files.disposition(name)
    header.encode("ascii")
    assert "\r" not in header
    assert "\n" not in header
    found = re.fullmatch(r'attachment; filename="([^"\\%;/]*)"; filename\*=UTF-8\'\'([A-Za-z0-9._~%-]+)', header)
    assert found is not None
    assert not set("/\\\0") & set(unquote(found[2]))


def head(info: dict[str, Any] | None, ranged: files.Wanted | None = None, content_type: str = "text/plain") -> files.Head:
    first = toy().message("google.api.HttpBody")(content_type=content_type)  # type: ignore[call-arg]
    made = toy().message(files.FILE_INFO)(**info) if info is not None else None  # type: ignore[arg-type]
    return files.head(first, made, ranged)


def test_a_content_type_that_would_split_the_header_is_not_passed_on() -> None:
    bad = head(None, content_type="text/html\r\nset-cookie: a=b")
    assert bad.headers["content-type"] == "application/octet-stream"


def test_a_file_without_information_is_sent_without_a_length() -> None:
    assert "content-length" not in head(None).headers


def test_a_part_says_where_it_lies() -> None:
    part = head({"size": 100, "offset": 10, "length": 5}, files.Wanted(10, 5))
    assert (part.status, part.headers["content-range"], part.headers["content-length"]) == (206, "bytes 10-14/100", "5")


@pytest.mark.parametrize(
    ("given_", "same"), [(None, False), ('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False)]
)
def test_an_etag_is_compared_as_the_standard_says(given_: str | None, same: bool) -> None:
    assert files.unchanged(given_, '"a"') is same


@given(st.lists(st.binary(max_size=5), max_size=8), st.integers(1, 7))
def test_pieces_are_regrouped_without_loss(chunks: list[bytes], size: int) -> None:
    async def coming() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def sent() -> list[Any]:
        first = toy().message("toy.v1.UploadRequest")(parent="papers/1")  # type: ignore[call-arg]
        # A message is serialised before the next one is asked for, so each is copied here.
        return [type(m).FromString(m.SerializeToString()) async for m in files.upload(first, "file", "x/y", coming())]

    before, files.PIECE_BYTES = files.PIECE_BYTES, size
    try:
        messages = asyncio.run(sent())
    finally:
        files.PIECE_BYTES = before
    assert b"".join(m.file.data for m in messages) == b"".join(chunks)
    assert all(len(m.file.data) == size for m in messages[:-1])
    assert [m.parent for m in messages] == ["papers/1"] + [""] * (len(messages) - 1)
    assert messages[0].file.content_type == "x/y"
