"""A service account of the installation's issuer: what jobs sign in with, by client credentials."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.kit.settings import Environment
from services.platform.client import Gateway

_SECONDS = 30.0


class AccountSettings(Environment):
    """Where a job finds gateway and issuer, and who it is."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_", frozen=True, extra="ignore")

    address: str = Field("http://127.0.0.1:8000", description="Address of the gateway.")
    issuer_url: str = Field("", description="OIDC issuer; its discovery document names the rest.")
    audience: str = Field("xiaoneng", description="Audience of the token.")
    client_id: str = Field("", description="Client id of the service account.")
    client_secret: SecretStr = Field(SecretStr(""), description="Secret of the service account.")
    token: SecretStr = Field(SecretStr(""), description="A token that is there already; takes the place of the account.")


@dataclass
class AccountGateway(Gateway):
    """The gateway as a service account calls it."""

    credentials: AccountSettings | None = None

    def token(self, subject: str) -> str:
        """The account's token; asked for once. Raises httpx.HTTPError."""
        with self._lock:
            if subject not in self._tokens:
                assert self.credentials is not None, "made by `gateway_of`"
                self._tokens[subject] = token_of(self.credentials)
            return self._tokens[subject]


def gateway_of(settings: AccountSettings) -> AccountGateway:
    """The gateway of the settings, called as their account."""
    return AccountGateway(settings.address, credentials=settings)


def token_of(settings: AccountSettings) -> str:
    """A token for the account from the issuer (RFC 6749, section 4.4). Raises httpx.HTTPError."""
    if given := settings.token.get_secret_value():
        return given
    with httpx.Client(timeout=_SECONDS) as http:
        about = http.get(f"{settings.issuer_url.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
        form = {"grant_type": "client_credentials", "audience": settings.audience, "resource": settings.audience}
        secret = settings.client_secret.get_secret_value()
        answer = http.post(about["token_endpoint"], data=form, auth=(settings.client_id, secret)).raise_for_status()
        return str(answer.json()["access_token"])
