"""The endpoints of the embedded issuer: discovery, keys, authorize, token, userinfo, end of session."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from gateway import body
from gateway.issuer import pages
from gateway.issuer.people import DEMO_GRANT, DemoPerson, People
from gateway.issuer.signing import ACCESS_SECONDS, ALGORITHM, REFRESH_SECONDS, Signing
from gateway.oidc import challenge
from gateway.settings import is_loopback
from services.kit import ids
from services.kit.clock import Clock

_CODE_SECONDS = 60
_MOST_CODES = 1000
_FORM_BYTES = 16 * 1024
_FORM_SECONDS = 10.0
_NO_STORE = {"cache-control": "no-store"}


class OAuthError(Exception):
    """What RFC 6749, section 5.2, calls an error response."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    def answer(self) -> Response:
        return JSONResponse({"error": self.error, "error_description": self.description}, self.status, _NO_STORE)


@dataclass(frozen=True)
class Code:
    """What a code stands for, for a minute and for one use."""

    subject: str
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    session: str
    expires: float


@dataclass(frozen=True)
class Client:
    """The one client that may send browsers here."""

    client_id: str
    redirect_uri: str
    home: str


class EmbeddedIssuer:
    """An ASGI application for the paths below the issuer's URL."""

    def __init__(self, url: str, key: str, client: Client, audience: str, people: People, clock: Clock, anywhere: bool = False) -> None:
        self.url = url
        self._base = urlsplit(url).path
        self._client = client
        self._audience = audience
        self._people = people
        self._clock = clock
        self._anywhere = anywhere
        self._signing = Signing(url, key, clock)
        self._codes: dict[str, Code] = {}
        self._handlers = {
            ("GET", "/.well-known/openid-configuration"): self._discovery,
            ("GET", "/jwks"): self._jwks,
            ("GET", "/authorize"): self._ask,
            ("POST", "/authorize"): self._chosen,
            ("POST", "/token"): self._token,
            ("GET", "/userinfo"): self._userinfo,
            ("POST", "/userinfo"): self._userinfo,
            ("GET", "/end-session"): self._end_session,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._answer(request)
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        # Not the URL but the peer: a forwarded port would make the list of people public.
        peer = request.client.host if request.client else "127.0.0.1"
        if not self._anywhere and not is_loopback(peer):
            return pages.refused("演示登录只接受来自本机的访问。", 403)
        handler = self._handlers.get((request.method, request.url.path.removeprefix(self._base)))
        if handler is None:
            return pages.refused("没有这个页面。", 404)
        try:
            return await handler(request)
        except OAuthError as refused:
            return refused.answer()

    async def _discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks",
                "end_session_endpoint": f"{self.url}/end-session",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "code_challenge_methods_supported": ["S256"],
                "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", DEMO_GRANT],
                "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
                "scopes_supported": ["openid", "profile", "offline_access"],
                "claims_supported": ["sub", "name", "sid"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self._signing.public_keys())

    async def _ask(self, request: Request) -> Response:
        """Shows the people to choose from."""
        asked = dict(request.query_params)
        if asked.get("client_id") != self._client.client_id or asked.get("redirect_uri") != self._client.redirect_uri:
            return pages.refused("登录请求来自未登记的应用。", 400)  # never redirect to an address that is not ours
        wrong = _wrong(asked)
        if wrong:
            return self._back(asked, {"error": wrong})
        if asked.get("prompt") == "none":
            return self._back(asked, {"error": "login_required"})
        return pages.choose(self._people.people(), f"{self.url}/authorize", asked)

    async def _chosen(self, request: Request) -> Response:
        """Somebody was chosen: the browser goes back with a code."""
        given = await body.form(request, _FORM_BYTES, _FORM_SECONDS)
        if given.get("client_id") != self._client.client_id or given.get("redirect_uri") != self._client.redirect_uri:
            return pages.refused("登录请求来自未登记的应用。", 400)
        person = self._person(given.get("subject", ""))
        if _wrong(given) or person is None:
            return self._back(given, {"error": "access_denied"})
        now = self._clock.now().timestamp()
        if len(self._codes) >= _MOST_CODES:
            self._codes = {k: c for k, c in self._codes.items() if c.expires > now}
        code = secrets.token_urlsafe(32)
        self._codes[code] = Code(
            subject=person.subject,
            client_id=given["client_id"],
            redirect_uri=given["redirect_uri"],
            challenge=given["code_challenge"],
            nonce=given.get("nonce", ""),
            session=ids.new(),
            expires=now + _CODE_SECONDS,
        )
        return self._back(given, {"code": code})

    def _back(self, asked: Mapping[str, str], result: dict[str, str]) -> Response:
        query = urlencode({**result, "state": asked.get("state", ""), "iss": self.url})
        return RedirectResponse(f"{self._client.redirect_uri}?{query}", 303, _NO_STORE)

    async def _token(self, request: Request) -> Response:
        given = await body.form(request, _FORM_BYTES, _FORM_SECONDS)
        grants = {
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh_token,
            "client_credentials": self._by_client,
            DEMO_GRANT: self._by_name,
        }
        grant = grants.get(given.get("grant_type", ""))
        if grant is None:
            raise OAuthError("unsupported_grant_type", "no such grant here")
        return JSONResponse(grant(request, given), headers={**_NO_STORE, "pragma": "no-cache"})

    def _by_code(self, _: Request, given: Mapping[str, str]) -> dict[str, Any]:
        code = self._codes.pop(given.get("code", ""), None)
        if code is None or code.expires <= self._clock.now().timestamp():
            raise OAuthError("invalid_grant", "the code is unknown, used or over")
        fits = given.get("redirect_uri") == code.redirect_uri and given.get("client_id") == code.client_id
        if not fits or not hmac.compare_digest(challenge(given.get("code_verifier", "")), code.challenge):
            raise OAuthError("invalid_grant", "client, redirect_uri or code_verifier differs")
        return self._tokens(self._known(code.subject), code.session, code.nonce)

    def _by_refresh_token(self, _: Request, given: Mapping[str, str]) -> dict[str, Any]:
        claims = self._signing.read(given.get("refresh_token", ""), self.url, "refresh+jwt")
        if claims is None or given.get("client_id") != self._client.client_id:
            raise OAuthError("invalid_grant", "the refresh token does not hold")
        return self._tokens(self._known(str(claims["sub"])), str(claims["sid"]), "")

    def _by_client(self, request: Request, given: Mapping[str, str]) -> dict[str, Any]:
        client_id, secret = _client_credentials(request, given)
        for client in self._people.clients():
            if client.client_id == client_id and hmac.compare_digest(client.client_secret.encode(), secret.encode()):
                return self._access(client.subject, ids.new(), client_id)
        raise OAuthError("invalid_client", "unknown client or wrong secret", 401)

    def _by_name(self, _: Request, given: Mapping[str, str]) -> dict[str, Any]:
        """What `xiaoneng token clerk@<tenant>` uses: on loopback the name is enough, as it is on the page."""
        return self._access(self._known(given.get("username", "")).subject, ids.new(), "xiaoneng-cli")

    def _tokens(self, person: DemoPerson, session: str, nonce: str) -> dict[str, Any]:
        claims = {"sub": person.subject, "name": person.display_name, "sid": session, "azp": self._client.client_id}
        if nonce:
            claims["nonce"] = nonce
        refresh = {"sub": person.subject, "sid": session}
        return {
            **self._access(person.subject, session, self._client.client_id),
            "id_token": self._signing.sign(claims, self._client.client_id, ACCESS_SECONDS),
            "refresh_token": self._signing.sign(refresh, self.url, REFRESH_SECONDS, "refresh+jwt"),
        }

    def _access(self, subject: str, session: str, client_id: str) -> dict[str, Any]:
        claims = {"sub": subject, "sid": session, "client_id": client_id}
        return {
            "access_token": self._signing.sign(claims, self._audience, ACCESS_SECONDS, "at+jwt"),
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
        }

    async def _userinfo(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").partition(" ")[2]
        claims = self._signing.read(token, self._audience, "at+jwt")
        person = self._person(str(claims["sub"])) if claims is not None else None
        if person is None:
            headers = {**_NO_STORE, "www-authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, 401, headers)
        return JSONResponse({"sub": person.subject, "name": person.display_name}, headers=_NO_STORE)

    async def _end_session(self, request: Request) -> Response:
        """Nothing is kept here that could end; the browser goes back."""
        where = request.query_params.get("post_logout_redirect_uri", "")
        return RedirectResponse(where if where == self._client.home else self._client.home, 303, _NO_STORE)

    def _person(self, subject: str) -> DemoPerson | None:
        return next((p for p in self._people.people() if p.subject == subject), None)

    def _known(self, subject: str) -> DemoPerson:
        person = self._person(subject)
        if person is None:
            raise OAuthError("invalid_grant", "no such person")
        return person


def _wrong(asked: Mapping[str, str]) -> str:
    """What is wrong with a request to authorize; empty for nothing."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "invalid_request"
    return ""


def _client_credentials(request: Request, given: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return given.get("client_id", ""), given.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as failed:
        raise OAuthError("invalid_client", "the header cannot be read", 401) from failed
    return unquote(client_id), unquote(secret)
