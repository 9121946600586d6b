"""What every request passes first: its id, limits, headers of the answer, the log and the metrics, and the last catch."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Mapping

import structlog
from opentelemetry import propagate, trace
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import errors, metrics
from gateway.rate import Counts, Rate
from gateway.settings import GatewaySettings
from services.kit import ids
from services.kit.clock import Clock
from services.kit.errors import Busy

log = structlog.get_logger("gateway.access")
_tracer = trace.get_tracer("xiaoneng.gateway")

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_QUIET = frozenset({"/healthz", "/readyz"})
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action {form}; base-uri 'none'; frame-ancestors 'none'"
)


class Edge:
    """Outermost layer around the gateway."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings, clock: Clock, csp_origins: str = "") -> None:
        self._app = app
        self._settings = settings
        self._counts = Counts(clock)
        self._rate = Rate.of(settings.rate)
        self._address_rate = Rate.of(settings.address_rate)
        self._sign_in_rate = Rate.of(settings.sign_in_rate)
        self._headers = _security_headers(settings, csp_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        state = scope.setdefault("state", {})
        state.update(request_id=request_id, route="", live=False)
        answer = _Answer(send, {**self._headers, "x-request-id": request_id})
        started = time.perf_counter()
        metrics.IN_PROGRESS.inc()
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            _tracer.start_as_current_span("http", context=propagate.extract(dict(headers)), kind=trace.SpanKind.SERVER),
        ):
            state["traceparent"] = _traceparent()
            try:
                await self._guarded(scope, receive, answer, headers)
            finally:
                metrics.IN_PROGRESS.dec()
                self._note(scope, answer, time.perf_counter() - started)

    async def _guarded(self, scope: Scope, receive: Receive, answer: _Answer, headers: Headers) -> None:
        try:
            self._check_rate(scope, headers)
            await self._app(scope, receive, answer)
        except errors.HTTPError as refusal:
            if refusal.reason == "TOKEN_REFUSED":
                self._counts.hit(self._sign_in_rate, "sign-in", _address(scope))
            await self._refuse(answer, refusal)
        except Busy:
            await self._refuse(answer, errors.unavailable("DATABASE_UNAVAILABLE", "the session store is away", "系统繁忙，请稍后再试"))
        except Exception as failed:  # noqa: BLE001  the edge: whatever escapes is logged, counted and answered without details
            await self._refuse(answer, errors.escaped(failed))

    async def _refuse(self, answer: _Answer, refusal: errors.HTTPError) -> None:
        metrics.REFUSED.labels(refusal.reason if refusal.details is None else "SERVICE").inc()
        if answer.status:
            # The head is out already: only a cut connection can say that the rest is missing.
            raise ConnectionAbortedError(refusal.reason)
        body = refusal.encoded()
        head = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *((k.encode(), v.encode()) for k, v in refusal.headers.items()),
        ]
        await answer({"type": "http.response.start", "status": refusal.http_status, "headers": head})
        await answer({"type": "http.response.body", "body": body})

    def _check_rate(self, scope: Scope, headers: Headers) -> None:
        path = scope["path"]
        if path in _QUIET:
            return
        address = _address(scope)
        checks = [(self._address_rate, "address", address)]
        who = headers.get("authorization") or headers.get("cookie")
        if who:
            checks.append((self._rate, "who", hashlib.sha256(who.encode()).hexdigest()[:32]))
        if path in ("/auth/sign-in", "/auth/callback", "/auth/back-channel-logout"):
            checks.append((self._sign_in_rate, "sign-in", address))
        elif headers.get("authorization"):
            _stop(self._counts.waits(self._sign_in_rate, "sign-in", address))
        for rate, kind, key in checks:
            _stop(self._counts.hit(rate, kind, key))

    def _note(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        state = scope["state"]
        route = state["route"] or "other"
        code = str(answer.status or 500)
        if not state["live"]:
            metrics.DURATION.labels(scope["method"] if state["route"] else "any", route, code).observe(seconds)
        if scope["path"] not in _QUIET:
            log.info(
                "http_request",
                method=scope["method"],
                route=route,
                status=answer.status,
                seconds=round(seconds, 4),
                bytes=answer.bytes,
                tenant=state.get("tenant", ""),
                trace_id=state["traceparent"].split("-")[1],
            )


class _Answer:
    """`send`, with the headers that every answer has; remembers what went out."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.status = 0
        self.bytes = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            message = {**message, "headers": headers.raw}
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self._send(message)


def _stop(seconds: int) -> None:
    if seconds:
        raise errors.too_many(seconds)


def content_policy(csp_origins: str) -> str:
    """The content security policy of our own pages; `csp_origins` are others that a form may go to."""
    return _CSP.format(form=f"'self' {csp_origins}".strip())


def _security_headers(settings: GatewaySettings, csp_origins: str) -> dict[str, str]:
    headers = {
        "content-security-policy": content_policy(csp_origins),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), payment=()",
    }
    if settings.secure:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return headers


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.match(given) else ids.new()


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "-"


def _traceparent() -> str:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent") or f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
