"""The object store: bytes under `<tenant>/<sha256>`, never under a name from outside.

`FolderStore` keeps them in a folder (embedded mode, one server), `BucketStore` in a bucket of any server that speaks S3 (a cluster).
Both pass the same suite of tests. What is stored is never changed: the same bytes have the same key.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from services.kit.ids import TENANT

if TYPE_CHECKING:
    from services.kit.settings import Settings

CHUNK = 256 * 1024
HEAD = 8192
HASH = re.compile(r"^[0-9a-f]{64}$")


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
    """Keeps bytes. A store that is away is `Busy`."""

    def put(self, tenant: str, pieces: Iterable[bytes], limit: int) -> Stored:
        """Stores what comes, in pieces, never whole in memory. Raises BlobTooLarge over `limit` bytes."""

    def read(self, tenant: str, sha256: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Gives the bytes in pieces. Raises BlobMissing at once."""

    def size(self, tenant: str, sha256: str) -> int:
        """How many bytes it has. Raises BlobMissing."""

    def delete(self, tenant: str, sha256: str, age: timedelta = timedelta(0)) -> None:
        """Removes it, unless somebody has stored the same bytes again within `age`. Removing what is not there is no error."""

    def keys(self, tenant: str) -> Iterator[str]:
        """The hashes that are stored for a tenant."""

    def tidy(self, age: timedelta) -> int:
        """Removes what was begun longer ago than `age` and never finished, as by a process that was killed; returns how much."""


@dataclass
class Measure:
    """What is learnt of bytes while they pass."""

    limit: int
    size: int = 0
    head: bytes = b""
    _digest: Any = field(default_factory=hashlib.sha256)

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces. Raises BlobTooLarge with the first byte too many."""
        for piece in pieces:
            self.size += len(piece)
            if self.size > self.limit:
                raise BlobTooLarge(self.limit)
            self._digest.update(piece)
            self.head += piece[: HEAD - len(self.head)]
            yield piece

    def stored(self) -> Stored:
        """What has passed."""
        return Stored(self._digest.hexdigest(), self.size, self.head)


def place(tenant: str, sha256: str = "") -> str:
    """`<tenant>/<sha256>`, or `<tenant>/`. Raises ValueError for what is neither: nothing else becomes part of a path."""
    if not TENANT.match(tenant):
        raise ValueError(f"not a tenant: {tenant!r}")
    if sha256 and not HASH.match(sha256):
        raise ValueError(f"not a hash: {sha256!r}")
    return f"{tenant}/{sha256}"


def blob_store(settings: Settings) -> BlobStore:
    """The store that the settings name: a bucket, a folder, or one that lasts as long as the process."""
    if settings.blob_bucket:
        from services.kit.blobs.bucket import BucketStore, client_of

        return BucketStore(client_of(settings), settings.blob_bucket)
    from services.kit.blobs.folder import FolderStore

    return FolderStore(settings.blob_dir or Path(tempfile.mkdtemp(prefix="xiaoneng-blobs-")))
