"""Limits, headers, and what stands when a part is away."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.contract.gateway.harness import CONTENT, SECRET, Platform, free_port, running, wait_for


def reason(answer: Any) -> str:
    return str(answer.json()["error"]["details"][0]["reason"])


def test_a_session_that_asks_too_much_waits(postgres: Any, tmp_path: Path) -> None:
    with running(postgres.url, tmp_path, rate="3/hour") as platform, platform.api() as api:
        assert [api.get("/v1/papers/1").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = api.get("/v1/papers/1")
        assert int(answer.headers["retry-after"]) >= 1
        assert reason(answer) == "TOO_MANY_REQUESTS"
        with platform.api() as other:
            assert other.get("/v1/papers/1").status_code == 200
        assert api.get("/healthz").status_code == 200


def test_an_address_that_guesses_tokens_is_stopped(postgres: Any, tmp_path: Path) -> None:
    with running(postgres.url, tmp_path, sign_in_rate="3/hour") as platform:
        codes = []
        for guess in range(5):
            with platform.client(authorization=f"Bearer guess.{guess}.x") as api:
                codes.append(api.get("/v1/papers/1").status_code)
        assert codes == [401, 401, 401, 429, 429]


def test_an_upload_above_the_limit_is_stopped_on_its_way(postgres: Any, tmp_path: Path) -> None:
    def unannounced() -> Any:
        for at in range(0, len(CONTENT), 65536):
            yield CONTENT[at : at + 65536]

    with running(postgres.url, tmp_path, max_upload_bytes=300_000) as platform, platform.api() as api:
        answer = api.post("/v1/papers/7/files:upload", content=unannounced())
        assert (answer.status_code, reason(answer)) == (413, "BODY_TOO_LARGE")
        assert api.post("/v1/papers/7/files:upload", content=CONTENT).status_code == 413
        assert api.get("/v1/papers/7").status_code == 200


def test_a_client_that_dawdles_with_its_body_is_cut(postgres: Any, tmp_path: Path) -> None:
    import socket

    with running(postgres.url, tmp_path, body_seconds=0.2) as platform:
        port = int(platform.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
            head = f"POST /v1/papers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {platform.token()}\r\n"
            slow.sendall((head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{").encode())
            assert slow.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /he"])
def test_a_client_that_dawdles_with_its_head_is_cut(platform: Platform, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    import socket

    from gateway import protocol

    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", platform.gateway.settings.port), timeout=5) as slow:
        slow.sendall(sent)
        answer = b""
        while piece := slow.recv(4096):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200") is sent.startswith(b"GET /healthz")


def test_a_connection_in_use_is_not_cut(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway import protocol

    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    platform.toy.fail = lambda context: threading.Event().wait(0.5)
    with platform.api() as api:
        assert [api.get("/v1/papers/7").status_code for _ in range(3)] == [200, 200, 200]


def test_a_service_that_is_away_is_said_to_be_away(postgres: Any, tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with running(postgres.url, tmp_path) as platform:
        platform.gateway.app._inner._calls._addresses["toy"] = nowhere  # type: ignore[union-attr,attr-defined]
        with platform.api() as api:
            answer = api.get("/v1/papers/7")
    assert (answer.status_code, reason(answer)) == (503, "SERVICE_UNAVAILABLE")
    assert nowhere not in answer.text


def test_a_service_that_takes_too_long_is_given_up(postgres: Any, tmp_path: Path) -> None:
    release = threading.Event()
    with running(postgres.url, tmp_path, call_seconds=0.3) as platform:
        platform.toy.fail = lambda context: release.wait(10)
        with platform.api() as api:
            answer = api.get("/v1/papers/7")
        release.set()
    assert (answer.status_code, reason(answer)) == (504, "TOO_SLOW")


def test_behind_tls_cookies_are_bound_to_the_host(postgres: Any, tmp_path: Path) -> None:
    port = free_port()
    settings = {"bind": f"127.0.0.1:{port}", "public_url": f"https://127.0.0.1:{port}"}
    with running(postgres.url, tmp_path, **settings) as platform:
        import httpx

        answer = httpx.get(f"http://127.0.0.1:{port}/auth/sign-in", trust_env=False)
        assert platform.gateway.settings.secure
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-xiaoneng-sign-in=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_every_answer_carries_the_headers_of_safety(platform: Platform) -> None:
    with platform.api() as api:
        for path in ("/v1/papers/7", "/v1/nothing", "/", "/static/xiaoneng.css", "/openapi.json", "/static/../main.py"):
            answer = api.get(path)
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["referrer-policy"] == "same-origin"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-request-id"]
            assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/static/", "/static/x.css", "/static/..%2fmain.py", "/static/%2e%2e/main.py"])
def test_only_files_that_are_there_are_served(platform: Platform, path: str) -> None:
    with platform.client() as client:
        assert client.get(path).status_code == 404


def test_a_request_id_that_is_no_id_is_replaced(platform: Platform) -> None:
    with platform.client(**{"x-request-id": "x y"}) as client:
        assert client.get("/healthz").headers["x-request-id"] != "x y"


def test_a_process_of_its_own_stops_in_good_order(postgres: Any, tmp_path: Path) -> None:
    from gateway.session import METADATA, MIGRATIONS
    from services.kit.identity import TokenSigner
    from services.kit.testing.service import database
    from tests.unit.gateway.toy import files

    (tmp_path / "toy.binpb").write_bytes(files().SerializeToString())
    port, metrics_port = free_port(), free_port()
    with database(postgres.url, "gateway", METADATA, MIGRATIONS) as urls:
        settings = {
            "BIND": f"127.0.0.1:{port}", "PUBLIC_URL": f"http://127.0.0.1:{port}", "METRICS_PORT": str(metrics_port),
            "DESCRIPTORS": str(tmp_path / "toy.binpb"), "SERVICES": '{"toy": "127.0.0.1:1"}', "DATABASE_URL": urls.app,
            "SECRET": SECRET, "SIGNING_KEYS": TokenSigner.generate().private_json(), "EMBEDDED_ISSUER": "true",
        }  # fmt: skip
        environment = {**os.environ, **{f"XIAONENG_{name}": value for name, value in settings.items()}}
        root = Path(__file__).resolve().parents[3]
        environment["PYTHONPATH"] = f"{root}:{root / 'build' / 'gen'}"
        process = subprocess.Popen([sys.executable, "-m", "gateway.main"], env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        try:
            wait_for(lambda: _status(f"http://127.0.0.1:{port}/readyz") == 200, 30)
            assert _status(f"http://127.0.0.1:{metrics_port}/metrics") == 200
            assert _status(f"http://127.0.0.1:{metrics_port}/healthz") == 200
            assert _status(f"http://127.0.0.1:{port}/metrics") == 404
        finally:
            process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=10)[1]
    assert process.returncode == 0
    assert "gateway_stopped" in said
    assert SECRET not in said
    assert "postgresql" not in said


def _status(url: str) -> int:
    import httpx

    try:
        return httpx.get(url, trust_env=False).status_code
    except httpx.HTTPError:
        return 0
