"""What a process is told by its environment (prefix `XIAONENG_`); secrets may come from files of `XIAONENG_SECRETS_DIR`.

Read once in `main`, passed on. What a tenant may want otherwise is policy, not a setting.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict


class Environment(BaseSettings):
    """Settings from the environment, and from the folder in which an orchestrator mounts secrets.

    The file `xiaoneng_database_url` in the folder that `XIAONENG_SECRETS_DIR` names is what the variable of that name would say.
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Part of pydantic-settings: what is given in code holds before the environment, that before the files."""
        folder = os.environ.get("XIAONENG_SECRETS_DIR", "")
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder else ()
        return (init_settings, env_settings, *files)


class MigrationSettings(Environment):
    """What `xiaoneng migrate` is told."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_", frozen=True, extra="ignore")

    migration_url: SecretStr = Field(SecretStr(""), description="PostgreSQL of the service, as the owner of its tables.")


class BrokerSettings(Environment):
    """What commands are told that reach the broker and nothing else."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_", frozen=True, extra="ignore")

    amqp_url: SecretStr = Field(SecretStr(""), description="RabbitMQ.")
    broker_api: SecretStr = Field(SecretStr(""), description="Its management API with an administrator's name and password.")


class Settings(Environment):
    """Settings that every process has."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_", frozen=True, extra="ignore")

    installation: str = Field(
        "xiaoneng",
        pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$",
        description="Name of this installation; part of every event's source.",
    )
    database_url: SecretStr = Field(SecretStr(""), description="PostgreSQL of this service, as its login role.")
    amqp_url: SecretStr = Field(SecretStr(""), description="RabbitMQ; empty in embedded mode.")
    audit_key: SecretStr = Field(description="Key of the HMAC in audit records; at least 32 characters.")
    pool_size: int = Field(10, ge=1, le=100, description="Database connections of this process.")
    bind: str = Field("127.0.0.1:0", description="Address of the gRPC server.")
    tls_cert: Path | None = Field(
        None, description="Certificate of the gRPC server, PEM; read again when it changes. None: plain connections."
    )
    tls_key: Path | None = Field(None, description="Key of that certificate, PEM.")
    tls_ca: Path | None = Field(None, description="Authority of the clients, PEM; who shows no certificate of it is not let in.")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port of /metrics and /healthz; 0 takes a free one.")
    blob_dir: Path | None = Field(None, description="Folder of the attachments, where no object store is set.")
    blob_bucket: str = Field(
        "", description="Bucket of the attachments on a server that speaks S3; empty: the folder. It must be there already."
    )
    blob_endpoint: str = Field("", description="URL of that server; empty: that of the region at AWS.")
    blob_region: str = Field("us-east-1", description="Its region.")
    blob_access_key: SecretStr = Field(
        SecretStr(""), description="Access key of a user who may read, write, list and delete in the bucket."
    )
    blob_secret_key: SecretStr = Field(SecretStr(""), description="Secret of that key.")
    blob_ca: Path | None = Field(None, description="Authority of the server's certificate, PEM; None: the public ones.")
    calendar_dir: Path = Field(
        Path(__file__).parents[2] / "deploy" / "calendars",
        description="Folder of the holiday arrangements that were published after the calendar library's release; may be missing.",
    )
    clock: Literal["system", "driven"] = Field("system", description="'driven' is for tests and demos, on loopback only.")
    clock_file: Path | None = Field(None, description="File with the instant of a driven clock that several processes share.")
    gateway_keys: str = Field("", description="JWK set with the gateway's public keys, or the path of a file that holds it.")
    issuer_url: str = Field("", description="OIDC issuer whose tokens are accepted.")
    issuer_keys: str = Field("", description="JWK set of the issuer, or the path of a file that holds it.")
    request_days: int = Field(30, ge=1, description="Days that sent events, handled events and request ids are kept.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged.")
    otlp_endpoint: str = Field("", description="OpenTelemetry collector (OTLP over HTTP); empty: no traces leave.")

    @model_validator(mode="after")
    def _safe(self) -> Settings:
        if len(self.audit_key.get_secret_value()) < 32:
            raise ValueError("XIAONENG_AUDIT_KEY needs at least 32 characters")
        if len({self.tls_cert is None, self.tls_key is None, self.tls_ca is None}) > 1:
            raise ValueError("XIAONENG_TLS_CERT, XIAONENG_TLS_KEY and XIAONENG_TLS_CA go together")
        if self.blob_bucket and self.blob_dir is not None:
            raise ValueError("XIAONENG_BLOB_BUCKET and XIAONENG_BLOB_DIR exclude each other")
        if self.blob_bucket and not (self.blob_access_key.get_secret_value() and self.blob_secret_key.get_secret_value()):
            raise ValueError("XIAONENG_BLOB_BUCKET needs XIAONENG_BLOB_ACCESS_KEY and XIAONENG_BLOB_SECRET_KEY")
        if self.clock == "driven" and not self.bind.startswith(("127.0.0.1:", "localhost:", "[::1]:", "unix:")):
            raise ValueError("a driven clock is for loopback only")
        return self
