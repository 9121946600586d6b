"""Bytes in a bucket of a server that speaks S3.

What fits into one part is one request: the object appears whole or not at all. Of more, each part is sent as it comes, under a name of
its own; when the last one is there and the hash is known, the server copies it to its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import botocore.session
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, IncompleteReadError

from services.kit import ids
from services.kit.blobs import CHUNK, HASH, BlobMissing, Measure, Stored, place
from services.kit.clock import SystemClock
from services.kit.errors import Busy

if TYPE_CHECKING:
    from services.kit.settings import Settings

log = structlog.get_logger(__name__)

PART = 5 * 1024 * 1024
"""The smallest that S3 takes: some of them are in memory at a time, of every upload that runs."""
_INCOMING = ".incoming/"  # no tenant begins with a dot
_AWAY = 500
_MISSING = ("404", "NoSuchKey", "NotFound")


def client_of(settings: Settings) -> Any:
    """The client of the server that the settings name. Threads share it."""
    config = Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=50,
        retries={"mode": "standard", "total_max_attempts": 3},
        # Servers other than the first one know no checksums in trailers; that the signature covers what is sent, all of them check.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if settings.blob_endpoint else "auto", "payload_signing_enabled": True},
    )
    return botocore.session.Session().create_client(
        "s3",
        region_name=settings.blob_region,
        endpoint_url=settings.blob_endpoint or None,
        aws_access_key_id=settings.blob_access_key.get_secret_value(),
        aws_secret_access_key=settings.blob_secret_key.get_secret_value(),
        verify=str(settings.blob_ca) if settings.blob_ca else None,
        config=config,
    )


class BucketStore:
    """A bucket, which the installation owns alone."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, tenant: str, pieces: Iterable[bytes], limit: int) -> Stored:
        """See BlobStore."""
        own, measure = place(tenant), Measure(limit)
        parts = _parts(measure.passing(pieces))
        first, second = next(parts, b""), next(parts, None)
        if second is not None:
            return self._put_large(own, chain((first, second), parts), measure)
        stored = measure.stored()
        self._ask("put_object", Key=own + stored.sha256, Body=first)
        return stored

    def read(self, tenant: str, sha256: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See BlobStore."""
        if length == 0 or (offset and offset >= self.size(tenant, sha256)):
            self.size(tenant, sha256)
            return iter(())
        wanted = {"Range": f"bytes={offset}-{'' if length is None else offset + length - 1}"} if offset or length is not None else {}
        return _pieces(self._ask("get_object", Key=place(tenant, sha256), **wanted)["Body"])

    def size(self, tenant: str, sha256: str) -> int:
        """See BlobStore."""
        return int(self._ask("head_object", Key=place(tenant, sha256))["ContentLength"])

    def delete(self, tenant: str, sha256: str, age: timedelta = timedelta(0)) -> None:
        """See BlobStore."""
        key = place(tenant, sha256)
        if age and self._stored_since(key, SystemClock().now() - age):
            return
        self._ask("delete_object", Key=key)

    def keys(self, tenant: str) -> Iterator[str]:
        """See BlobStore."""
        own = place(tenant)
        found = (each["Key"].removeprefix(own) for each in self._every("list_objects_v2", "Contents", Prefix=own))
        return (key for key in found if HASH.match(key))

    def tidy(self, age: timedelta) -> int:
        """See BlobStore."""
        before = SystemClock().now() - age
        begun = [each for each in self._every("list_multipart_uploads", "Uploads", Prefix=_INCOMING) if each["Initiated"] < before]
        left = [each for each in self._every("list_objects_v2", "Contents", Prefix=_INCOMING) if each["LastModified"] < before]
        for each in begun:
            self._ask("abort_multipart_upload", Key=each["Key"], UploadId=each["UploadId"])
        for each in left:
            self._ask("delete_object", Key=each["Key"])
        return len(begun) + len(left)

    def _stored_since(self, key: str, moment: datetime) -> bool:
        try:
            return bool(self._ask("head_object", Key=key)["LastModified"] > moment)
        except BlobMissing:
            return False

    def _put_large(self, own: str, parts: Iterator[bytes], measure: Measure) -> Stored:
        key = f"{_INCOMING}{own}{ids.new()}"
        upload = self._ask("create_multipart_upload", Key=key)["UploadId"]
        try:
            sent = []
            for number, part in enumerate(parts, 1):
                told = self._ask("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=part)
                sent.append({"PartNumber": number, "ETag": told["ETag"]})
            self._ask("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": sent})
        except BaseException:
            self._give_up("abort_multipart_upload", Key=key, UploadId=upload)
            raise
        try:
            stored = measure.stored()
            self._ask("copy_object", Key=own + stored.sha256, CopySource={"Bucket": self._bucket, "Key": key})
        finally:
            self._give_up("delete_object", Key=key)
        return stored

    def _give_up(self, what: str, **about: Any) -> None:
        """Clears away; what cannot be now, `tidy` finds later."""
        try:
            self._ask(what, **about)
        except (Busy, BotoCoreError, ClientError) as failed:
            log.warning("upload_left_behind", reason=type(failed).__name__)

    def _every(self, what: str, items: str, **about: Any) -> Iterator[dict[str, Any]]:
        with _told():
            for page in self._client.get_paginator(what).paginate(Bucket=self._bucket, **about):
                yield from page.get(items, ())

    def _ask(self, what: str, **about: Any) -> Any:
        with _told():
            return getattr(self._client, what)(Bucket=self._bucket, **about)


@contextmanager
def _told() -> Iterator[None]:
    """Says in the store's words what the server or the way to it failed with. What only an administrator can mend goes through."""
    try:
        yield
    except (ConnectionError, HTTPClientError, IncompleteReadError) as away:
        raise Busy(dependency="object store") from away
    except ClientError as refused:
        if refused.response.get("Error", {}).get("Code") in _MISSING:
            raise BlobMissing(str(refused)) from refused
        if refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _AWAY:
            raise Busy(dependency="object store") from refused
        raise


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of `PART`, the last one shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def _pieces(body: Any) -> Iterator[bytes]:
    try:
        with _told():
            yield from body.iter_chunks(CHUNK)
    finally:
        body.close()
