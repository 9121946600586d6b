"""Gateway and services show each other certificates; renewed ones count while everything runs."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.kit import ids
from services.kit.rpc import tls
from services.kit.testing.certificates import Authority
from services.kit.testing.waiting import until
from services.platform.client import Client, Refused
from services.platform.people import Organisation
from tests.deploy.site import PACKS, Release, Site, site

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
GATEWAY = {"cert": "tls.crt", "key": "tls.key", "ca": "ca.crt"}


@dataclass
class Certified:
    """An installation with `mutualTls.enabled`, as the chart tells its processes."""

    place: Site
    release: Release
    authority: Authority
    folder: Path
    clerk: Client

    def renew(self, authority: Authority) -> None:
        """New certificates for everybody, as cert-manager lays them."""
        for name in ("gateway", *(each for each in self.place.names(self.release) if each.endswith("-api"))):
            authority.lay(self.folder / name)

    def registers(self) -> bool:
        """Whether a document can be registered through the gateway."""
        about = {"title": "关于供水的请示", "sender": "甲局", "senderNumber": ids.new(), "documentType": "qingshi"}
        return bool(self.clerk.post("/v1/documents:register", about)["name"])

    def registers_at_last(self) -> bool:
        """The same while the way to the services may be cut."""
        try:
            return self.registers()
        except Refused as refused:
            if refused.status not in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT):
                raise
            return False

    def asked(self, folder: Path | None) -> str:
        """What the api of documents tells somebody who comes with these certificates, or with none."""
        target = f"localhost:{self.place.port('documents-api', 'a')}"
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

    def shown(self) -> str:
        """The certificate that the api of documents shows."""
        return ssl.get_server_certificate(("localhost", self.place.port("documents-api", "a")))


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory, broker: Broker, this: Release, organisation: Organisation) -> Iterator[Certified]:
    folder = tmp_path_factory.mktemp("certificates")
    with broker.vhost() as vhost, site(vhost.url) as place:
        authority = Authority.made("xiaoneng")
        made = Certified(place, this, authority, folder, place.gateway().as_(organisation.person("clerk").subject))
        made.renew(authority)
        place.addresses = lambda ports: f"dns:///localhost:{ports[0]}"
        for name in place.names(this):
            if name.endswith("-api"):
                place.settings[name] = {f"XIAONENG_TLS_{part.upper()}": str(folder / name / file) for part, file in GATEWAY.items()}
        place.settings["gateway"] = {f"XIAONENG_SERVICES_{part.upper()}": str(folder / "gateway" / file) for part, file in GATEWAY.items()}
        place.prepare(this)
        place.migrate(this)
        place.start(this)
        place.seed(this, organisation)
        yield made


def test_requests_go_through_the_gateway_to_the_services(certified: Certified) -> None:
    assert certified.registers()


def test_who_shows_no_certificate_is_not_let_in(certified: Certified) -> None:
    assert certified.asked(None) == "UNAVAILABLE"


def test_who_shows_one_of_another_authority_is_not_let_in(certified: Certified, tmp_path: Path) -> None:
    stranger = Authority.made("stranger").lay(tmp_path / "stranger")
    (stranger / "ca.crt").write_bytes((certified.folder / "documents-api" / "ca.crt").read_bytes())
    assert certified.asked(stranger) == "UNAVAILABLE"


def test_the_gateways_own_certificate_is_let_in(certified: Certified) -> None:
    assert certified.asked(certified.folder / "gateway") == "SERVING"


def test_packs_are_put_in_force_over_certificates(certified: Certified, organisation: Organisation) -> None:
    """The job of the chart goes through the gateway, as everybody."""
    place = certified.place
    (gateway,) = place.gateways()
    account = {
        "XIAONENG_ADDRESS": f"http://127.0.0.1:{gateway}", "XIAONENG_ISSUER_URL": place.issuer,
        "XIAONENG_CLIENT_ID": PACKS.client_id, "XIAONENG_CLIENT_SECRET": PACKS.client_secret,
    }  # fmt: skip
    names = [f"{pack}.yaml" for pack in organisation.packs]
    said = place.command(certified.release, "policy", "apply", "--tenant", organisation.tenant, *names, **account)
    assert all(f"{name} is in force" in said for name in names)


def test_renewed_certificates_count_without_a_restart(certified: Certified) -> None:
    """Another authority even: the services show the new ones at the next handshake, the gateway opens its channels anew."""
    assert certified.registers(), "the gateway has a connection"
    before, running = certified.shown(), {key: each.popen.pid for key, each in certified.place.running.items()}
    successor = Authority.made("successor")
    certified.renew(successor)
    assert certified.registers(), "connections that are open stay open"
    assert certified.shown() != before
    assert certified.asked(certified.folder / "gateway") == "SERVING"
    # A service that has forgotten every connection meets the gateway with nothing but the new certificates.
    certified.place.stop("documents-api", "a")
    certified.place.start(certified.release, "a", "documents-api")
    until("the gateway has found its new certificate", certified.registers_at_last, 60)
    del running["documents-api", "a"]
    assert running.items() <= {key: each.popen.pid for key, each in certified.place.running.items()}.items()
