"""Files through the gateway: never whole in memory, never rendered on our own origin."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from google.protobuf.message import Message

PIECE_BYTES = 256 * 1024
FILE_INFO = "xiaoneng.kit.v1.FileInfo"
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")
_CONTENT_TYPE = re.compile(r"^[\w.+-]+/[\w.+-]+(; ?charset=[\w-]+)?$")
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Wanted:
    """The part that a `Range` header asks for, as `ByteRange` says it."""

    offset: int
    limit: int


def wanted(header: str | None, if_range: str | None) -> Wanted | None:
    """Reads a `Range` header. None (the whole file) for none, for several parts and for what is not understood, as RFC 9110 allows.

    With `If-Range` the whole file is sent: whether it still is the same is known only once it is read.
    """
    found = _RANGE.match(header.strip()) if header else None
    if found is None or if_range is not None:
        return None
    first, last = found.groups()
    if first == "":
        return Wanted(-int(last), 0) if last and int(last) else None
    if last == "":
        return Wanted(int(first), 0)
    return Wanted(int(first), int(last) - int(first) + 1) if int(last) >= int(first) else None


@dataclass(frozen=True)
class Head:
    """Status and headers of a download."""

    status: int
    headers: dict[str, str]


def head(first: Any, info: Any | None, ranged: Wanted | None) -> Head:
    """What is said of a file before its bytes. `info` is the `FileInfo` that came with the first piece."""
    content_type = first.content_type if _CONTENT_TYPE.match(first.content_type) else "application/octet-stream"
    headers = {
        "content-type": content_type,
        "content-disposition": disposition(info.file_name if info is not None else ""),
        "content-security-policy": SANDBOX,
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-cache",
    }
    if info is None:
        return Head(200, headers)
    if info.sha256:
        headers["etag"] = f'"{info.sha256}"'
    if ranged is None:
        return Head(200, {**headers, "accept-ranges": "bytes", "content-length": str(info.size)})
    if info.length <= 0:
        return Head(416, {"content-range": f"bytes */{info.size}", "content-length": "0"})
    headers["content-range"] = f"bytes {info.offset}-{info.offset + info.length - 1}/{info.size}"
    return Head(206, {**headers, "accept-ranges": "bytes", "content-length": str(info.length)})


def disposition(file_name: str) -> str:
    """`Content-Disposition` with the name in ASCII for old clients and in UTF-8 (RFC 5987, RFC 6266)."""
    name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", file_name).strip() or "download"
    plain = re.sub(r'[^\x20-\x7e]|["%;]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def unchanged(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has this very file already."""
    if not if_none_match or not etag:
        return False
    return if_none_match.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))


async def upload(first: Message, body_field: str, content_type: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[Message]:
    """The messages of an upload: the first with everything that is known, each with at most 256 KiB."""
    message: Any = first
    getattr(message, body_field).content_type = content_type or "application/octet-stream"
    sent = False
    async for data in _regrouped(chunks):
        getattr(message, body_field).data = data
        yield message
        sent = True
        message = type(first)()
    if not sent:
        yield message


async def _regrouped(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    waiting = bytearray()
    async for chunk in chunks:
        waiting += chunk
        while len(waiting) >= PIECE_BYTES:
            yield bytes(waiting[:PIECE_BYTES])
            del waiting[:PIECE_BYTES]
    if waiting:
        yield bytes(waiting)
