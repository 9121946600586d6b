"""Which settings a process reads, by its command."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_settings import BaseSettings

from gateway.settings import GatewaySettings
from services.documents.settings import DocumentsSettings
from services.kit.settings import MigrationSettings, Settings
from services.notifications.settings import NotificationsSettings
from services.platform.account import AccountSettings


def settings_of(words: Sequence[str]) -> list[type[BaseSettings]]:
    """The classes that a command reads."""
    command, *rest = words
    if command == "serve" and rest == ["gateway"]:
        return [GatewaySettings]
    if command in ("serve", "work"):
        own: dict[str, type[BaseSettings]] = {"documents": DocumentsSettings, "notifications": NotificationsSettings}
        return [Settings, *([own[rest[0]]] if rest[0] in own else [])]
    return [MigrationSettings] if command == "migrate" else [AccountSettings]


def variables(classes: list[type[BaseSettings]]) -> set[str]:
    """The names that these classes read."""
    return {f"{each.model_config['env_prefix']}{name}".upper() for each in classes for name in each.model_fields}
