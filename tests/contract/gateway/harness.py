"""A small platform behind a real gateway: a toy service and a directory over gRPC, the embedded issuer, a real database."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import grpc
import httpx
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from gateway.issuer.people import DemoClient, DemoPerson, FixedPeople
from gateway.main import Gateway
from gateway.session import METADATA, MIGRATIONS
from gateway.settings import GatewaySettings
from services.kit.identity import TokenSigner
from services.kit.testing.service import database
from tests.unit.gateway.toy import files, toy
from xiaoneng.directory.v1 import identity_service_pb2, identity_service_pb2_grpc

CONTENT = bytes(range(256)) * 4096  # 1 MiB
CLERK = DemoPerson("clerk@ganzhou", "陈文员", "文员", "甲局")
STRANGER = DemoPerson("nobody@ganzhou", "无名氏", "", "甲局")
SYSTEM = DemoClient("oa", "oa-secret", "system@ganzhou")
PEOPLE = FixedPeople((CLERK, STRANGER), (SYSTEM,))
SECRET = "a secret for tests only, never used elsewhere"


@dataclass
class Seen:
    """What reached the toy service last."""

    request: Any = None
    metadata: dict[str, str] = field(default_factory=dict)
    closed_early: bool = False


class Toy:
    """Answers the toy contract; `answer` replaces what `GetPaper` does."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.fail: Callable[[Any], object] | None = None

    def handlers(self) -> grpc.GenericRpcHandler:
        methods = {}
        for method in toy().methods():
            streams_in = method.descriptor.client_streaming
            streams_out = method.descriptor.server_streaming
            kind = f"{'stream' if streams_in else 'unary'}_{'stream' if streams_out else 'unary'}"
            methods[method.descriptor.name] = getattr(grpc, f"{kind}_rpc_method_handler")(
                self._wrapped(method.descriptor.name),
                request_deserializer=method.input.FromString,
                response_serializer=method.output.SerializeToString,
            )
        return grpc.method_handlers_generic_handler("toy.v1.PaperService", methods)

    def _wrapped(self, name: str) -> Callable[[Any, Any], Any]:
        def call(request: Any, context: Any) -> Any:
            self.seen.request = request
            self.seen.metadata = dict(context.invocation_metadata())
            if self.fail is not None:
                self.fail(context)
            return getattr(self, name)(request, context)

        return call

    def GetPaper(self, request: Any, context: Any) -> Any:
        return paper(name=request.name, display_title="关于供水的请示")

    FindPaper = GetPaper
    SignPaper = GetPaper

    def CreatePaper(self, request: Any, context: Any) -> Any:
        return request.paper

    UpdatePaper = CreatePaper

    def ListPapers(self, request: Any, context: Any) -> Any:
        return toy().message("toy.v1.ListPapersResponse")(papers=[paper(name="papers/1")])

    def Inside(self, request: Any, context: Any) -> Any:
        raise AssertionError("internal methods are never called from outside")

    def Download(self, request: Any, context: Any) -> Iterator[Any]:
        context.add_callback(lambda: setattr(self.seen, "closed_early", not context.is_active()))
        offset, limit = request.range.offset, request.range.limit
        start = max(0, len(CONTENT) + offset) if offset < 0 else offset
        part = CONTENT[start : start + limit] if limit else CONTENT[start:]
        info = toy().message("xiaoneng.kit.v1.FileInfo")(
            file_name="请示 “一”.pdf",
            size=len(CONTENT),
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            offset=start,
            length=len(part),
        )
        packed = any_pb2.Any(type_url="type.googleapis.com/xiaoneng.kit.v1.FileInfo", value=info.SerializeToString())
        body = toy().message("google.api.HttpBody")
        for at in range(0, max(1, len(part)), 262144):
            piece = body(content_type="application/pdf", data=part[at : at + 262144])
            if at == 0:
                piece.extensions.add(type_url=packed.type_url, value=packed.value)
            yield piece
            if request.name == "papers/broken":
                context.abort(grpc.StatusCode.UNAVAILABLE, "the disk went away")

    def Upload(self, requests: Iterator[Any], context: Any) -> Any:
        digest, size, pieces, largest, first = hashlib.sha256(), 0, 0, 0, None
        for request in requests:
            first = first or request
            digest.update(request.file.data)
            size += len(request.file.data)
            pieces += 1
            largest = max(largest, len(request.file.data))
        assert first is not None
        return toy().message("toy.v1.Stored")(
            sha256=digest.hexdigest(),
            size=size,
            file_name=first.file_name,
            content_type=first.file.content_type,
            pieces=pieces,
            largest_piece=largest,
            parent=first.parent,
        )


class FakeDirectory(identity_service_pb2_grpc.IdentityServiceServicer):
    """Knows the clerk in two tenants and one system."""

    def __init__(self) -> None:
        self.asked_by: list[str] = []
        self.tenants = {"clerk@ganzhou": ["ganzhou", "hebei"], "system@ganzhou": ["ganzhou"]}

    def ResolveSubject(self, request: Any, context: Any) -> Any:
        self.asked_by.append(dict(context.invocation_metadata())["authorization"])
        tenants = self.tenants.get(request.sub)
        if tenants is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "nobody")
        answer = identity_service_pb2.ResolveSubjectResponse(
            person=f"person-{request.sub.partition('@')[0]}",
            display_name="陈文员",
            kind="service" if request.sub.startswith("system") else "person",
        )
        for tenant in tenants or ():
            answer.memberships.add(tenant=tenant, display_name=f"单位 {tenant}")
        return answer


@dataclass
class Platform:
    """What the tests hold in their hands."""

    url: str
    toy: Toy
    directory: FakeDirectory
    gateway: Gateway
    signer: TokenSigner

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=20)

    def token(self, subject: str = "clerk@ganzhou") -> str:
        from gateway.issuer.client import token_of

        return token_of(self.url, subject)

    def api(self, **headers: str) -> httpx.Client:
        return self.client(authorization=f"Bearer {self.token()}", **headers)

    def sign_in(self, browser: httpx.Client, subject: str = "clerk@ganzhou", return_to: str = "/") -> httpx.Response:
        """Goes through the pages as a browser does; gives the answer of the callback."""
        sent = browser.get("/auth/sign-in", params={"return_to": return_to})
        assert sent.status_code == 302
        where = urlsplit(sent.headers["location"])
        shown = browser.get(sent.headers["location"])
        assert subject in shown.text
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        chosen = browser.post(f"{where.scheme}://{where.netloc}{where.path}", data={**asked, "subject": subject})
        assert chosen.status_code == 303
        return browser.get(chosen.headers["location"])


def paper(**fields: Any) -> Any:
    return toy().message("toy.v1.Paper")(**fields)


def refusal(code: grpc.StatusCode, reason: str, text: str, **metadata: str) -> Callable[[Any], None]:
    """A failure as the services' interceptor sends it."""

    def fail(context: Any) -> None:
        status = status_pb2.Status(code=getattr(code_pb2, code.name), message=f"{reason} in English")
        info = error_details_pb2.ErrorInfo(reason=reason, domain="toy.xiaoneng.cn", metadata=metadata)
        for detail in (info, error_details_pb2.LocalizedMessage(locale="zh-CN", message=text)):
            status.details.add().Pack(detail)
        context.abort_with_status(rpc_status.to_status(status))

    return fail


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until `condition` holds, at most `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def running(server_url: str, folder: Path, **overrides: Any) -> Iterator[Platform]:
    """A whole platform on free ports."""
    served, directory = Toy(), FakeDirectory()
    server = grpc.server(futures.ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers((served.handlers(),))
    identity_service_pb2_grpc.add_IdentityServiceServicer_to_server(directory, server)
    grpc_port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    descriptors = folder / "toy.binpb"
    descriptors.write_bytes(files().SerializeToString())
    port = free_port()
    signer = TokenSigner.generate()
    with database(server_url, "gateway", METADATA, MIGRATIONS) as urls:
        values: dict[str, Any] = {
            "public_url": f"http://127.0.0.1:{port}",
            "bind": f"127.0.0.1:{port}",
            "descriptors": descriptors,
            "services": {"toy": f"127.0.0.1:{grpc_port}", "directory": f"127.0.0.1:{grpc_port}"},
            "database_url": urls.app,
            "secret": SECRET,
            "signing_keys": signer.private_json(),
            "embedded_issuer": True,
            **overrides,
        }
        gateway = Gateway(GatewaySettings(**values), PEOPLE)
        gateway.start()
        try:
            yield Platform(values["public_url"], served, directory, gateway, signer)
        finally:
            gateway.stop()
            server.stop(1).wait()
