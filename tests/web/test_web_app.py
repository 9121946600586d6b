"""What the gateway does with the built web app: which addresses are the app's, what may be kept, what may run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from gateway import errors
from gateway.edge import content_policy
from gateway.web_app import NotBuilt, WebApp

PAGE = '<meta nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__" src="/assets/app-1a2b.js"></script>'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "paths.json").write_text('["/", "/todos", "/documents/:document"]')
    for name, content in (("app-1a2b.js", b"plain"), ("app-1a2b.js.br", b"brotli"), ("app-1a2b.js.gz", b"gzip"), ("notes.txt", b"no")):
        (tmp_path / "assets" / name).write_bytes(content)
    return tmp_path


@pytest.fixture
def client(built: Path) -> Iterator[TestClient]:
    app = WebApp(built, content_policy("https://issuer.example"))

    async def answer(request: Request) -> Response:
        try:
            return app.asset(request.scope) if app.is_asset(request.url.path) else app.page(request)
        except errors.HTTPError as refused:
            return Response(refused.encoded(), refused.http_status)

    with TestClient(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD", "POST"])])) as found:
        yield found


@pytest.mark.parametrize("path", ["/", "/todos", "/documents/7"])
def test_an_address_of_the_app_is_its(built: Path, path: str) -> None:
    assert WebApp(built, "").owns(path)


@pytest.mark.parametrize("path", ["/todos/", "/v1/todos", "/documents/7/8", "/documents", "//", "/todosx", "/docs", "/documents/"])
def test_every_other_address_is_not(built: Path, path: str) -> None:
    assert not WebApp(built, "").owns(path)


def test_each_page_has_a_value_of_its_own_that_its_styles_carry(client: TestClient) -> None:
    values = set()
    for _ in range(2):
        answer = client.get("/todos")
        found = re.search(r"style-src 'self' 'nonce-([\w-]{24})'", answer.headers["content-security-policy"])
        assert found is not None
        assert answer.text.count(found[1]) == 2
        values.add(found[1])
    assert len(values) == 2


def test_no_script_of_the_page_itself_may_run(client: TestClient) -> None:
    policy = client.get("/todos").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' https://issuer.example;" in policy


def test_the_page_is_asked_for_anew_and_its_files_are_kept_for_good(client: TestClient) -> None:
    assert client.get("/todos").headers["cache-control"] == "no-cache"
    assert (
        client.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"}).headers["cache-control"]
        == "public, max-age=31536000, immutable"
    )


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("gzip, br", b"brotli"), ("gzip", b"gzip"), ("br;q=0, gzip;q=0.5", b"gzip"), ("identity", b"plain"), ("", b"plain")],
)
def test_a_file_is_sent_as_the_client_takes_it(client: TestClient, accepted: str, sent: bytes) -> None:
    with client.stream("GET", "/assets/app-1a2b.js", headers={"accept-encoding": accepted}) as answer:
        assert b"".join(answer.iter_raw()) == sent
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["nothing.js", "..%2findex.html", "notes.txt", "app-1a2b.js.br", ""])
def test_nothing_else_is_sent(client: TestClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


def test_a_page_takes_no_changes(client: TestClient) -> None:
    assert client.post("/todos").status_code == 405
    assert client.post("/assets/app-1a2b.js").status_code == 405


def test_a_folder_without_an_app_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="make setup"):
        WebApp(tmp_path, "")


def asked(path: str, accept: str, method: str = "GET") -> Request:
    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"accept", accept.encode())],
            "query_string": b"",
            "server": ("x", 80),
        }
    )


def test_who_browses_to_an_address_that_nobody_has_is_told_so_by_the_app(built: Path) -> None:
    answer = WebApp(built, "").page(asked("/nowhere", "text/html"), 404)
    assert (answer.status_code, answer.media_type) == (404, "text/html; charset=utf-8")
    assert WebApp.tells(asked("/nowhere", "text/html,application/xhtml+xml;q=0.9"))


@pytest.mark.parametrize(
    ("path", "accept", "method"),
    [
        ("/nowhere", "application/json", "GET"),
        ("/nowhere", "*/*", "GET"),
        ("/v1/nowhere", "text/html", "GET"),
        ("/nowhere", "text/html", "POST"),
    ],
)
def test_a_program_is_answered_as_one(path: str, accept: str, method: str) -> None:
    assert not WebApp.tells(asked(path, accept, method))
