"""Signing in and out: authorization code with PKCE, back-channel logout, the switch between tenants."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any

import grpc.aio
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway import body, errors, metrics, pages
from gateway.directory import Directory, Person
from gateway.oidc import GrantRefused, Issuer, IssuerUnavailable, TokenRefused, new_verifier
from gateway.principal import CSRF_HEADER, Identify, cookie_name
from gateway.session import Session, Sessions, SignedIn, Vault
from gateway.settings import GatewaySettings
from gateway.stream import LiveUpdates
from services.kit.clock import Clock

log = structlog.get_logger("gateway.auth")

_SIGN_IN_SECONDS = 600
_MOST_FORM_BYTES = 64 * 1024
_NO_STORE = {"cache-control": "no-store"}


class Auth:
    """The handlers below `/auth/`."""

    def __init__(
        self,
        settings: GatewaySettings,
        issuer: Issuer,
        sessions: Sessions,
        vault: Vault,
        directory: Directory,
        identify: Identify,
        live: LiveUpdates,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._issuer = issuer
        self._sessions = sessions
        self._vault = vault
        self._directory = directory
        self._identify = identify
        self._live = live
        self._clock = clock

    async def sign_in(self, request: Request) -> Response:
        """Sends the browser to the issuer. What must come back unchanged waits in a sealed cookie."""
        pending = {
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "verifier": new_verifier(),
            "return_to": local_path(request.query_params.get("return_to", "/")),
        }
        try:
            where = await self._issuer.authorize_url(self._settings.scope, pending["state"], pending["nonce"], pending["verifier"])
        except IssuerUnavailable as silent:
            return self._issuer_away(silent)
        answer = RedirectResponse(where, 302, _NO_STORE)
        self._set_cookie(answer, self._pending_name, self._vault.seal(json.dumps(pending)), _SIGN_IN_SECONDS)
        return answer

    async def callback(self, request: Request) -> Response:
        """The browser comes back from the issuer."""
        pending = self._pending(request)
        given = request.query_params
        if pending is None or not hmac.compare_digest(given.get("state", "").encode(), pending["state"].encode()):
            metrics.SIGN_INS.labels("stale").inc()
            return pages.message("登录已过期", ["登录请求已失效，请返回首页重新登录。"], 400)
        if "code" not in given:
            metrics.SIGN_INS.labels("refused").inc()
            log.info("sign_in_refused", error=given.get("error", "")[:100])
            return self._drop_pending(pages.message("未能登录", ["身份验证未完成，请返回首页重试。"], 400))
        try:
            got = await self._issuer.redeem(given["code"], pending["verifier"])
            claims = await self._issuer.check_id_token(got.id_token, pending["nonce"])
        except (GrantRefused, TokenRefused) as refused:
            metrics.SIGN_INS.labels("refused").inc()
            log.warning("sign_in_refused", error=str(refused))
            return self._drop_pending(pages.message("未能登录", ["身份验证未通过，请返回首页重试。"], 400))
        except IssuerUnavailable as silent:
            return self._issuer_away(silent)
        try:
            person = await self._directory.resolve(self._issuer.issuer, str(claims["sub"]), request.state.request_id, fresh=True)
        except grpc.aio.AioRpcError as failed:
            log.warning("directory_unavailable", code=failed.code().name)
            return pages.message("系统繁忙", ["组织人员服务暂时不可用，请稍后再试。"], 503)
        if person is None:
            metrics.SIGN_INS.labels("unknown").inc()
            shown = pages.unknown_person(self._settings.contact, str(claims["sub"]), str(claims.get("name") or ""))
            return self._drop_pending(shown)
        refresh_at = self._clock.now() + timedelta(seconds=got.expires_in) if got.refresh_token else None
        signed_in = SignedIn(
            issuer=self._issuer.issuer,
            subject=str(claims["sub"]),
            issuer_session=str(claims.get("sid") or ""),
            person=person.person,
            kind=person.kind,
            display_name=person.display_name,
            tenant=person.memberships[0].tenant if person.memberships else "",
            refresh_token=got.refresh_token,
            id_token=got.id_token,
            refresh_at=refresh_at,
        )
        return await self._welcome(request, signed_in, pending["return_to"])

    async def _welcome(self, request: Request, signed_in: SignedIn, return_to: str) -> Response:
        before = await self._identify.session(request)
        if before is not None:
            await self._end(before)
        cookie, session = await asyncio.to_thread(self._sessions.open, signed_in)
        metrics.SIGN_INS.labels("done").inc()
        log.info("signed_in", session=session.sid, tenant=session.tenant)
        answer = RedirectResponse(return_to, 303, _NO_STORE)
        self._set_cookie(answer, cookie_name(self._settings), cookie, self._settings.session_hours * 3600)
        return self._drop_pending(answer)

    async def sign_out(self, request: Request) -> Response:
        """Ends the session here and, where the issuer can, there."""
        session, fields = await self._changing(request)
        await self._end(session)
        log.info("signed_out", session=session.sid)
        try:
            where = await self._issuer.end_session_url(session.id_token, f"{self._settings.public_url}/")
        except IssuerUnavailable:
            where = ""
        answer: Response = (
            RedirectResponse(where or "/", 303, _NO_STORE)
            if fields is not None
            else JSONResponse({"redirectUrl": where or "/"}, headers=_NO_STORE)
        )
        answer.delete_cookie(cookie_name(self._settings), secure=self._settings.secure, httponly=True, samesite="lax")
        return answer

    async def back_channel_logout(self, request: Request) -> Response:
        """The issuer says that a session is over."""
        fields = await body.form(request, _MOST_FORM_BYTES, self._settings.body_seconds)
        try:
            claims = await self._issuer.check_logout_token(fields.get("logout_token", ""))
        except TokenRefused as refused:
            log.warning("logout_refused", reason=str(refused))
            return JSONResponse({"error": "invalid_request"}, 400, _NO_STORE)
        except IssuerUnavailable as silent:
            log.warning("issuer_unavailable", error=str(silent))
            return JSONResponse({"error": "temporarily_unavailable"}, 503, _NO_STORE)
        subject, issuer_session = str(claims.get("sub") or ""), str(claims.get("sid") or "")
        ended = await asyncio.to_thread(self._sessions.end_of_issuer, self._issuer.issuer, subject, issuer_session)
        for sid in ended:
            self._live.end_session(sid)
        log.info("back_channel_logout", sessions=len(ended))
        return Response(b"", 200, _NO_STORE)

    async def session(self, request: Request) -> Response:
        """Who am I: what the web app asks first."""
        session = await self._identify.session(request)
        if session is None:
            return JSONResponse({"signedIn": False, "demo": self._settings.embedded_issuer}, headers=_NO_STORE)
        person = await self._person(request, session)
        return JSONResponse(
            {
                "signedIn": True,
                "person": session.person,
                "displayName": session.display_name,
                "tenant": session.tenant,
                "memberships": [{"tenant": m.tenant, "displayName": m.display_name} for m in (person.memberships if person else ())],
                "csrfHeader": CSRF_HEADER,
                "csrfToken": self._sessions.csrf(session),
                "expireTime": session.expires_at.isoformat(),
                "demo": self._settings.embedded_issuer,
            },
            headers=_NO_STORE,
        )

    async def switch_tenant(self, request: Request) -> Response:
        """Makes another tenant of the person the active one."""
        session, fields = await self._changing(request)
        given = fields if fields is not None else await self._json(request)
        tenant = given.get("tenant")
        if not isinstance(tenant, str) or not tenant:
            raise errors.invalid([errors.Violation("tenant", "请选择单位", "REQUIRED")])
        person = await self._person(request, session, fresh=True)
        if person is None or not person.belongs_to(tenant):
            raise errors.forbidden("NOT_A_MEMBER", "not a member of that tenant", "您不是该单位的成员")
        await asyncio.to_thread(self._sessions.switch, session, tenant)
        self._live.end_session(session.sid)
        if fields is not None:
            return RedirectResponse("/", 303, _NO_STORE)
        return JSONResponse({"tenant": tenant}, headers=_NO_STORE)

    async def start(self, request: Request) -> Response:
        """The start page."""
        session = await self._identify.session(request)
        if session is None:
            return pages.start_signed_out()
        person = await self._person(request, session)
        return pages.start_signed_in(
            session.display_name,
            session.tenant,
            person.memberships if person else (),
            self._sessions.csrf(session),
            "请选择要办理业务的单位。" if person and len(person.memberships) > 1 else "",
        )

    async def _changing(self, request: Request) -> tuple[Session, dict[str, str] | None]:
        """The session of a change and, where it came as a form, its fields."""
        session = await self._identify.session(request)
        if session is None:
            raise errors.sign_in_needed()
        fields = None
        mark = request.headers.get(CSRF_HEADER, "")
        if body.content_type(request) == "application/x-www-form-urlencoded":
            fields = await body.form(request, _MOST_FORM_BYTES, self._settings.body_seconds)
            mark = mark or fields.get("csrf", "")
        self._identify.check_mark(request, session, mark)
        return session, fields

    async def _json(self, request: Request) -> dict[str, Any]:
        raw = await body.whole(request, _MOST_FORM_BYTES, self._settings.body_seconds)
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError) as failed:
            raise errors.invalid([errors.Violation("", "请求体不是有效的 JSON", "NOT_JSON")]) from failed
        if not isinstance(found, dict):
            raise errors.invalid([errors.Violation("", "请求体须为 JSON 对象", "NOT_AN_OBJECT")])
        return found

    async def _person(self, request: Request, session: Session, fresh: bool = False) -> Person | None:
        try:
            return await self._directory.resolve(session.issuer, session.subject, request.state.request_id, fresh)
        except grpc.aio.AioRpcError as failed:
            raise errors.unavailable("DIRECTORY_UNAVAILABLE", "directory does not answer", "组织人员服务暂时不可用，请稍后再试") from failed

    async def _end(self, session: Session) -> None:
        await asyncio.to_thread(self._sessions.end, session)
        self._live.end_session(session.sid)

    def _issuer_away(self, silent: IssuerUnavailable) -> Response:
        metrics.SIGN_INS.labels("unavailable").inc()
        log.error("issuer_unavailable", error=str(silent))
        return pages.message("暂时无法登录", ["统一身份认证服务没有响应，请稍后再试。"], 503)

    @property
    def _pending_name(self) -> str:
        return cookie_name(self._settings) + "-sign-in"

    def _pending(self, request: Request) -> dict[str, str] | None:
        opened = self._vault.open(request.cookies.get(self._pending_name, ""), _SIGN_IN_SECONDS)
        return json.loads(opened) if opened else None

    def _drop_pending(self, answer: Response) -> Response:
        answer.delete_cookie(self._pending_name, secure=self._settings.secure, httponly=True, samesite="lax")
        return answer

    def _set_cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        answer.set_cookie(name, value, max_age=seconds, path="/", secure=self._settings.secure, httponly=True, samesite="lax")


def local_path(given: str) -> str:
    """A path of this very site, `/` for anything else: nobody is sent elsewhere after signing in."""
    safe = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable() and "\\" not in given
    return given if safe else "/"
