"""The package that goes to the archive: per document its data, its route, its body and its files, and the checksums of all of them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from os import SEEK_END
from typing import IO, TYPE_CHECKING

from google.protobuf.json_format import MessageToDict

from services.documents import convert, queries
from services.documents.commands.case import Case
from services.documents.store import reads

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from services.kit.blobs import BlobStore
    from services.kit.db.tx import Tx

CONTENT_TYPE = "application/zip"
MANIFEST = "manifest.json"
# Every file of a package carries the same moment, so that the same documents give the same bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def write(file: IO[bytes], tx: Tx, cases: Iterable[Case], blobs: BlobStore) -> tuple[int, str]:
    """Writes the package, a piece at a time; says how large it is and its checksum."""
    sums: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for case in cases:
            for name, pieces in _parts(tx, case, blobs):
                sums[name] = _add(package, name, pieces)
        _add(package, MANIFEST, [_json({"algorithm": "SHA-256", "files": sums})])
    size = file.seek(0, SEEK_END)
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(1 << 18):
        digest.update(piece)
    file.seek(0)
    return size, digest.hexdigest()


def _parts(tx: Tx, case: Case, blobs: BlobStore) -> Iterator[tuple[str, Iterable[bytes]]]:
    folder = case.document.file_number
    yield f"{folder}/document.json", [_json(_plain(convert.document(case.document, case.rules, case.findings)))]
    yield f"{folder}/route.json", [_json(_plain(queries.route_view(case)))]
    yield f"{folder}/handling.json", [_json(_plain(queries.handling_view(case)))]
    if case.document.body:
        yield f"{folder}/body.txt", [case.document.body.encode()]
    for place, attachment in enumerate(reads.attachments_of(tx, case.document.id), 1):
        yield f"{folder}/files/{place:03d}-{attachment.file_name}", blobs.read(tx.tenant, attachment.sha256)


def _add(package: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> str:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    digest = hashlib.sha256()
    with package.open(info, "w", force_zip64=True) as target:
        for piece in pieces:
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def _plain(message: Message) -> dict[str, object]:
    found: dict[str, object] = MessageToDict(message)
    # What a caller may do now is nothing to be kept.
    found.pop("allowedActions", None)
    for step in found.get("steps", ()):  # type: ignore[attr-defined]
        step.pop("allowedActions", None)
    return found


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
