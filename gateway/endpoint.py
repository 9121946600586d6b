"""The transcoded part of the gateway: every annotated RPC, by path."""

from __future__ import annotations

import re
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from gateway import body, errors, files
from gateway.bindings import Kind, Match, Routes
from gateway.calls import Calls, Outgoing
from gateway.descriptors import Contract
from gateway.principal import Identify, Principal
from gateway.settings import GatewaySettings
from gateway.token import Tokens
from gateway.transcode import Transcoder

# Sent on as they are; the services know what they mean.
FORWARDED = ("x-xiaoneng-acting-for", "x-xiaoneng-min-directory")
_IDEMPOTENCY_KEY = re.compile(r'^"?([A-Za-z0-9._:-]{1,64})"?$')
_PRINTABLE = re.compile(r"^[\x21-\x7e]{1,100}$")


class Endpoint:
    """Answers what `routes` know, with calls to the services."""

    def __init__(
        self,
        settings: GatewaySettings,
        contract: Contract,
        routes: Routes,
        calls: Calls,
        identify: Identify,
        tokens: Tokens,
    ) -> None:
        self._settings = settings
        self._contract = contract
        self._routes = routes
        self._calls = calls
        self._identify = identify
        self._tokens = tokens
        self._coder = Transcoder(contract)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        match = self._match(request)
        request.state.route = match.binding.template.text
        principal = await self._admit(request, match)
        try:
            answer = await self._answer(request, match, principal)
        except grpc.RpcError as failed:
            raise errors.from_rpc(failed, self._contract) from failed
        except body.Gone:
            return  # nobody is there to read an answer
        await answer(scope, receive, send)

    def _match(self, request: Request) -> Match:
        raw = request.scope.get("raw_path", request.scope["path"].encode()).decode("ascii", "replace").partition("?")[0]
        match = self._routes.match("GET" if request.method == "HEAD" else request.method, raw)
        if match is not None:
            return match
        allowed = self._routes.allowed(raw)
        raise errors.wrong_method(allowed) if allowed else errors.missing()

    async def _admit(self, request: Request, match: Match) -> Principal | None:
        """Who calls; refuses early what the service would refuse anyway."""
        principal = await self._identify.of(request)
        need = match.binding.method.access.need
        if need == "public":
            return principal
        if principal is None:
            raise errors.sign_in_needed()
        request.state.tenant = principal.tenant
        if need in ("member", "permission") and not principal.tenant:
            raise errors.forbidden("TENANT_MISSING", "no tenant is active", "您尚未加入任何单位，请联系管理员")
        return principal

    async def _answer(self, request: Request, match: Match, principal: Principal | None) -> Response:
        kind = match.binding.kind
        if kind is Kind.UPLOAD:
            return await self._upload(request, match, principal)
        if match.binding.body and body.content_type(request) not in ("application/json", ""):
            raise errors.wrong_content_type("application/json")
        raw = await body.whole(request, self._settings.max_body_bytes, self._settings.body_seconds)
        if raw and not match.binding.body:
            raise errors.invalid([errors.Violation("", "该请求不接受请求体", "BODY_NOT_TAKEN")])
        if raw and body.content_type(request) == "":
            raise errors.wrong_content_type("application/json")
        message = self._coder.request(match, request.scope["query_string"], raw, _idempotency_key(request))
        if kind is Kind.DOWNLOAD:
            return await self._download(request, match, message, principal)
        out = self._outgoing(request, principal, self._settings.call_seconds)
        answer = await self._calls.unary(match.binding.method, message, out)
        return _json(self._coder.response(answer))

    async def _upload(self, request: Request, match: Match, principal: Principal | None) -> Response:
        query, key = request.scope["query_string"], _idempotency_key(request)
        first = self._coder.request(match, query, None, key)
        chunks = body.pieces(request, self._settings.max_upload_bytes, self._settings.body_seconds)
        sent = files.upload(first, match.binding.body, request.headers.get("content-type", ""), chunks)
        out = self._outgoing(request, principal, self._settings.transfer_seconds)
        answer = await self._calls.upload(match.binding.method, sent, out)
        return _json(self._coder.response(answer))

    async def _download(self, request: Request, match: Match, message: Message, principal: Principal | None) -> Response:
        wanted = None
        if match.binding.range_field:
            wanted = files.wanted(request.headers.get("range"), request.headers.get("if-range"))
        if wanted is not None:
            part: Any = getattr(message, match.binding.range_field)
            part.offset, part.limit = wanted.offset, wanted.limit
        out = self._outgoing(request, principal, self._settings.transfer_seconds)
        if not match.binding.method.descriptor.server_streaming:
            return self._in_one(request, await self._calls.unary(match.binding.method, message, out), wanted)
        call = self._calls.download(match.binding.method, message, out)
        try:
            first = await anext(aiter(call))
        except StopAsyncIteration:
            first = self._contract.message("google.api.HttpBody")()
        head = files.head(first, self._file_info(first), wanted)
        etag = head.headers.get("etag", "")
        if request.method == "HEAD" or head.status == 416 or files.unchanged(_tag(request), etag):
            call.cancel()
            status = 304 if head.status != 416 and files.unchanged(_tag(request), etag) else head.status
            return _bare(status, head.headers)

        async def rest() -> Any:
            try:
                yield first.data
                async for piece in call:
                    yield piece.data
            except grpc.aio.AioRpcError as failed:
                raise errors.from_rpc(failed, self._contract) from failed
            finally:
                call.cancel()

        return StreamingResponse(rest(), head.status, head.headers)

    def _in_one(self, request: Request, answer: Any, wanted: files.Wanted | None) -> Response:
        info = self._file_info(answer)
        head = files.head(answer, info, wanted)
        if files.unchanged(_tag(request), head.headers.get("etag", "")):
            return _bare(304, head.headers)
        headers = {k: v for k, v in head.headers.items() if k not in ("content-length", "accept-ranges")}
        return Response(answer.data, head.status, headers)

    def _file_info(self, first: Any) -> Any | None:
        for packed in first.extensions:
            if packed.type_url.endswith("/" + files.FILE_INFO):
                return self._contract.message(files.FILE_INFO).FromString(packed.value)
        return None

    def _outgoing(self, request: Request, principal: Principal | None, timeout: float) -> Outgoing:
        metadata = [("x-request-id", request.state.request_id), ("traceparent", request.state.traceparent)]
        if principal is not None:
            metadata.append(("authorization", f"Bearer {self._tokens.of(principal.bearer)}"))
            if principal.tenant:
                metadata.append(("x-xiaoneng-tenant", principal.tenant))
        for name in FORWARDED:
            value = request.headers.get(name)
            if value is not None:
                if not _PRINTABLE.match(value):
                    raise errors.invalid([errors.Violation(name, "请求头有误", "INVALID_HEADER")])
                metadata.append((name, value))
        return Outgoing(metadata, timeout)


def _idempotency_key(request: Request) -> str:
    given = request.headers.get("idempotency-key")
    if given is None:
        return ""
    found = _IDEMPOTENCY_KEY.match(given.strip())
    if found is None:
        raise errors.invalid([errors.Violation("Idempotency-Key", "请求标识有误", "INVALID_HEADER")])
    return found.group(1)


def _json(content: bytes) -> Response:
    return Response(content, 200, {"cache-control": "no-store"}, "application/json")


def _bare(status: int, headers: dict[str, str]) -> Response:
    """An answer whose head is all: for HEAD the length of what a GET would bring stays."""
    answer = Response(b"", status)
    kept = headers if status in (200, 206) else {k: v for k, v in headers.items() if k not in ("content-length", "content-type")}
    answer.raw_headers = [(k.encode(), v.encode()) for k, v in kept.items()]
    return answer


def _tag(request: Request) -> str | None:
    return request.headers.get("if-none-match")
