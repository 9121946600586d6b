"""What notifications adds to the kit's settings."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.kit.settings import Environment


class NotificationsSettings(Environment):
    """Ways out of the platform that the installation has; which of them a tenant uses is the tenant's."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_NOTIFICATIONS_", frozen=True, extra="ignore")

    smtp_url: SecretStr = Field(
        SecretStr(""), description="Mail server, `mailto://user:password@host:port?from=…` or `mailtos://…`; empty: no mail."
    )
    robot_kinds: tuple[str, ...] = Field(
        ("wecombot", "dingtalk", "feishu", "lark"), description="Kinds of chat robots whose addresses tenants may set."
    )
    base_url: str = Field("", description="Address of the web app, put in front of links in messages that leave the platform.")
    retry_seconds: tuple[int, ...] = Field((30, 300, 1800), description="Waits between the attempts of one channel.")
    lease_seconds: int = Field(120, ge=10, description="How long one worker holds a delivery that it is sending.")

    kept_days: int = Field(400, ge=31, description="Days that finished to-do items and messages are kept; older reports are empty.")

    @property
    def waits(self) -> tuple[timedelta, ...]:
        """The waits between attempts."""
        return tuple(timedelta(seconds=seconds) for seconds in self.retry_seconds)
