"""Files, in pieces."""

from __future__ import annotations

from collections.abc import Iterator

from google.api import httpbody_pb2
from google.protobuf.any_pb2 import Any as Packed

from services.documents.convert.common import moment
from services.documents.convert.words import SCAN
from services.documents.domain.attachments import Attachment
from xiaoneng.documents.v1 import attachment_service_pb2
from xiaoneng.kit.v1 import file_pb2


def attachment(found: Attachment) -> attachment_service_pb2.Attachment:
    return attachment_service_pb2.Attachment(
        name=found.name,
        document=f"documents/{found.document}" if found.document else "",
        file_name=found.file_name,
        content_type=found.content_type,
        size=found.size,
        sha256=found.sha256,
        scan_state=SCAN[found.scan_state],
        uploader=found.uploader,
        create_time=moment(found.created_at),
    )


def byte_range(wanted: file_pb2.ByteRange, size: int) -> tuple[int, int]:
    """Offset and length of the part that is wanted; length 0 where it lies outside of the file."""
    offset = wanted.offset if wanted.offset >= 0 else max(0, size + wanted.offset)
    left = max(0, size - offset)
    return offset, min(wanted.limit, left) if wanted.limit > 0 else left


def download(pieces: Iterator[bytes], content_type: str, file_name: str, size: int, sha256: str = "") -> Iterator[httpbody_pb2.HttpBody]:
    """A file that was made for this answer, in pieces; the first says what it is."""
    packed = Packed()
    packed.Pack(file_pb2.FileInfo(file_name=file_name, size=size, length=size, sha256=sha256))
    yield httpbody_pb2.HttpBody(content_type=content_type, data=next(pieces, b""), extensions=[packed])
    for piece in pieces:
        yield httpbody_pb2.HttpBody(data=piece)
