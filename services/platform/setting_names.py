"""Which settings there are: what the processes read from their environment; for `docs/settings.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from gateway.settings import GatewaySettings
from services.documents.settings import DocumentsSettings
from services.kit.settings import BrokerSettings, MigrationSettings, Settings
from services.notifications.settings import NotificationsSettings
from services.platform.people import HOME

PROCESSES: tuple[tuple[str, type[BaseSettings]], ...] = (
    ("`xiaoneng serve` and `xiaoneng work` of every service", Settings),
    ("Documents, beside those", DocumentsSettings),
    ("Notifications, beside those", NotificationsSettings),
    ("`xiaoneng serve gateway`", GatewaySettings),
    ("`xiaoneng migrate`", MigrationSettings),
    ("`xiaoneng events` and `xiaoneng subscribers`", BrokerSettings),
)
_HEAD = """\
# Settings

What a process is told by its environment. This page is generated (`xiaoneng docs settings > docs/settings.md`); a contract test
fails when it is not up to date. A secret (and anything else) may also be a file: `xiaoneng_database_url` in the folder that
`XIAONENG_SECRETS_DIR` names. A process refuses to start on what is missing or unsafe, and says what. `xiaoneng up` needs none of
them: it makes its secrets itself and keeps them in its data folder (`XIAONENG_DATA`). What one tenant may want otherwise than
another is no setting: it stands in a policy pack.
"""


def markdown() -> str:
    """`docs/settings.md`."""
    lines = [_HEAD.rstrip("\n")]
    for title, settings in PROCESSES:
        prefix = str(settings.model_config.get("env_prefix", ""))
        lines += ["", f"## {title}", "", "| variable | default | what |", "| --- | --- | --- |"]
        for name, field in settings.model_fields.items():
            lines.append(f"| `{prefix}{name.upper()}` | {_default(field)} | {(field.description or '').replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value: Any = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None:
        return ""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path) and value.is_relative_to(HOME):
        value = value.relative_to(HOME)
    if isinstance(value, tuple):
        value = ", ".join(str(each) for each in value)
    return f"`{value}`" if value not in ("", {}) else ""
