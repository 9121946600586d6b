"""Who is calling: a browser by its session cookie, another system by a bearer token of the issuer."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from starlette.requests import Request

from gateway import errors
from gateway.directory import Directory, Membership
from gateway.oidc import GrantRefused, Issuer, IssuerUnavailable, TokenRefused
from gateway.session import Session, Sessions
from gateway.settings import GatewaySettings
from gateway.token import Bearer
from services.kit.clock import Clock

log = structlog.get_logger("gateway.principal")

CSRF_HEADER = "x-xiaoneng-csrf"
TENANT_HEADER = "x-xiaoneng-tenant"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TENANT = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
_REFRESH_AGAIN = timedelta(seconds=60)
_VERIFIED_SECONDS = 60
_MOST_VERIFIED = 10_000


@dataclass(frozen=True)
class Principal:
    """Somebody who has proved who that is. `memberships` is None where nobody had to ask for them."""

    bearer: Bearer
    display_name: str
    tenant: str
    memberships: tuple[Membership, ...] | None = None
    session: Session | None = None


def cookie_name(settings: GatewaySettings) -> str:
    """`__Host-` binds the cookie to this host and to TLS; browsers refuse the prefix without TLS."""
    return "__Host-xiaoneng" if settings.secure else "xiaoneng"


class Identify:
    """Answers who sends a request."""

    def __init__(self, settings: GatewaySettings, sessions: Sessions, issuer: Issuer, directory: Directory, clock: Clock) -> None:
        self._settings = settings
        self._sessions = sessions
        self._issuer = issuer
        self._directory = directory
        self._clock = clock
        self._verified: dict[str, tuple[float, Mapping[str, Any]]] = {}

    async def of(self, request: Request) -> Principal | None:
        """The principal, None for nobody. Refuses a token that does not hold and a change without its mark."""
        authorization = request.headers.get("authorization")
        if authorization is not None:
            return await self._by_token(request, authorization)
        session = await self.session(request)
        if session is None:
            return None
        if request.method not in SAFE_METHODS:
            self.check_mark(request, session, request.headers.get(CSRF_HEADER, ""))
        bearer = Bearer(session.person, session.sid, "service" if session.kind == "service" else "person")
        return Principal(bearer, session.display_name, self._tenant(request, session.tenant), session=session)

    async def belongs(self, request: Request, principal: Principal) -> bool:
        """Whether the active tenant is one of the principal's. Services check this themselves; here it is for what no service answers."""
        memberships = principal.memberships
        session = principal.session
        if session is not None:
            person = await self._directory.resolve(session.issuer, session.subject, request.state.request_id)
            memberships = person.memberships if person is not None else ()
        return any(m.tenant == principal.tenant for m in memberships or ())

    async def session(self, request: Request) -> Session | None:
        """The browser's session, None where there is none or it is over."""
        cookie = request.cookies.get(cookie_name(self._settings))
        if not cookie:
            return None
        session = self._sessions.cached(cookie)
        if session is None:
            session = await asyncio.to_thread(self._sessions.find, cookie)
        if session is not None and session.refresh_at is not None and self._clock.now() >= session.refresh_at:
            return session if await self._still_at_issuer(session) else None
        return session

    def check_mark(self, request: Request, session: Session, mark: str) -> None:
        """Refuses a change that does not come from a page of ours."""
        origin = request.headers.get("origin")
        foreign = origin is not None and origin != "null" and origin != self._settings.public_url
        if foreign or not hmac.compare_digest(mark.encode(), self._sessions.csrf(session).encode()):
            raise errors.forbidden("CSRF_MISSING", f"send the header {CSRF_HEADER}", "页面已过期，请刷新后重试")

    async def _still_at_issuer(self, session: Session) -> bool:
        """Renews at the issuer; the session ends when the issuer no longer wants it. While it is silent, the session goes on."""
        if not await asyncio.to_thread(self._sessions.claim_refresh, session, self._clock.now() + _REFRESH_AGAIN):
            return True
        try:
            got = await self._issuer.refresh(session.refresh_token)
        except GrantRefused:
            log.info("session_ended", by="issuer", session=session.sid)
            await asyncio.to_thread(self._sessions.end, session)
            return False
        except IssuerUnavailable as silent:
            log.warning("issuer_unavailable", error=str(silent))
            return True
        refresh_at = self._clock.now() + timedelta(seconds=got.expires_in)
        await asyncio.to_thread(self._sessions.refreshed, session, got.refresh_token or session.refresh_token, refresh_at)
        return True

    async def _by_token(self, request: Request, authorization: str) -> Principal:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise errors.bad_token()
        claims = await self._claims(token.strip())
        person = await self._directory.resolve(self._issuer.issuer, str(claims["sub"]), request.state.request_id)
        if person is None:
            raise errors.forbidden("PERSON_UNKNOWN", "nobody here is bound to this subject", f"尚未开通，请联系{self._settings.contact}")
        home = person.memberships[0].tenant if person.memberships else ""
        tenant = self._tenant(request, home)
        session = str(claims.get("sid") or claims.get("jti") or "")[:64]
        return Principal(Bearer(person.person, session, person.kind), person.display_name, tenant, memberships=person.memberships)

    async def _claims(self, token: str) -> Mapping[str, Any]:
        key = hashlib.sha256(token.encode()).hexdigest()
        now = self._clock.now().timestamp()
        known = self._verified.get(key)
        if known is not None and known[0] > now:
            return known[1]
        try:
            claims = await self._issuer.check_access_token(token, self._settings.audience)
        except TokenRefused as refused:
            log.info("token_refused", reason=str(refused))
            raise errors.bad_token() from refused
        except IssuerUnavailable as silent:
            log.warning("issuer_unavailable", error=str(silent))
            raise errors.unavailable("ISSUER_UNAVAILABLE", "the issuer does not answer", "登录服务暂时不可用") from silent
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise errors.bad_token()
        if len(self._verified) >= _MOST_VERIFIED:
            self._verified.clear()
        self._verified[key] = (min(float(claims["exp"]), now + _VERIFIED_SECONDS), claims)
        return claims

    def _tenant(self, request: Request, otherwise: str) -> str:
        asked = request.headers.get(TENANT_HEADER)
        if asked is None:
            return otherwise
        if not _TENANT.match(asked):
            raise errors.invalid([errors.Violation(TENANT_HEADER, "单位标识有误", "INVALID_TENANT")])
        return asked
