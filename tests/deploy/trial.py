"""The installation of the trial: its folder, its containers, its people."""

from __future__ import annotations

import ipaddress
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.issuer.people import DEMO_GRANT
from services.platform.client import Gateway
from services.platform.people import Organisation
from tests.deploy.issuer import GATEWAY as ADDRESS
from tests.deploy.issuer import URL as ISSUER
from tests.deploy.people import seeded

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "xiaonengtrial"
ISSUER_HERE = "https://172.31.213.11:8443/issuer"
PROMETHEUS = "http://127.0.0.1:19090"
BROKER = ("127.0.0.1", 15673)
LIMIT = 300.0
OUTSIDE = {
    "TRIAL_SUBNET": "172.31.213.0/24",
    "TRIAL_ISSUER": httpx.URL(ISSUER_HERE).host,
    "XIAONENG_PUBLISH": httpx.URL(ADDRESS).netloc.decode(),
    "PROMETHEUS_PUBLISH": httpx.URL(PROMETHEUS).netloc.decode(),
    "RABBITMQ_PUBLISH": ":".join(map(str, BROKER)),
}


@dataclass
class TrialGateway(Gateway):
    """The gateway of the trial, whose people sign in at the trial's issuer."""

    def token(self, subject: str) -> str:
        """The person's token; asked for once."""
        with self._lock:
            if subject not in self._tokens:
                form = {"grant_type": DEMO_GRANT, "username": subject}
                answer = httpx.post(f"{ISSUER_HERE}/token", data=form, verify=False, trust_env=False, timeout=20).raise_for_status()
                self._tokens[subject] = str(answer.json()["access_token"])
            return self._tokens[subject]


@dataclass
class Trial:
    """A folder with secrets and certificates, and the containers that use it."""

    folder: Path
    image: str
    servers: dict[str, str]
    scale: dict[str, int] = field(default_factory=dict)

    def prepare(self) -> None:
        """Makes secrets, certificates, and copies what the issuer's container reads."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "tests").mkdir()
        shutil.copytree(ROOT / "tests" / "deploy", self.folder / "tests" / "deploy")
        shutil.copytree(ROOT / "deploy", self.folder / "deploy", ignore=shutil.ignore_patterns("secrets", "build"))
        certificates(self.folder, self.folder / "deploy" / "compose" / "ca" / "ca.crt")
        self.docker("run", "--rm", "-u", f"{os.getuid()}:{os.getgid()}", "-v", f"{self.folder}:/here", self.image,
                    "installation", "secrets", "/here/secrets")  # fmt: skip

    def docker(self, *arguments: str, check: bool = True) -> str:
        """Runs docker."""
        client = os.environ.get("DOCKER", "docker")
        done = subprocess.run([client, *arguments], capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: {done.stdout[-2000:]} {done.stderr[-4000:]}"
        return done.stdout

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Runs compose on the trial's folder."""
        place = self.folder / "deploy"
        command = os.environ.get("COMPOSE", "docker compose").split()
        files = [
            "-p",
            PROJECT,
            "-f",
            str(place / "compose.yaml"),
            "-f",
            str(ROOT / "tests" / "deploy" / "override.yaml"),
            "--project-directory",
            str(place),
        ]
        done = subprocess.run([*command, *files, *arguments], env=self.environment(), capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, f"compose {' '.join(arguments)}: {done.stdout[-3000:]} {done.stderr[-6000:]}"
        return done.stdout

    def environment(self) -> dict[str, str]:
        """What `.env` says in a real installation."""
        return {
            **os.environ,
            "TRIAL": str(self.folder),
            "XIAONENG_IMAGE": self.image,
            "XIAONENG_SECRETS": str(self.folder / "secrets"),
            "XIAONENG_SECRETS_OWNER": f"{os.getuid()}:{os.getgid()}",
            "XIAONENG_PUBLIC_URL": ADDRESS,
            "XIAONENG_ISSUER_URL": ISSUER,
            "XIAONENG_ISSUER_CA": "/etc/xiaoneng/ca/ca.crt",
            **self.servers,
            **OUTSIDE,
        }

    def up(self) -> None:
        """Starts everything and waits until every process is healthy."""
        self.compose("up", "-d", *(word for name, number in self.scale.items() for word in ("--scale", f"{name}={number}")))
        until("everybody is healthy", self.healthy)

    def healthy(self) -> bool:
        """Whether every container with a health check says that it is well."""
        states = [self.state(name) for name in self.containers()]
        return bool(states) and all(state in ("healthy", "running", "exited 0") for state in states)

    def state(self, container: str) -> str:
        """What docker says of a container."""
        form = "{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}} {{.State.ExitCode}}"
        status, code = self.docker("inspect", "-f", form, container).split()
        return f"exited {code}" if status == "exited" else status

    def containers(self, *services: str) -> list[str]:
        """Names of the containers, of these services or of all."""
        found = self.docker("ps", "-a", "--filter", f"label=com.docker.compose.project={PROJECT}", "--format",
                            '{{.Names}} {{.Label "com.docker.compose.service"}}')  # fmt: skip
        pairs = [line.split() for line in found.splitlines()]
        return sorted(name for name, service in pairs if not services or service in services)

    def seed(self, gateway: Gateway, organisation: Organisation) -> None:
        """A tenant by the command of the installation, everything else by its administrator."""
        admin = organisation.administrator
        self.compose("exec", "-T", "gateway", "xiaoneng", "tenants", "create", organisation.tenant, "--name", organisation.display_name,
                     "--kind", organisation.kind, "--administrator", admin.person, "--administrator-name", admin.name,
                     "--subject", admin.subject)  # fmt: skip
        seeded(gateway.as_(admin.subject), organisation, ISSUER)


def until(what: str, holds: Callable[[], bool], limit: float = LIMIT) -> float:
    """Waits for a condition; returns the seconds that it took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < limit, f"not in time: {what}"
        time.sleep(0.5)
    return time.monotonic() - started


def certificates(folder: Path, ca_file: Path) -> None:
    """An authority and a certificate of the issuer."""
    now = datetime.now(UTC)

    def made(name: str, issuer: x509.Name | None, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
        builder = builder.not_valid_after(now + timedelta(days=2)).add_extension(names, critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        return builder.sign(signer, hashes.SHA256())

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = made("trial-ca", None, ca_key, ca_key)
    certificate = made("issuer", ca.subject, key, ca_key)
    ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "issuer.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (folder / "issuer.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
