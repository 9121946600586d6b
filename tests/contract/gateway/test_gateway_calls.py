"""HTTP in, gRPC out: over real sockets, with a toy service behind."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.contract.gateway.harness import CONTENT, Platform, refusal, wait_for


def detail(answer: Any, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(d for d in answer.json()["error"]["details"] if d["@type"].endswith(kind))
    return found


def test_a_call_reaches_the_service_with_person_tenant_and_ids(platform: Platform) -> None:
    with platform.api(**{"x-request-id": "abcdefgh-1", "x-xiaoneng-acting-for": "person-chief"}) as api:
        answer = api.get("/v1/papers/7")
    assert answer.status_code == 200
    assert answer.json()["displayTitle"] == "关于供水的请示"
    sent = platform.toy.seen.metadata
    assert sent["x-xiaoneng-tenant"] == "ganzhou"
    assert sent["x-request-id"] == answer.headers["x-request-id"] == "abcdefgh-1"
    assert sent["x-xiaoneng-acting-for"] == "person-chief"
    assert sent["traceparent"].startswith("00-")


def test_the_services_get_a_token_of_the_gateway_and_not_the_callers(platform: Platform) -> None:
    with platform.api() as api:
        api.get("/v1/papers/7")
        keys = KeySet.import_key_set(api.get("/.well-known/jwks.json").json())
    token = platform.toy.seen.metadata["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, keys, algorithms=["Ed25519", "EdDSA"]).claims
    assert (claims["iss"], claims["aud"], claims["sub"], claims["kind"]) == (
        "xiaoneng-gateway", "xiaoneng", "person-clerk", "person",
    )  # fmt: skip
    assert claims["exp"] - claims["iat"] == 60
    assert claims["sid"]


def test_a_tenant_may_be_named_with_the_call(platform: Platform) -> None:
    with platform.api(**{"x-xiaoneng-tenant": "hebei"}) as api:
        api.get("/v1/papers/7")
    assert platform.toy.seen.metadata["x-xiaoneng-tenant"] == "hebei"


def test_another_system_calls_with_its_own_credentials(platform: Platform) -> None:
    with platform.client() as client:
        got = client.post("/issuer/token", data={"grant_type": "client_credentials"}, auth=("oa", "oa-secret"))
        client.get("/v1/papers/7", headers={"authorization": f"Bearer {got.json()['access_token']}"})
    claims = _claims(platform.toy.seen.metadata["authorization"])
    assert (claims["sub"], claims["kind"]) == ("person-system", "service")


def _claims(authorization: str) -> dict[str, Any]:
    from joserfc.util import urlsafe_b64decode

    return dict(json.loads(urlsafe_b64decode(authorization.split(".")[1].encode())))


def test_nobody_gets_in_without_signing_in(platform: Platform) -> None:
    with platform.client() as client:
        answer = client.get("/v1/papers/7")
    assert answer.status_code == 401
    assert detail(answer, "ErrorInfo")["reason"] == "SIGN_IN_NEEDED"
    assert platform.toy.seen.request is None


def test_what_is_public_needs_no_sign_in(platform: Platform) -> None:
    with platform.client() as client:
        assert client.get("/v1/shelf/a/b").json()["name"] == "a/b"
    assert "authorization" not in platform.toy.seen.metadata


@pytest.mark.parametrize("authorization", ["Bearer x", "Bearer a.b.c", "Basic eDp5", "Bearer"])
def test_a_token_that_does_not_hold_is_refused(platform: Platform, authorization: str) -> None:
    with platform.client(authorization=authorization) as client:
        answer = client.get("/v1/papers/7")
    assert answer.status_code == 401
    assert detail(answer, "ErrorInfo")["reason"] == "TOKEN_REFUSED"


def test_the_gateways_own_token_opens_nothing_from_outside(platform: Platform) -> None:
    from datetime import UTC, datetime

    own = platform.signer.sign("person-clerk", now=datetime.now(UTC))
    with platform.client(authorization=f"Bearer {own}") as client:
        assert client.get("/v1/papers/7").status_code == 401


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, 400), (grpc.StatusCode.PERMISSION_DENIED, 403), (grpc.StatusCode.NOT_FOUND, 404),
        (grpc.StatusCode.FAILED_PRECONDITION, 400), (grpc.StatusCode.ALREADY_EXISTS, 409), (grpc.StatusCode.ABORTED, 409),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 429), (grpc.StatusCode.UNAVAILABLE, 503), (grpc.StatusCode.UNAUTHENTICATED, 401),
    ],
)  # fmt: skip
def test_a_refusal_comes_through_with_reason_text_and_article(platform: Platform, code: grpc.StatusCode, status: int) -> None:
    platform.toy.fail = refusal(code, "SEVERAL_MATTERS", "退文：一文多事", rule="one-matter", clause="toy/9.4", article="第九条")
    with platform.api() as api:
        answer = api.get("/v1/papers/7")
    assert answer.status_code == status
    assert answer.json()["error"]["status"] == code.name
    info = detail(answer, "ErrorInfo")
    assert (info["reason"], info["domain"], info["metadata"]["clause"]) == ("SEVERAL_MATTERS", "toy.xiaoneng.cn", "toy/9.4")
    assert detail(answer, "LocalizedMessage") == {
        "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "zh-CN", "message": "退文：一文多事",
    }  # fmt: skip


def test_what_escapes_a_service_is_answered_with_an_id_only(platform: Platform) -> None:
    def explode(context: Any) -> None:
        raise RuntimeError("password=hunter2")

    platform.toy.fail = explode
    with platform.api() as api:
        answer = api.get("/v1/papers/7")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert detail(answer, "ErrorInfo")["metadata"]["id"] in detail(answer, "LocalizedMessage")["message"]


def test_a_body_and_its_idempotency_key_reach_the_service(platform: Platform) -> None:
    key = "01920000-0000-7000-8000-000000000001"
    with platform.api(**{"idempotency-key": key}) as api:
        answer = api.post("/v1/papers", json={"displayTitle": "甲"}, params={"dryRun": "true"})
    assert answer.status_code == 200
    seen = platform.toy.seen.request
    assert (seen.paper.display_title, seen.request_id, seen.dry_run) == ("甲", key, True)


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/v1/nothing", {}, 404),
        ("GET", "/v1/papers/1:burn", {}, 404),
        ("DELETE", "/v1/papers/1", {}, 405),
        ("POST", "/v1/papers", {"content": b"{}", "headers": {"content-type": "text/plain"}}, 415),
        ("POST", "/v1/papers", {"content": b"{}"}, 415),
        ("POST", "/v1/papers", {"json": {"unknown": 1}}, 400),
        ("GET", "/v1/papers?unknown=1", {}, 400),
        ("POST", "/v1/papers", {"json": {"displayTitle": "a" * 1_100_000}}, 413),
        ("POST", "/v1/papers", {"json": {}, "headers": {"idempotency-key": "a b"}}, 400),
        ("GET", "/v1/papers/1", {"headers": {"x-xiaoneng-tenant": "../x"}}, 400),
        ("GET", "/v1/papers/%ff", {}, 404),
    ],
)
def test_a_malformed_request_never_reaches_the_service(
    platform: Platform, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    with platform.api() as api:
        answer = api.request(method, path, **options)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
    assert detail(answer, "LocalizedMessage")["message"]
    assert platform.toy.seen.request is None


def test_a_path_says_which_methods_it_takes(platform: Platform) -> None:
    with platform.api() as api:
        assert api.put("/v1/papers").headers["allow"] == "GET, POST"


def test_head_is_get_without_a_body(platform: Platform) -> None:
    with platform.api() as api:
        answer = api.head("/v1/papers/7")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_download_streams_the_file_and_never_shows_it_on_our_origin(platform: Platform) -> None:
    with platform.api() as api:
        answer = api.get("/v1/papers/7:download")
    assert answer.content == CONTENT
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"__ ___.pdf\"; filename*=UTF-8''%E8%AF%B7%E7%A4%BA%20%E2%80%9C%E4%B8%80%E2%80%9D.pdf"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'


@pytest.mark.parametrize(
    ("asked", "part", "said"),
    [
        ("bytes=0-9", CONTENT[:10], "bytes 0-9/1048576"),
        ("bytes=1048570-", CONTENT[-6:], "bytes 1048570-1048575/1048576"),
        ("bytes=-5", CONTENT[-5:], "bytes 1048571-1048575/1048576"),
    ],
)
def test_a_part_of_a_download_can_be_had(platform: Platform, asked: str, part: bytes, said: str) -> None:
    with platform.api(range=asked) as api:
        answer = api.get("/v1/papers/7:download")
    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (206, part, said)


def test_a_part_beyond_the_end_is_refused(platform: Platform) -> None:
    with platform.api(range="bytes=9999999-") as api:
        answer = api.get("/v1/papers/7:download")
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1048576")


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-"])
def test_a_range_that_is_not_understood_brings_the_whole(platform: Platform, asked: str) -> None:
    with platform.api(range=asked) as api:
        assert api.get("/v1/papers/7:download").status_code == 200


def test_a_file_that_the_client_has_is_not_sent_again(platform: Platform) -> None:
    with platform.api(**{"if-none-match": f'"{hashlib.sha256(CONTENT).hexdigest()}"'}) as api:
        answer = api.get("/v1/papers/7:download")
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_download_that_breaks_is_cut_off_and_not_ended(platform: Platform) -> None:
    import httpx

    with platform.api() as api, pytest.raises(httpx.RemoteProtocolError):
        api.get("/v1/papers/broken:download")


def test_a_refused_download_is_an_ordinary_refusal(platform: Platform) -> None:
    platform.toy.fail = refusal(grpc.StatusCode.NOT_FOUND, "NO_PAPER", "没有这份文件")
    with platform.api() as api:
        assert api.get("/v1/papers/7:download").status_code == 404


def test_a_reader_who_leaves_stops_the_stream(platform: Platform) -> None:
    platform.toy.seen.closed_early = False
    with platform.api() as api, api.stream("GET", "/v1/papers/7:download") as answer:
        next(answer.iter_raw(1000))
    with platform.api() as api:
        assert api.get("/v1/papers/7").status_code == 200


def test_an_upload_goes_through_in_pieces(platform: Platform) -> None:
    content = CONTENT + b"the end"
    with platform.api(**{"content-type": "application/pdf"}) as api:
        answer = api.post("/v1/papers/7/files:upload", params={"fileName": "扫描件.pdf"}, content=content)
    assert answer.status_code == 200, answer.text
    stored = answer.json()
    assert (stored["sha256"], stored["size"]) == (hashlib.sha256(content).hexdigest(), str(len(content)))
    assert (stored["fileName"], stored["contentType"], stored["parent"]) == ("扫描件.pdf", "application/pdf", "papers/7")
    assert (stored["pieces"], stored["largestPiece"]) == (5, 262144)


def test_an_empty_upload_still_tells_what_it_is(platform: Platform) -> None:
    with platform.api() as api:
        answer = api.post("/v1/papers/7/files:upload", params={"fileName": "空.txt"}, content=b"")
    assert (answer.json()["size"], answer.json()["fileName"]) == ("0", "空.txt")


def test_an_upload_that_is_refused_is_an_ordinary_refusal(platform: Platform) -> None:
    platform.toy.fail = refusal(grpc.StatusCode.FAILED_PRECONDITION, "TYPE_NOT_TAKEN", "不接受该类型的文件")
    with platform.api() as api:
        answer = api.post("/v1/papers/7/files:upload", content=CONTENT)
    assert (answer.status_code, detail(answer, "ErrorInfo")["reason"]) == (400, "TYPE_NOT_TAKEN")


def test_many_callers_at_once_each_get_their_own_answer(platform: Platform) -> None:
    with platform.api() as api, ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda n: api.get(f"/v1/papers/{n}").json()["name"], range(100)))
    assert names == [f"papers/{n}" for n in range(100)]


def test_requests_are_counted_by_route_and_never_by_path(platform: Platform) -> None:
    from prometheus_client import REGISTRY, generate_latest

    with platform.api() as api:
        api.get("/v1/papers/secret-number-4711")

    def counted() -> bool:
        page = generate_latest(REGISTRY).decode()
        assert "secret-number" not in page
        return 'xiaoneng_http_request_duration_seconds_count{code="200",method="GET",route="/v1/{name=papers/*}"}' in page

    wait_for(counted)
