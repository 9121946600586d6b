"""The whole sign-in against a certified OpenID provider that is not ours, through its pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.contract.gateway.certified_issuer import standing
from tests.contract.gateway.harness import Platform, wait_for


@dataclass
class Realm:
    """A platform whose issuer is the certified one."""

    platform: Platform
    issuer: str


@pytest.fixture(scope="module")
def realm(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    with standing(postgres.url, tmp_path_factory.mktemp("certified")) as (platform, issuer):
        yield Realm(platform, issuer)


def follow(browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Follows redirects as a browser does, up to the next page."""
    while answer.is_redirect:
        answer = browser.get(httpx.URL(str(answer.request.url)).join(answer.headers["location"]))
    return answer


def submit(browser: httpx.Client, page: httpx.Response, **filled: str) -> httpx.Response:
    """Sends the first form of a page."""
    action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
    assert action is not None, page.text[:500]
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    target = httpx.URL(str(page.request.url)).join(action[1])
    return follow(browser, browser.post(target, data={**hidden, **filled}))


def sign_in(realm: Realm, browser: httpx.Client, name: str = "clerk@ganzhou") -> httpx.Response:
    page = follow(browser, browser.get("/auth/sign-in"))
    while str(page.request.url).startswith(realm.issuer):
        page = submit(browser, page, login=name, password="any")
    return page


def test_a_person_signs_in_at_an_issuer_of_the_offices_own(realm: Realm) -> None:
    with realm.platform.client() as browser:
        page = sign_in(realm, browser)
        assert "陈文员，您好" in page.text
        assert browser.get("/auth/session").json()["person"] == "person-clerk"
        assert browser.get("/v1/papers/7").status_code == 200


def test_a_person_of_the_issuer_whom_nobody_bound_is_told_whom_to_call(realm: Realm) -> None:
    with realm.platform.client() as browser:
        assert "尚未开通" in sign_in(realm, browser, "somebody").text


def test_the_session_is_renewed_with_rotating_refresh_tokens(realm: Realm) -> None:
    with realm.platform.client() as browser:
        sign_in(realm, browser)
        first = _refresh_token(realm)
        wait_for(lambda: browser.get("/v1/papers/7").status_code == 200 and _refresh_token(realm) != first, 20)
        second = _refresh_token(realm)
        wait_for(lambda: browser.get("/v1/papers/7").status_code == 200 and _refresh_token(realm) != second, 20)


def _refresh_token(realm: Realm) -> str:
    from sqlalchemy import select

    from gateway.session import SESSIONS

    with realm.platform.gateway.app._db.plumbing() as tx:
        newest = select(SESSIONS.c.refresh_token).order_by(SESSIONS.c.created_at.desc()).limit(1)
        sealed = str(tx.scalar(newest))
    from gateway.session import Vault
    from tests.contract.gateway.harness import SECRET

    return Vault(SECRET).open(sealed) or ""


def test_signing_out_here_signs_out_there(realm: Realm) -> None:
    with realm.platform.client() as browser:
        sign_in(realm, browser)
        mark = browser.get("/auth/session").json()["csrfToken"]
        gone = browser.post("/auth/sign-out", headers={"x-xiaoneng-csrf": mark}).json()["redirectUrl"]
        page = follow(browser, browser.get(gone))
        home = submit(browser, page, logout="yes")
        assert str(home.request.url) == f"{realm.platform.url}/"
        again = follow(browser, browser.get("/auth/sign-in"))
        assert str(again.request.url).startswith(realm.issuer)


def test_signing_out_there_ends_the_session_here(realm: Realm) -> None:
    with realm.platform.client() as browser:
        sign_in(realm, browser)
        assert browser.get("/v1/papers/7").status_code == 200
        page = browser.get(f"{realm.issuer}/session/end")
        submit(browser, page, logout="yes")
        wait_for(lambda: browser.get("/v1/papers/7").status_code == 401)


def test_another_system_calls_with_a_token_of_that_issuer(realm: Realm) -> None:
    form = {"grant_type": "client_credentials", "resource": "urn:xiaoneng"}
    with realm.platform.client() as client:
        got = client.post(f"{realm.issuer}/token", data=form, auth=("system%40ganzhou", "the%20system%27s%20secret%20at%20this%20issuer"))
        assert got.status_code == 200, got.text
        answer = client.get("/v1/papers/7", headers={"authorization": f"Bearer {got.json()['access_token']}"})
    assert answer.status_code == 200, answer.text
