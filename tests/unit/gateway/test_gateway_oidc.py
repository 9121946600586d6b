"""What tokens the gateway believes."""

import asyncio
import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from gateway.oidc import GrantRefused, Issuer, IssuerUnavailable, TokenRefused, challenge
from services.kit.clock import DrivenClock

URL = "https://issuer.example/realm"
NOW = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)


_KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


class FakeIssuer:
    """An issuer at the other end of HTTP, with keys that can be changed."""

    def __init__(self) -> None:
        self.keys = [_KEY]
        self.discovery: dict[str, Any] = {
            "issuer": URL, "authorization_endpoint": f"{URL}/authorize?tenant=1", "token_endpoint": f"{URL}/token",
            "jwks_uri": f"{URL}/jwks", "end_session_endpoint": f"{URL}/logout",
        }  # fmt: skip
        self.token_answer: httpx.Response = httpx.Response(200, json={"id_token": "x", "expires_in": 60})
        self.asked: list[httpx.Request] = []
        self.clock = DrivenClock(NOW)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.path.endswith("/openid-configuration"):
            return httpx.Response(200, json=self.discovery)
        if request.url.path.endswith("/jwks"):
            return httpx.Response(200, json={"keys": [k.as_dict(private=False) for k in self.keys]})
        return self.token_answer

    def issuer(self, secret: str = "") -> Issuer:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return Issuer(URL, "web", secret, "https://x/auth/callback", http, self.clock)

    def token(self, key: Any = None, algorithm: str = "RS256", **changes: Any) -> str:
        now = int(NOW.timestamp())
        claims = {"iss": URL, "aud": "web", "sub": "7", "iat": now, "exp": now + 300, "nonce": "n", **changes}
        key = key or self.keys[0]
        claims = {k: v for k, v in claims.items() if v is not None}
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])

    def fetched(self, end: str) -> int:
        return sum(r.url.path.endswith(end) for r in self.asked)


@pytest.fixture
def fake() -> FakeIssuer:
    return FakeIssuer()


def test_a_good_id_token_is_believed(fake: FakeIssuer) -> None:
    assert asyncio.run(fake.issuer().check_id_token(fake.token(), "n"))["sub"] == "7"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"aud": "other"}, {"aud": None}, {"nonce": "other"}, {"nonce": None},
        {"exp": int(NOW.timestamp()) - 60}, {"exp": None}, {"exp": "soon"}, {"exp": True}, {"iat": int(NOW.timestamp()) + 600},
        {"nbf": int(NOW.timestamp()) + 600}, {"aud": ["web", "other"]}, {"aud": ["web", "other"], "azp": "other"},
    ],
)  # fmt: skip
def test_an_id_token_that_is_not_for_this_request_is_refused(fake: FakeIssuer, changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        asyncio.run(fake.issuer().check_id_token(fake.token(**changes), "n"))


def test_several_audiences_are_good_when_we_are_the_authorized_party(fake: FakeIssuer) -> None:
    token = fake.token(aud=["web", "other"], azp="web")
    assert asyncio.run(fake.issuer().check_id_token(token, "n"))["azp"] == "web"


def test_a_shared_secret_signs_nothing_for_us(fake: FakeIssuer) -> None:
    # The old attack: the public key, known to all, used as the secret of HS256.
    head, claims, _ = fake.token().split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).rstrip(b"=").decode()
    signature = hmac.digest(fake.keys[0].as_pem(private=False), f"{head}.{claims}".encode(), "sha256")
    forged = f"{head}.{claims}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    with pytest.raises(TokenRefused):
        asyncio.run(fake.issuer().check_id_token(forged, "n"))


def test_an_unsigned_token_is_refused(fake: FakeIssuer) -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": URL, "aud": "web", "sub": "7", "exp": int(NOW.timestamp()) + 60, "nonce": "n"}
    for token in (f"{part({'alg': 'none'})}.{part(claims)}.", "a.b", "", "....", "é.é.é"):
        with pytest.raises(TokenRefused):
            asyncio.run(fake.issuer().check_id_token(token, "n"))


def test_a_foreign_key_is_refused_even_under_a_known_name(fake: FakeIssuer) -> None:
    foreign = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    with pytest.raises(TokenRefused):
        asyncio.run(fake.issuer().check_id_token(fake.token(foreign), "n"))


def test_a_new_key_of_the_issuer_is_learnt_but_not_asked_for_at_will(fake: FakeIssuer) -> None:
    async def run() -> None:
        issuer = fake.issuer()
        await issuer.check_id_token(fake.token(), "n")
        fresh = ECKey.generate_key("P-256", {"kid": "two"}, private=True)
        fake.keys.append(fresh)  # type: ignore[arg-type]
        token = fake.token(fresh, "ES256")
        with pytest.raises(TokenRefused):
            await issuer.check_id_token(token, "n")
        fake.clock.set(NOW + timedelta(seconds=31))
        assert (await issuer.check_id_token(token, "n"))["sub"] == "7"
        for _ in range(5):
            with pytest.raises(TokenRefused):
                await issuer.check_id_token("a.b.c", "n")

    asyncio.run(run())
    assert fake.fetched("/jwks") == 2


def test_an_id_token_is_no_access_token(fake: FakeIssuer) -> None:
    with pytest.raises(TokenRefused):
        asyncio.run(fake.issuer().check_access_token(fake.token(), "web"))
    assert asyncio.run(fake.issuer().check_access_token(fake.token(nonce=None), "web"))["sub"] == "7"


@pytest.mark.parametrize("changed", [{"issuer": "https://evil.example"}, {"token_endpoint": None}])
def test_a_discovery_document_of_somebody_else_is_refused(fake: FakeIssuer, changed: dict[str, Any]) -> None:
    fake.discovery = {k: v for k, v in {**fake.discovery, **changed}.items() if v is not None}
    with pytest.raises(IssuerUnavailable):
        asyncio.run(fake.issuer().endpoints())


def test_the_way_to_the_issuer_carries_pkce_and_keeps_its_own_query(fake: FakeIssuer) -> None:
    where = httpx.URL(asyncio.run(fake.issuer().authorize_url("openid", "st", "no", "verifier")))
    asked = dict(where.params)
    assert asked["tenant"] == "1"
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (challenge("verifier"), "S256")
    assert asked["redirect_uri"] == "https://x/auth/callback"


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B.
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_client_with_a_secret_shows_it_in_the_header(fake: FakeIssuer) -> None:
    asyncio.run(fake.issuer("secret").redeem("code", "verifier"))
    sent = fake.asked[-1]
    assert sent.headers["authorization"].startswith("Basic ")
    assert b"client_secret" not in sent.content
    asyncio.run(fake.issuer().redeem("code", "verifier"))
    assert b"client_id=web" in fake.asked[-1].content


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), GrantRefused),
        (httpx.Response(500), IssuerUnavailable),
        (httpx.Response(200, text="<html>"), IssuerUnavailable),
        (httpx.Response(200, json=[]), IssuerUnavailable),
    ],
)
def test_answers_of_the_token_endpoint_are_told_apart(fake: FakeIssuer, answer: httpx.Response, raised: type[Exception]) -> None:
    fake.token_answer = answer
    with pytest.raises(raised):
        asyncio.run(fake.issuer().refresh("r"))


def test_symmetric_keys_in_a_key_set_are_left_out(fake: FakeIssuer) -> None:
    fake.keys.append(OctKey.generate_key(256, {"kid": "oct"}, private=True))  # type: ignore[arg-type]

    async def run() -> KeySet:
        return await fake.issuer()._key_set()

    assert [k.kid for k in asyncio.run(run()).keys] == ["one"]
