"""Puts the gateway together: one ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

import grpc.aio
import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import docs, errors, openapi, pages
from gateway.auth import Auth
from gateway.bindings import build
from gateway.calls import Calls
from gateway.descriptors import Contract
from gateway.directory import Directory
from gateway.edge import Edge, content_policy
from gateway.endpoint import Endpoint
from gateway.issuer.people import FixedPeople, People
from gateway.issuer.provider import Client, EmbeddedIssuer
from gateway.issuer.signing import new_key
from gateway.oidc import Issuer
from gateway.principal import Identify, Principal, cookie_name
from gateway.session import METADATA, Sessions, Vault
from gateway.settings import GatewaySettings
from gateway.stream import HEADERS, LiveUpdates
from gateway.token import Tokens, read_signers
from gateway.web_app import WebApp
from services.kit.clock import Clock, SystemClock
from services.kit.db.engine import Database
from services.kit.errors import Busy
from services.kit.rpc import tls

Handler = Callable[[Request], Awaitable[Response]]


class App:
    """The application. `live` takes events in embedded mode; `close_streams` is for the moment of SIGTERM."""

    def __init__(
        self,
        settings: GatewaySettings,
        people: People | None = None,
        clock: Clock | None = None,
        on_start: Callable[[], None] | None = None,
        on_stop: Callable[[], None] | None = None,
    ) -> None:
        self.settings = settings
        # Sessions and tokens go by the wall clock even where the offices' clock is driven.
        self._clock = clock or SystemClock()
        self.live = LiveUpdates()
        self._hooks = (on_start, on_stop)
        self._contract = Contract.load(settings.descriptors)
        self._routes = build(self._contract, offered=settings.services.__contains__)
        self._document = openapi.document(self._contract, self._routes, settings.public_url, _version())
        self._openapi = json.dumps(self._document, ensure_ascii=False).encode()
        self._docs = docs.render(self._document)
        self._tokens = Tokens(read_signers(settings.signing_keys.get_secret_value()), self._clock)
        self._issuer_app = self._embedded_issuer(people) if settings.embedded_issuer else None
        self._db = Database(
            "gateway",
            settings.database_url.get_secret_value(),
            self._clock,
            METADATA,
            audit_key=b"",
            pool_size=settings.pool_size,
        )
        self._fixed: dict[str, dict[str, Handler]] = {}
        self._inner: ASGIApp | None = None
        form_goes_to = _origin(settings.issuer)
        self._web = WebApp(settings.web, content_policy(form_goes_to)) if settings.web is not None else None
        self._edge = Edge(self._dispatch, settings, self._clock, form_goes_to)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._edge(scope, receive, send)
        else:
            raise RuntimeError(f"{scope['type']} is not spoken here")

    @asynccontextmanager
    async def running(self) -> Any:
        """Everything that lives as long as the event loop."""
        settings = self.settings
        transports = {}
        if self._issuer_app is not None:
            # Asked in process: the public address need not be reachable from here.
            transports[f"{settings.issuer}/"] = httpx.ASGITransport(self._issuer_app)
        http = httpx.AsyncClient(timeout=10, mounts=transports, follow_redirects=False)
        calls = Calls(
            self._contract, settings.services, tls.channel_files(settings.services_ca, settings.services_cert, settings.services_key)
        )
        self._wire(http, calls)
        renewing = asyncio.create_task(calls.keep_certificates())
        self.live.start()
        on_start, on_stop = self._hooks
        if on_start is not None:
            on_start()
        try:
            yield self
        finally:
            self.live.close()
            if on_stop is not None:
                await asyncio.to_thread(on_stop)
            renewing.cancel()
            await calls.close()
            await http.aclose()
            self._db.dispose()

    def close_streams(self) -> None:
        """Ends all live streams, so that a server that waits for open answers can stop."""
        self.live.close()

    def _wire(self, http: httpx.AsyncClient, calls: Calls) -> None:
        settings, clock = self.settings, self._clock
        vault = Vault(settings.secret.get_secret_value())
        idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
        sessions = Sessions(self._db, vault, clock, idle, longest)
        callback = f"{settings.public_url}/auth/callback"
        issuer = Issuer(settings.issuer, settings.client_id, settings.client_secret.get_secret_value(), callback, http, clock)
        directory = Directory(calls, self._tokens, clock, settings.call_seconds)
        identify = Identify(settings, sessions, issuer, directory, clock)
        auth = Auth(settings, issuer, sessions, vault, directory, identify, self.live, clock)
        self._sessions = sessions
        self._identify = identify
        self._inner = Endpoint(settings, self._contract, self._routes, calls, identify, self._tokens)
        self._fixed = {
            "/": {"GET": auth.start},
            "/auth/sign-in": {"GET": auth.sign_in},
            "/auth/callback": {"GET": auth.callback},
            "/auth/sign-out": {"POST": auth.sign_out},
            "/auth/back-channel-logout": {"POST": auth.back_channel_logout},
            "/auth/session": {"GET": auth.session},
            "/auth/tenant": {"POST": auth.switch_tenant},
            "/live": {"GET": self._live_stream},
            "/openapi.json": {"GET": self._openapi_document},
            "/docs": {"GET": self._docs_page},
            "/healthz": {"GET": self._alive},
            "/readyz": {"GET": self._ready},
            "/.well-known/jwks.json": {"GET": self._jwks},
        }

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if self._web is not None and (self._web.owns(path) or self._web.is_asset(path)):
            await self._serve_web(self._web, scope, receive, send)
            return
        methods = self._fixed.get(path)
        if methods is not None:
            scope["state"]["route"] = path
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            if method not in methods:
                raise errors.wrong_method(list(methods))
            answer = await methods[method](Request(scope, receive))
            await answer(scope, receive, send)
        elif self._issuer_app is not None and path.startswith("/issuer/"):
            scope["state"]["route"] = "/issuer"
            await self._issuer_app(scope, receive, send)
        elif path.startswith("/static/"):
            scope["state"]["route"] = "/static"
            await _static(scope)(scope, receive, send)
        elif self._web is not None and self._web.tells(Request(scope)):
            scope["state"]["route"] = "/"
            await self._web.page(Request(scope, receive), 404)(scope, receive, send)
        else:
            assert self._inner is not None  # wired before the first request
            await self._inner(scope, receive, send)

    async def _serve_web(self, web: WebApp, scope: Scope, receive: Receive, send: Send) -> None:
        if web.is_asset(scope["path"]):
            scope["state"]["route"] = "/assets"
            await web.asset(scope)(scope, receive, send)
        else:
            scope["state"]["route"] = "/"
            await web.page(Request(scope, receive))(scope, receive, send)

    async def _live_stream(self, request: Request) -> Response:
        principal = await self._identify.of(request)
        if principal is None:
            raise errors.sign_in_needed()
        if not await self._listens(request, principal):
            raise errors.forbidden("NOT_A_MEMBER", "not a member of that tenant", "您不是该单位的成员")
        request.state.live = True
        cookie = request.cookies.get(cookie_name(self.settings), "")

        async def still() -> bool:
            """Asked every 15 seconds: a stream ends with its session, its token or the membership."""
            if principal.session is not None and await asyncio.to_thread(self._sessions.find_quietly, cookie) is None:
                return False
            return await self._still_listens(request, principal)

        messages = self.live.messages(principal.bearer.person, principal.tenant, principal.bearer.session, still)
        return StreamingResponse(messages, 200, HEADERS)

    async def _listens(self, request: Request, principal: Principal) -> bool:
        try:
            return await self._identify.belongs(request, principal)
        except grpc.aio.AioRpcError as failed:
            raise errors.from_rpc(failed, self._contract) from failed

    async def _still_listens(self, request: Request, before: Principal) -> bool:
        try:
            if before.session is not None:
                return await self._listens(request, before)
            now = await self._identify.of(request)
            return now is not None and now.tenant == before.tenant and await self._listens(request, now)
        except errors.HTTPError as refusal:
            return refusal.http_status in (503, 504)  # nobody can say so now: the stream goes on

    async def _openapi_document(self, _: Request) -> Response:
        return Response(self._openapi, 200, {"cache-control": "no-cache"}, "application/json")

    async def _docs_page(self, _: Request) -> Response:
        return Response(self._docs, 200, {"cache-control": "no-cache"}, "text/html; charset=utf-8")

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self._tokens.public_keys(), headers={"cache-control": "max-age=300"})

    async def _alive(self, _: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, _: Request) -> Response:
        try:
            await asyncio.to_thread(self._sessions.alive)
        except Busy:
            return JSONResponse({"status": "not ready", "missing": ["database"]}, 503)
        return JSONResponse({"status": "ready"})

    def _embedded_issuer(self, people: People | None) -> EmbeddedIssuer:
        settings = self.settings
        client = Client(settings.client_id, f"{settings.public_url}/auth/callback", f"{settings.public_url}/")
        return EmbeddedIssuer(
            settings.issuer,
            settings.embedded_issuer_key.get_secret_value() or new_key(),
            client,
            settings.audience,
            people or FixedPeople(()),
            self._clock,
            anywhere=settings.embedded_issuer_anywhere,
        )

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.running():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: GatewaySettings, people: People | None = None, **options: Any) -> App:
    """The application for `settings`. `people` are those of the embedded issuer."""
    return App(settings, people, **options)


def _static(scope: Scope) -> Response:
    """A file of ours; names are looked up, never joined to a path."""
    if scope["method"] not in ("GET", "HEAD"):
        raise errors.wrong_method(["GET"])
    name = scope["path"].removeprefix("/static/")
    found = {p.name: p for p in pages.STATIC.iterdir() if p.suffix in pages.STATIC_TYPES}.get(name)
    if found is None:
        raise errors.missing()
    return Response(found.read_bytes(), 200, {"cache-control": "max-age=3600", "content-type": pages.STATIC_TYPES[found.suffix]})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _version() -> str:
    try:
        return metadata.version("xiaoneng")
    except metadata.PackageNotFoundError:
        return "0"
