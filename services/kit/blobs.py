"""The object store: bytes under `<tenant>/<sha256>`, never under a name from outside.

`FolderStore` keeps them in a folder (embedded mode, one server); a cluster gives another implementation of `BlobStore` with the same
suite of tests. What is stored is never changed: the same bytes have the same key.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from services.kit.settings import Settings

CHUNK = 256 * 1024
_TENANT = re.compile(r"^[a-z][a-z0-9-]{0,62}$")
_HASH = re.compile(r"^[0-9a-f]{64}$")


class BlobMissing(LookupError):
    """The store has no such bytes."""


class BlobTooLarge(ValueError):
    """More bytes came than are allowed; nothing is kept."""


@dataclass(frozen=True)
class Stored:
    """What was stored: its hash, its size, its first bytes (by which its type is judged)."""

    sha256: str
    size: int
    head: bytes


class BlobStore(Protocol):
    """Keeps bytes."""

    def put(self, tenant: str, pieces: Iterable[bytes], limit: int) -> Stored:
        """Stores what comes, in pieces, never whole in memory. Raises BlobTooLarge over `limit` bytes."""

    def read(self, tenant: str, sha256: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Gives the bytes in pieces. Raises BlobMissing at once."""

    def size(self, tenant: str, sha256: str) -> int:
        """How many bytes it has. Raises BlobMissing."""

    def delete(self, tenant: str, sha256: str) -> None:
        """Removes it; removing what is not there is no error."""

    def keys(self, tenant: str) -> Iterator[str]:
        """The hashes that are stored for a tenant."""


class FolderStore:
    """A folder. A file appears under its hash at once and whole, or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, tenant: str, pieces: Iterable[bytes], limit: int) -> Stored:
        """See BlobStore."""
        place = self._tenant(tenant)
        place.mkdir(parents=True, exist_ok=True)
        digest, size, head = hashlib.sha256(), 0, b""
        handle, name = tempfile.mkstemp(dir=place, prefix=".incoming-")
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    size += len(piece)
                    if size > limit:
                        raise BlobTooLarge(limit)
                    digest.update(piece)
                    head = (head + piece)[:8192] if len(head) < 8192 else head
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place / digest.hexdigest())
        finally:
            beside.unlink(missing_ok=True)
        return Stored(digest.hexdigest(), size, head)

    def read(self, tenant: str, sha256: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See BlobStore."""
        path = self._path(tenant, sha256)
        if not path.is_file():
            raise BlobMissing(sha256)
        return _pieces(path, offset, length)

    def size(self, tenant: str, sha256: str) -> int:
        """See BlobStore."""
        path = self._path(tenant, sha256)
        if not path.is_file():
            raise BlobMissing(sha256)
        return path.stat().st_size

    def delete(self, tenant: str, sha256: str) -> None:
        """See BlobStore."""
        self._path(tenant, sha256).unlink(missing_ok=True)

    def keys(self, tenant: str) -> Iterator[str]:
        """See BlobStore."""
        place = self._tenant(tenant)
        if place.is_dir():
            yield from sorted(path.name for path in place.iterdir() if _HASH.match(path.name))

    def _tenant(self, tenant: str) -> Path:
        if not _TENANT.match(tenant):
            raise ValueError(f"not a tenant: {tenant!r}")
        return self._folder / tenant

    def _path(self, tenant: str, sha256: str) -> Path:
        if not _HASH.match(sha256):
            raise ValueError(f"not a hash: {sha256!r}")
        return self._tenant(tenant) / sha256


def _pieces(path: Path, offset: int, length: int | None) -> Iterator[bytes]:
    left = path.stat().st_size - offset if length is None else length
    with path.open("rb") as file:
        file.seek(offset)
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def blob_store(settings: Settings) -> BlobStore:
    """The store that the settings name; without a folder, one that lasts as long as the process."""
    return FolderStore(settings.blob_dir or Path(tempfile.mkdtemp(prefix="xiaoneng-blobs-")))
