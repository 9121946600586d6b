"""What the gateway is told by its environment (prefix `XIAONENG_`). Read once in `main`, passed on."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.kit.settings import Environment

_MIB = 1024 * 1024


class GatewaySettings(Environment):
    """Settings of the gateway's process. Secrets have no default; in a cluster they are mounted as files."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_", frozen=True, extra="ignore")

    installation: str = Field("xiaoneng", description="Name of this installation.")
    public_url: str = Field("http://127.0.0.1:8000", description="Where browsers reach the gateway; https there means secure cookies.")
    bind: str = Field("127.0.0.1:8000", description="Address on which the gateway listens.")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port of /metrics and /healthz, never public; 0 takes a free one.")
    trusted_proxies: str = Field("", description="Addresses whose X-Forwarded-* headers are believed, separated by commas.")
    descriptors: Path = Field(Path("build/gen/xiaoneng.binpb"), description="Descriptor set of the contract, with comments.")

    web: Path | None = Field(None, description="Folder of the built web app; none: only plain pages and the API.")

    services: dict[str, str] = Field({}, description="gRPC address per service, as JSON; only these are offered.")
    call_seconds: float = Field(10, gt=0, description="Time limit of a call to a service.")
    transfer_seconds: float = Field(900, gt=0, description="Time limit of an upload or download.")
    services_ca: Path | None = Field(None, description="Certificate authority of the services; none: plain connections.")
    services_cert: Path | None = Field(None, description="Certificate that the gateway shows to services, PEM; read again when it changes.")
    services_key: Path | None = Field(None, description="Key of that certificate, PEM.")

    database_url: SecretStr = Field(description="PostgreSQL of the gateway, as its login role.")
    pool_size: int = Field(8, ge=1, le=100, description="Database connections of this process.")
    amqp_url: SecretStr = Field(SecretStr(""), description="RabbitMQ for live updates; empty: they are handed over in process.")
    secret: SecretStr = Field(description="Key material for cookies and stored tokens, at least 32 characters; the same on all replicas.")
    signing_keys: SecretStr = Field(description="Private JWK or JWK set (Ed25519), or a file that holds it; the first key signs.")

    issuer_url: str = Field("", description="OIDC issuer; its discovery document names the rest.")
    client_id: str = Field("xiaoneng-web", description="Client id of the gateway at the issuer.")
    client_secret: SecretStr = Field(SecretStr(""), description="Client secret; empty for a public client (PKCE is always used).")
    scope: str = Field(
        "openid profile", description="Scopes asked at sign-in; add offline_access where the issuer needs it for refresh tokens."
    )
    audience: str = Field("xiaoneng", description="Audience that a bearer token of the issuer must carry.")
    embedded_issuer: bool = Field(False, description="Bring an issuer with demo people; loopback only.")
    embedded_issuer_key: SecretStr = Field(
        SecretStr(""), description="Private JWK (EC P-256) of the embedded issuer; empty: a new one at each start."
    )
    embedded_issuer_anywhere: bool = Field(False, description="Let the embedded issuer run on other addresses than loopback. Unsafe.")
    contact: str = Field("本单位的系统管理员", description="Whom an unknown person is told to call.")

    session_idle_minutes: int = Field(120, ge=1, description="A session ends when it is not used for so long.")
    session_hours: int = Field(12, ge=1, description="A session ends after so long in any case.")

    max_body_bytes: int = Field(1 * _MIB, ge=1024, description="Largest JSON body.")
    max_upload_bytes: int = Field(200 * _MIB, ge=1024, description="Largest upload.")
    body_seconds: float = Field(30, gt=0, description="How long a client may take for a body, or for a piece of an upload.")
    rate: str = Field("1200/minute", description="Requests per session or token.")
    address_rate: str = Field("6000/minute", description="Requests per client address; an office may share one.")
    sign_in_rate: str = Field("60/minute", description="Attempts to sign in, and refused tokens, per client address.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged.")
    otlp_endpoint: str = Field("", description="OpenTelemetry collector (OTLP over HTTP); empty: no traces leave.")

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.public_url.startswith("https://")

    @property
    def issuer(self) -> str:
        return self.issuer_url or (f"{self.public_url}/issuer" if self.embedded_issuer else "")

    @property
    def host(self) -> str:
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.bind.rpartition(":")[2])

    @model_validator(mode="after")
    def _safe(self) -> GatewaySettings:
        if len(self.secret.get_secret_value()) < 32:
            raise ValueError("XIAONENG_SECRET needs at least 32 characters")
        if (self.services_cert is None) != (self.services_key is None) or (self.services_cert and not self.services_ca):
            raise ValueError("XIAONENG_SERVICES_CERT and XIAONENG_SERVICES_KEY go together, with XIAONENG_SERVICES_CA")
        if self.public_url.endswith("/"):
            raise ValueError("XIAONENG_PUBLIC_URL must not end with a slash")
        if not self.issuer:
            raise ValueError("XIAONENG_ISSUER_URL is missing")
        if self.embedded_issuer and not self.embedded_issuer_anywhere:
            for where in (self.host, urlsplit(self.public_url).hostname or ""):
                if not is_loopback(where):
                    raise ValueError(f"the embedded issuer lets anybody in: it runs on loopback only, not on {where!r}")
        if not self.secure and not is_loopback(urlsplit(self.issuer).hostname or "") and self.issuer.startswith("http://"):
            raise ValueError("an issuer without TLS is for loopback only")
        return self


def is_loopback(host: str) -> bool:
    """Says whether only this machine reaches `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
