"""Bodies of requests: read with limits on size and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from gateway import errors


class Gone(Exception):
    """The client hung up in the middle of its body."""


async def pieces(request: Request, limit: int, seconds: float) -> AsyncIterator[bytes]:
    """The body as it comes, at most `limit` bytes, each piece within `seconds`."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise errors.too_large(limit)
    seen = 0
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(seconds):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except ClientDisconnect as gone:
            raise Gone from gone
        except TimeoutError as slow:
            raise errors.HTTPError(408, "DEADLINE_EXCEEDED", "BODY_TOO_SLOW", "the body took too long", "上传超时，请重试") from slow
        seen += len(piece)
        if seen > limit:
            raise errors.too_large(limit)
        if piece:
            yield piece


async def whole(request: Request, limit: int, seconds: float) -> bytes:
    """A small body in one."""
    return b"".join([piece async for piece in pieces(request, limit, seconds)])


async def form(request: Request, limit: int, seconds: float) -> dict[str, str]:
    """The fields of an `application/x-www-form-urlencoded` body."""
    if content_type(request) != "application/x-www-form-urlencoded":
        raise errors.wrong_content_type("application/x-www-form-urlencoded")
    raw = await whole(request, limit, seconds)
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50))
    except ValueError as failed:
        raise errors.invalid([errors.Violation("", "表单内容有误", "FORM_MALFORMED")]) from failed


def content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
