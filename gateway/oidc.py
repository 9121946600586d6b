"""The issuer as its discovery document describes it: where to send people, how to check what it signs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.kit.clock import Clock

log = structlog.get_logger("gateway.oidc")

# Asymmetric ones only: with a shared secret whoever checks could also sign.
ALGORITHMS = ["EdDSA", "Ed25519", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
_LEEWAY_SECONDS = 30
_KEYS_SECONDS = 3600
_KEYS_AGAIN_SECONDS = 30
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class IssuerUnavailable(Exception):
    """The issuer does not answer, or not with what the standard asks."""


class TokenRefused(Exception):
    """A token does not hold; the text says why, for the log only."""


class GrantRefused(Exception):
    """The issuer did not accept a code or refresh token."""


@dataclass(frozen=True)
class Endpoints:
    """What the discovery document names."""

    authorization: str
    token: str
    jwks: str
    end_session: str


@dataclass(frozen=True)
class Granted:
    """What the token endpoint gave."""

    id_token: str
    refresh_token: str
    expires_in: int


def new_verifier() -> str:
    """A PKCE verifier."""
    return secrets.token_urlsafe(48)


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Issuer:
    """One issuer, reached over `http`. Discovery and keys are fetched when first needed and kept for an hour."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str, http: httpx.AsyncClient, clock: Clock) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._http = http
        self._clock = clock
        self._endpoints: Endpoints | None = None
        self._keys: KeySet | None = None
        self._keys_at = 0.0
        self._lock = asyncio.Lock()

    async def endpoints(self) -> Endpoints:
        if self._endpoints is None:
            found = await self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise IssuerUnavailable(f"discovery is of issuer {found.get('issuer')!r}")
            try:
                self._endpoints = Endpoints(
                    found["authorization_endpoint"],
                    found["token_endpoint"],
                    found["jwks_uri"],
                    found.get("end_session_endpoint", ""),
                )
            except KeyError as missing:
                raise IssuerUnavailable(f"discovery lacks {missing}") from missing
        return self._endpoints

    async def authorize_url(self, scope: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign in."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "ui_locales": "zh-CN",
        }
        return _with_query((await self.endpoints()).authorization, query)

    async def end_session_url(self, id_token: str, back_to: str) -> str:
        """Where the browser goes to sign out at the issuer too; empty where it knows no such thing."""
        where = (await self.endpoints()).end_session
        if not where:
            return ""
        query = {"client_id": self.client_id, "post_logout_redirect_uri": back_to}
        if id_token:
            query["id_token_hint"] = id_token
        return _with_query(where, query)

    async def redeem(self, code: str, verifier: str) -> Granted:
        """Exchanges a code for tokens."""
        return await self._grant(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._redirect_uri,
                "code_verifier": verifier,
            }
        )

    async def refresh(self, refresh_token: str) -> Granted:
        return await self._grant({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def check_id_token(self, token: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token that is for us and answers our request."""
        claims = await self._verify(token, self.client_id)
        if claims.get("nonce") != nonce:
            raise TokenRefused("nonce differs")
        if isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1 and claims.get("azp") != self.client_id:
            raise TokenRefused("azp differs")
        return claims

    async def check_access_token(self, token: str, audience: str) -> Mapping[str, Any]:
        """The claims of a bearer token of an API client."""
        claims = await self._verify(token, audience)
        if "nonce" in claims or "events" in claims:
            raise TokenRefused("not an access token")
        return claims

    async def check_logout_token(self, token: str) -> Mapping[str, Any]:
        """The claims of a back-channel logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""
        claims = await self._verify(token, self.client_id)
        events = claims.get("events")
        if not isinstance(events, dict) or _LOGOUT_EVENT not in events or "nonce" in claims:
            raise TokenRefused("not a logout token")
        if not claims.get("sub") and not claims.get("sid"):
            raise TokenRefused("names neither sub nor sid")
        return claims

    async def _verify(self, token: str, audience: str) -> Mapping[str, Any]:
        try:
            decoded = jwt.decode(token, await self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # Perhaps a key that came after we asked. Asked again at most every half minute, whoever sends what.
            try:
                decoded = jwt.decode(token, await self._key_set(again=True), algorithms=ALGORITHMS)
            except (JoseError, ValueError) as failed:
                raise TokenRefused(f"signature: {type(failed).__name__}") from failed
        claims = decoded.claims
        now = self._clock.now().timestamp()
        if claims.get("iss") != self.issuer:
            raise TokenRefused("iss differs")
        audiences = claims.get("aud")
        if audience not in (audiences if isinstance(audiences, list) else [audiences]):
            raise TokenRefused("aud differs")
        if not _is_number(claims.get("exp")) or claims["exp"] <= now - _LEEWAY_SECONDS:
            raise TokenRefused("expired")
        for claim in ("iat", "nbf"):
            if claim in claims and (not _is_number(claims[claim]) or claims[claim] > now + _LEEWAY_SECONDS):
                raise TokenRefused(f"{claim} lies ahead")
        return claims

    async def _key_set(self, again: bool = False) -> KeySet:
        age = self._clock.now().timestamp() - self._keys_at
        if self._keys is None or age > _KEYS_SECONDS or (again and age > _KEYS_AGAIN_SECONDS):
            async with self._lock:
                found = await self._get((await self.endpoints()).jwks)
                try:
                    self._keys = KeySet.import_key_set({"keys": [k for k in found["keys"] if k.get("kty") != "oct"]})
                except (KeyError, ValueError, TypeError, AttributeError, JoseError) as failed:
                    raise IssuerUnavailable("key set cannot be read") from failed
                self._keys_at = self._clock.now().timestamp()
        return self._keys

    async def _grant(self, form: dict[str, str]) -> Granted:
        where = (await self.endpoints()).token
        auth = httpx.BasicAuth(self.client_id, self._client_secret) if self._client_secret else httpx.Auth()
        if not self._client_secret:
            form = {**form, "client_id": self.client_id}
        try:
            answer = await self._http.post(where, data=form, auth=auth, headers={"accept": "application/json"})
        except httpx.HTTPError as failed:
            raise IssuerUnavailable(str(failed)) from failed
        if answer.status_code in (400, 401, 403):
            raise GrantRefused(f"token endpoint answered {answer.status_code}")
        try:
            answer.raise_for_status()
            found = answer.json()
            expires_in = int(found.get("expires_in") or 300)
            return Granted(found.get("id_token") or "", found.get("refresh_token") or "", expires_in)
        except (httpx.HTTPError, ValueError, AttributeError, TypeError) as failed:
            raise IssuerUnavailable("token endpoint does not answer as it should") from failed

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = await self._http.get(url, headers={"accept": "application/json"})
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as failed:
            raise IssuerUnavailable(f"{url}: {failed}") from failed
        if not isinstance(found, dict):
            raise IssuerUnavailable(f"{url}: not an object")
        return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
