"""Signing in with the embedded issuer as a browser does it, sessions, sign-out, and what is refused on the way."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway.issuer.signing import Signing, new_key
from services.kit.clock import SystemClock
from tests.contract.gateway.harness import Platform, wait_for


def csrf(browser: httpx.Client) -> dict[str, str]:
    return {"x-xiaoneng-csrf": browser.get("/auth/session").json()["csrfToken"]}


def test_a_person_signs_in_and_is_known(platform: Platform) -> None:
    with platform.client() as browser:
        back = platform.sign_in(browser, return_to="/docs")
        assert (back.status_code, back.headers["location"]) == (303, "/docs")
        session = browser.get("/auth/session").json()
        assert (session["person"], session["tenant"]) == ("person-clerk", "ganzhou")
        assert [m["tenant"] for m in session["memberships"]] == ["ganzhou", "hebei"]
        assert browser.get("/v1/papers/7").status_code == 200
    assert platform.toy.seen.metadata["x-xiaoneng-tenant"] == "ganzhou"


def test_the_cookie_is_kept_from_scripts_and_other_sites(platform: Platform) -> None:
    with platform.client() as browser:
        set_cookie = platform.sign_in(browser).headers["set-cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=lax" in set_cookie
    assert "Path=/" in set_cookie


def test_the_database_never_sees_the_cookie_or_a_readable_token(platform: Platform) -> None:
    from sqlalchemy import select

    from gateway.session import SESSIONS

    with platform.client() as browser:
        platform.sign_in(browser)
        cookie = browser.cookies["xiaoneng"]
    with platform.gateway.app._db.plumbing() as tx:
        rows = tx.all(select(SESSIONS))
    stored = " ".join(str(value) for row in rows for value in row)
    assert rows
    assert cookie not in stored
    assert "eyJ" not in stored


def test_somebody_whom_nobody_knows_is_told_whom_to_call(platform: Platform) -> None:
    with platform.client() as browser:
        answer = platform.sign_in(browser, "nobody@ganzhou")
        assert answer.status_code == 403
        assert "请联系本单位的系统管理员" in answer.text
        assert "nobody@ganzhou" in answer.text
        assert browser.get("/auth/session").json() == {"signedIn": False, "demo": True}


def test_a_token_of_somebody_unknown_is_refused(platform: Platform) -> None:
    with platform.client(authorization=f"Bearer {platform.token('nobody@ganzhou')}") as api:
        answer = api.get("/v1/papers/7")
    assert answer.status_code == 403
    assert answer.json()["error"]["details"][0]["reason"] == "PERSON_UNKNOWN"


def test_signing_out_ends_the_session(platform: Platform) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        kept = dict(browser.cookies)
        answer = browser.post("/auth/sign-out", headers=csrf(browser))
        assert answer.json()["redirectUrl"].startswith(f"{platform.url}/issuer/end-session?")
        home = browser.get(answer.json()["redirectUrl"])
        assert home.headers["location"] == f"{platform.url}/"
    with platform.client(cookie=f"xiaoneng={kept['xiaoneng']}") as thief:
        assert thief.get("/v1/papers/7").status_code == 401


@pytest.mark.parametrize("headers", [{}, {"x-xiaoneng-csrf": "0" * 64}])
def test_a_change_without_the_mark_of_our_page_is_refused(platform: Platform, headers: dict[str, str]) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        for path in ("/v1/papers/7:sign", "/auth/sign-out", "/auth/tenant"):
            answer = browser.post(path, json={}, headers=headers)
            assert (answer.status_code, answer.json()["error"]["details"][0]["reason"]) == (403, "CSRF_MISSING")
    assert platform.toy.seen.request is None


def test_a_change_from_another_site_is_refused_even_with_the_mark(platform: Platform) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        headers = {**csrf(browser), "origin": "https://evil.example"}
        assert browser.post("/v1/papers/7:sign", json={}, headers=headers).status_code == 403


def test_a_change_with_the_mark_goes_through(platform: Platform) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        headers = {**csrf(browser), "origin": platform.url}
        assert browser.post("/v1/papers/7:sign", json={}, headers=headers).status_code == 200


def test_the_tenant_is_switched_for_the_session(platform: Platform) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        answer = browser.post("/auth/tenant", json={"tenant": "hebei"}, headers=csrf(browser))
        assert answer.json() == {"tenant": "hebei"}
        browser.get("/v1/papers/7")
    assert platform.toy.seen.metadata["x-xiaoneng-tenant"] == "hebei"


def test_the_tenant_is_not_switched_to_one_of_others(platform: Platform) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        answer = browser.post("/auth/tenant", json={"tenant": "elsewhere"}, headers=csrf(browser))
        assert answer.json()["error"]["details"][0]["reason"] == "NOT_A_MEMBER"
        assert browser.get("/auth/session").json()["tenant"] == "ganzhou"


def test_the_start_page_works_without_scripts(platform: Platform) -> None:
    with platform.client() as browser:
        assert "/auth/sign-in" in browser.get("/").text
        platform.sign_in(browser)
        page = browser.get("/").text
        assert "陈文员，您好" in page
        mark = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert mark is not None
        switched = browser.post("/auth/tenant", data={"csrf": mark[1], "tenant": "hebei"})
        assert switched.headers["location"] == "/"
        gone = browser.post("/auth/sign-out", data={"csrf": mark[1]})
        assert gone.status_code == 303
        assert "/auth/sign-in" in browser.get("/").text


@pytest.mark.parametrize("path", ["/", "/docs", "/issuer/authorize"])
def test_pages_allow_no_script_of_others_and_no_frame(platform: Platform, path: str) -> None:
    with platform.client() as browser:
        answer = browser.get(path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script|\son\w+=|style=", answer.text)
    assert not re.search(r"(src|href)=\"https?://", answer.text)


@pytest.mark.parametrize("return_to", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb"])
def test_nobody_is_sent_to_another_site_after_signing_in(platform: Platform, return_to: str) -> None:
    with platform.client() as browser:
        assert platform.sign_in(browser, return_to=return_to).headers["location"] == "/"


def test_a_callback_that_nobody_asked_for_is_refused(platform: Platform) -> None:
    with platform.client() as browser:
        assert browser.get("/auth/callback", params={"code": "x", "state": "y"}).status_code == 400


def test_a_code_of_another_browser_is_refused(platform: Platform) -> None:
    with platform.client() as victim, platform.client() as thief:
        asked = parse_qs(urlsplit(thief.get("/auth/sign-in").headers["location"]).query)
        form = {name: values[0] for name, values in asked.items()}
        code = thief.post("/issuer/authorize", data={**form, "subject": "clerk@ganzhou"}).headers["location"]
        victim.get("/auth/sign-in")
        assert victim.get(code).status_code == 400
        state = parse_qs(urlsplit(victim.get("/auth/sign-in").headers["location"]).query)["state"][0]
        stolen = parse_qs(urlsplit(code).query)["code"][0]
        assert victim.get("/auth/callback", params={"code": stolen, "state": state}).status_code == 400


def test_a_code_works_once(platform: Platform) -> None:
    with platform.client() as browser:
        back = platform.sign_in(browser)
        again = browser.get(str(back.request.url))
    assert again.status_code == 400


def test_the_issuer_sends_nobody_to_an_address_that_is_not_registered(platform: Platform) -> None:
    query = {"client_id": "xiaoneng-web", "redirect_uri": "https://evil.example", "response_type": "code", "scope": "openid"}
    with platform.client() as browser:
        answer = browser.get("/issuer/authorize", params=query)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_the_issuer_refuses_what_is_not_code_with_pkce(platform: Platform, changed: dict[str, str], error: str) -> None:
    with platform.client() as browser:
        asked = parse_qs(urlsplit(browser.get("/auth/sign-in").headers["location"]).query)
        query = {**{name: values[0] for name, values in asked.items()}, **changed}
        back = browser.get("/issuer/authorize", params=query)
    assert parse_qs(urlsplit(back.headers["location"]).query)["error"] == [error]


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password", "username": "clerk@ganzhou"},
        {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "xiaoneng-web"},
        {"grant_type": "authorization_code", "code": "x", "client_id": "xiaoneng-web"},
        {"grant_type": "client_credentials", "client_id": "oa", "client_secret": "wrong"},
        {"grant_type": "urn:xiaoneng:params:oauth:grant-type:demo-person", "username": "nobody-at-all"},
    ],
)
def test_the_issuer_gives_no_token_for_nothing(platform: Platform, form: dict[str, str]) -> None:
    with platform.client() as client:
        answer = client.post("/issuer/token", data=form)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.json()


def test_the_issuer_describes_itself_and_its_users(platform: Platform) -> None:
    with platform.client() as client:
        found = client.get("/issuer/.well-known/openid-configuration").json()
        assert found["issuer"] == f"{platform.url}/issuer"
        required = {
            "authorization_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported",
            "id_token_signing_alg_values_supported", "token_endpoint",
        }  # fmt: skip
        assert required <= set(found)
        headers = {"authorization": f"Bearer {platform.token()}"}
        assert client.get(found["userinfo_endpoint"], headers=headers).json()["sub"] == "clerk@ganzhou"
        assert client.get(found["userinfo_endpoint"]).status_code == 401


def test_an_id_token_opens_nothing_as_a_bearer_token(platform: Platform) -> None:
    with platform.client() as browser:
        asked = parse_qs(urlsplit(browser.get("/auth/sign-in").headers["location"]).query)
        form = {name: values[0] for name, values in asked.items()}
        back = browser.post("/issuer/authorize", data={**form, "subject": "clerk@ganzhou"}).headers["location"]
        pending = json.loads(_opened(platform, browser))
        code = parse_qs(urlsplit(back).query)["code"][0]
        redeemed = browser.post(
            "/issuer/token",
            data={
                "grant_type": "authorization_code", "code": code, "client_id": form["client_id"],
                "redirect_uri": form["redirect_uri"], "code_verifier": pending["verifier"],
            },
        ).json()  # fmt: skip
    for kind in ("id_token", "refresh_token"):
        with platform.client(authorization=f"Bearer {redeemed[kind]}") as api:
            assert api.get("/v1/papers/7").status_code == 401


def _opened(platform: Platform, browser: httpx.Client) -> str:
    from gateway.session import Vault
    from tests.contract.gateway.harness import SECRET

    opened = Vault(SECRET).open(browser.cookies["xiaoneng-sign-in"])
    assert opened
    return opened


def logout_token(platform: Platform, key: str | None = None, **changes: object) -> str:
    issuer = platform.gateway.app._issuer_app
    assert issuer is not None
    signing = issuer._signing if key is None else Signing(f"{platform.url}/issuer", key, SystemClock())
    claims = {"sub": "clerk@ganzhou", "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **changes}
    return signing.sign({k: v for k, v in claims.items() if v is not None}, "xiaoneng-web", 60, "logout+jwt")


def test_the_issuer_can_end_sessions_behind_the_browsers_back(platform: Platform) -> None:
    with platform.client() as browser, platform.client() as issuer:
        platform.sign_in(browser)
        assert browser.get("/v1/papers/7").status_code == 200
        answer = issuer.post("/auth/back-channel-logout", data={"logout_token": logout_token(platform)})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert browser.get("/v1/papers/7").status_code == 401


@pytest.mark.parametrize("changes", [{"events": None}, {"nonce": "x"}, {"sub": None}, {"aud": "other"}, {"iss": "other"}])
def test_a_logout_token_that_does_not_hold_ends_nothing(platform: Platform, changes: dict[str, object]) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        answer = browser.post("/auth/back-channel-logout", data={"logout_token": logout_token(platform, **changes)})
        assert answer.status_code == 400
        assert browser.get("/v1/papers/7").status_code == 200


def test_a_logout_token_of_another_key_ends_nothing(platform: Platform) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        forged = logout_token(platform, new_key())
        assert browser.post("/auth/back-channel-logout", data={"logout_token": forged}).status_code == 400
        assert browser.get("/v1/papers/7").status_code == 200


def test_the_gateway_asks_directory_in_its_own_name(platform: Platform) -> None:
    platform.directory.asked_by.clear()
    with platform.client() as browser:
        platform.sign_in(browser)
    wait_for(lambda: bool(platform.directory.asked_by))
    payload = platform.directory.asked_by[-1].split(".")[1]
    from joserfc.util import urlsafe_b64decode

    claims = json.loads(urlsafe_b64decode(payload.encode()))
    assert (claims["sub"], claims["kind"]) == ("service:gateway", "service")


def test_health_says_alive_and_ready(platform: Platform) -> None:
    with platform.client() as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").json() == {"status": "ready"}
