"""Gateway and services show each other certificates; renewed ones count while everything runs."""

from __future__ import annotations

import ssl
from pathlib import Path

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.kit import ids
from services.kit.rpc import tls
from services.kit.testing.certificates import Authority
from services.kit.testing.waiting import until
from services.platform.client import Refused
from tests.deploy.installation import Installation
from tests.deploy.site import PLACES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
API = "documents-api"


def registers(installation: Installation) -> bool:
    """Whether a document can be registered through the gateway."""
    about = {"title": "关于供水的请示", "sender": "甲局", "senderNumber": ids.new(), "documentType": "qingshi"}
    return bool(installation.clerk().post("/v1/documents:register", about)["name"])


def registers_at_last(installation: Installation) -> bool:
    """The same while the way to the services may be cut."""
    try:
        return registers(installation)
    except Refused as refused:
        if refused.status not in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT):
            raise
        return False


def port(installation: Installation) -> int:
    return installation.place.port(API, PLACES[0])


def asked(installation: Installation, folder: Path | None) -> str:
    """What the api of documents tells somebody who comes with these certificates, or with none."""
    target = f"localhost:{port(installation)}"
    if folder is None:
        channel = grpc.insecure_channel(target)
    else:
        files = tls.channel_files(folder / "ca.crt", folder / "tls.crt", folder / "tls.key")
        assert files is not None
        channel = grpc.secure_channel(target, tls.channel_credentials(files), [("grpc.use_local_subchannel_pool", 1)])
    with channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20)
        except grpc.RpcError as failed:
            return str(failed.code().name)
    return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))


def shown(installation: Installation) -> str:
    """The certificate that the api of documents shows."""
    return ssl.get_server_certificate(("localhost", port(installation)))


def test_requests_go_through_the_gateway_to_the_services(installation: Installation) -> None:
    assert registers(installation)


def test_who_shows_no_certificate_is_not_let_in(installation: Installation) -> None:
    assert asked(installation, None) == "UNAVAILABLE"


def test_who_shows_one_of_another_authority_is_not_let_in(installation: Installation, tmp_path: Path) -> None:
    stranger = Authority.made("stranger").lay(tmp_path / "stranger")
    (stranger / "ca.crt").write_bytes((installation.certificates / API / "ca.crt").read_bytes())
    assert asked(installation, stranger) == "UNAVAILABLE"


def test_the_gateways_own_certificate_is_let_in(installation: Installation) -> None:
    assert asked(installation, installation.certificates / "gateway") == "SERVING"


def test_renewed_certificates_count_without_a_restart(installation: Installation) -> None:
    """Another authority even: the services show the new ones at the next handshake, the gateway opens its channels anew."""
    assert registers(installation), "the gateway has a connection"
    before, running = shown(installation), installation.processes()
    installation.renew(Authority.made("successor"))
    assert registers(installation), "connections that are open stay open"
    assert shown(installation) != before
    assert asked(installation, installation.certificates / "gateway") == "SERVING"
    # A service that has forgotten every connection meets the gateway with nothing but the new certificates.
    installation.replace(API)
    until("the gateway has found its new certificate", lambda: registers_at_last(installation), 60)
    del running[API, PLACES[0]]
    assert running.items() <= installation.processes().items()
