"""Bytes in a folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from services.kit.blobs import CHUNK, HASH, BlobMissing, Measure, Stored, place
from services.kit.clock import SystemClock

_INCOMING = ".incoming-"


class FolderStore:
    """A folder. A file appears under its hash at once and whole, or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, tenant: str, pieces: Iterable[bytes], limit: int) -> Stored:
        """See BlobStore."""
        own = self._folder / place(tenant)
        own.mkdir(parents=True, exist_ok=True)
        measure = Measure(limit)
        handle, name = tempfile.mkstemp(dir=own, prefix=_INCOMING)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in measure.passing(pieces):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            stored = measure.stored()
            beside.replace(own / stored.sha256)
        finally:
            beside.unlink(missing_ok=True)
        return stored

    def read(self, tenant: str, sha256: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See BlobStore."""
        return _pieces(self._found(tenant, sha256), offset, length)

    def size(self, tenant: str, sha256: str) -> int:
        """See BlobStore."""
        return self._found(tenant, sha256).stat().st_size

    def delete(self, tenant: str, sha256: str, age: timedelta = timedelta(0)) -> None:
        """See BlobStore."""
        path = self._path(tenant, sha256)
        if path.is_file() and path.stat().st_mtime <= (SystemClock().now() - age).timestamp():
            path.unlink(missing_ok=True)

    def keys(self, tenant: str) -> Iterator[str]:
        """See BlobStore."""
        own = self._folder / place(tenant)
        if own.is_dir():
            yield from sorted(path.name for path in own.iterdir() if HASH.match(path.name))

    def tidy(self, age: timedelta) -> int:
        """See BlobStore."""
        before = (SystemClock().now() - age).timestamp()
        old = [path for path in self._folder.glob(f"*/{_INCOMING}*") if path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _found(self, tenant: str, sha256: str) -> Path:
        path = self._path(tenant, sha256)
        if not path.is_file():
            raise BlobMissing(sha256)
        return path

    def _path(self, tenant: str, sha256: str) -> Path:
        return self._folder / place(tenant, sha256)


def _pieces(path: Path, offset: int, length: int | None) -> Iterator[bytes]:
    left = path.stat().st_size - offset if length is None else length
    with path.open("rb") as file:
        file.seek(offset)
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
