"""Both sides show a certificate, and a renewed one counts without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from pydantic import SecretStr

from services.kit.rpc import tls
from services.kit.settings import Settings
from services.kit.testing.certificates import Authority

AUDIT_KEY = "a key of more than thirty-two characters"


@pytest.fixture
def authority() -> Authority:
    return Authority.made("office")


@pytest.fixture
def port(authority: Authority, tmp_path: Path) -> Iterator[int]:
    """A server with the credentials of the settings."""
    folder = authority.lay(tmp_path / "server")
    settings = Settings(audit_key=SecretStr(AUDIT_KEY), tls_cert=folder / "tls.crt", tls_key=folder / "tls.key", tls_ca=folder / "ca.crt")
    credentials = tls.server_credentials(settings)
    assert credentials is not None
    server = grpc.server(ThreadPoolExecutor(2))
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    bound = server.add_secure_port("localhost:0", credentials)
    server.start()
    yield bound
    server.stop(None)


def asked(port: int, folder: Path, *, own: bool = True) -> grpc.StatusCode | str:
    """What a client with the certificates of a folder is told."""
    files = tls.channel_files(folder / "ca.crt", folder / "tls.crt" if own else None, folder / "tls.key" if own else None)
    assert files is not None
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.secure_channel(f"localhost:{port}", tls.channel_credentials(files), options) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10)
        except grpc.RpcError as failed:
            return failed.code()
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def test_who_shows_a_certificate_of_the_authority_is_let_in(port: int, authority: Authority, tmp_path: Path) -> None:
    assert asked(port, authority.lay(tmp_path / "gateway")) == "SERVING"


def test_who_shows_none_is_not(port: int, authority: Authority, tmp_path: Path) -> None:
    assert asked(port, authority.lay(tmp_path / "gateway"), own=False) is grpc.StatusCode.UNAVAILABLE


def test_a_certificate_of_another_authority_is_none(port: int, authority: Authority, tmp_path: Path) -> None:
    folder = Authority.made("somebody").lay(tmp_path / "gateway")
    (folder / "ca.crt").write_bytes((tmp_path / "server" / "ca.crt").read_bytes())
    assert asked(port, folder) is grpc.StatusCode.UNAVAILABLE


def test_renewed_certificates_count_without_a_restart(port: int, tmp_path: Path) -> None:
    successor = Authority.made("successor")
    gateway = successor.lay(tmp_path / "gateway")
    assert asked(port, gateway) is grpc.StatusCode.UNAVAILABLE
    successor.lay(tmp_path / "server")
    assert asked(port, gateway) == "SERVING"


def test_a_file_that_is_being_replaced_has_not_changed(authority: Authority, tmp_path: Path) -> None:
    folder = authority.lay(tmp_path / "gateway")
    files = tls.Files(folder / "ca.crt")
    files.read()
    assert not files.changed()
    (folder / "ca.crt").unlink()
    assert not files.changed()
    authority.lay(folder)
    assert files.changed()
