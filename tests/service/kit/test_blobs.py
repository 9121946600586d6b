"""What every store of bytes does: the folder, and a bucket on a server that speaks S3."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from services.kit.blobs import CHUNK, BlobMissing, BlobStore, BlobTooLarge, Stored, blob_store
from services.kit.blobs.bucket import PART, BucketStore
from services.kit.errors import Busy
from services.kit.settings import Settings
from services.kit.testing.s3 import Bucket, bucket

AUDIT_KEY = "a key of more than thirty-two characters"
TENANT = "office"
MEGABYTE = 1024 * 1024
PLENTY = 256 * MEGABYTE
NEVER = hashlib.sha256(b"never stored").hexdigest()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with bucket(tmp_path_factory.mktemp("s3")) as made:
        yield made


def opened(**values: object) -> BlobStore:
    return blob_store(Settings.model_validate({"audit_key": AUDIT_KEY, **values}))


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return opened(blob_dir=tmp_path)
    return opened(**request.getfixturevalue("served").settings())


def pieces(content: bytes) -> Iterator[bytes]:
    return (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))


def put(store: BlobStore, content: bytes, tenant: str = TENANT) -> Stored:
    return store.put(tenant, pieces(content), PLENTY)


def whole(store: BlobStore, sha256: str, offset: int = 0, length: int | None = None) -> bytes:
    return b"".join(store.read(TENANT, sha256, offset, length))


@pytest.mark.parametrize("size", [0, 1, CHUNK + 1, PART, PART + 1, 2 * PART + 7])
def test_what_is_stored_comes_back(store: BlobStore, size: int) -> None:
    content = os.urandom(size)
    stored = put(store, content)
    assert stored == Stored(hashlib.sha256(content).hexdigest(), size, content[:8192])
    assert (whole(store, stored.sha256), store.size(TENANT, stored.sha256)) == (content, size)


@pytest.mark.parametrize(("offset", "length"), [(0, 1), (5, None), (5, 3), (9, 9), (0, 0), (10, None), (99, 4)])
def test_a_part_is_read(store: BlobStore, offset: int, length: int | None) -> None:
    content = b"0123456789"
    end = None if length is None else offset + length
    assert whole(store, put(store, content).sha256, offset, length) == content[offset:end]


def test_the_same_bytes_are_stored_once(store: BlobStore) -> None:
    kept = put(store, b"once", "twice")
    assert put(store, b"once", "twice") == kept
    assert list(store.keys("twice")) == [kept.sha256]


def test_tenants_do_not_see_each_other(store: BlobStore) -> None:
    kept = put(store, b"mine", "mine")
    with pytest.raises(BlobMissing):
        store.read("mine-too", kept.sha256)
    assert list(store.keys("mine-too")) == []


@pytest.mark.parametrize("size", [11, PART + CHUNK])
def test_of_too_much_nothing_is_kept(store: BlobStore, size: int) -> None:
    with pytest.raises(BlobTooLarge):
        store.put("greedy", pieces(bytes(size)), size - 1)
    assert (list(store.keys("greedy")), store.tidy(timedelta(0))) == ([], 0)


def test_of_an_upload_that_breaks_off_nothing_is_kept(store: BlobStore) -> None:
    def broken() -> Iterator[bytes]:
        yield bytes(PART + CHUNK)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put("broken", broken(), PLENTY)
    assert (list(store.keys("broken")), store.tidy(timedelta(0))) == ([], 0)


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: BlobStore) -> None:
    kept = put(store, b"short")
    store.delete(TENANT, kept.sha256)
    store.delete(TENANT, kept.sha256)
    with pytest.raises(BlobMissing):
        store.read(TENANT, kept.sha256)


def test_what_came_again_a_moment_ago_is_not_deleted_with_the_old(store: BlobStore) -> None:
    kept = put(store, b"came again")
    store.delete(TENANT, kept.sha256, timedelta(hours=1))
    assert whole(store, kept.sha256) == b"came again"
    store.delete(TENANT, NEVER, timedelta(hours=1))


@pytest.mark.parametrize("act", ["read", "size"])
def test_what_was_never_stored_is_missing(store: BlobStore, act: str) -> None:
    with pytest.raises(BlobMissing):
        getattr(store, act)(TENANT, NEVER)


@pytest.mark.parametrize(("tenant", "sha256"), [("../etc", NEVER), (TENANT, "../../passwd"), (".incoming", NEVER), (TENANT, "a" * 63)])
def test_a_name_from_outside_is_refused(store: BlobStore, tenant: str, sha256: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        store.read(tenant, sha256)


def test_a_large_file_is_never_whole_in_memory(store: BlobStore) -> None:
    size = 96 * MEGABYTE
    tracemalloc.start()
    try:
        kept = store.put(TENANT, (bytes(CHUNK) for _ in range(size // CHUNK)), PLENTY)
        read = sum(len(piece) for piece in store.read(TENANT, kept.sha256))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (kept.size, read) == (size, size)
    assert peak < size / 2


def test_what_a_killed_process_left_is_tidied_away_when_it_is_old(store: BlobStore, tmp_path: Path) -> None:
    if isinstance(store, BucketStore):
        store._ask("put_object", Key=".incoming/office/1", Body=b"not yet copied")
    else:
        (tmp_path / TENANT).mkdir()
        (tmp_path / TENANT / ".incoming-1").write_bytes(b"begun")
    assert [store.tidy(timedelta(days=1)), store.tidy(timedelta(0)), store.tidy(timedelta(0))] == [0, 1, 0]


def test_parts_that_a_killed_process_left_are_given_up(served: Bucket) -> None:
    store = opened(**served.settings())
    assert isinstance(store, BucketStore)
    key = ".incoming/office/2"
    begun = store._ask("create_multipart_upload", Key=key)
    store._ask("upload_part", Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"begun")
    # This server says of every upload that it began in 2010.
    assert [store.tidy(timedelta(days=1)), store.tidy(timedelta(0))] == [1, 0]


def test_a_server_that_is_away_is_busy(served: Bucket) -> None:
    away = opened(**{**served.settings(), "blob_endpoint": "http://127.0.0.1:9"})
    with pytest.raises(Busy):
        put(away, b"nowhere")


def test_a_wrong_key_is_refused_by_the_server(served: Bucket) -> None:
    wrong = opened(**{**served.settings(), "blob_secret_key": "wrong"})
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        put(wrong, b"nowhere")
