"""`deploy/compose.yaml` as data: what each process is told, so that the trials run what is delivered and not a copy of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}")


@dataclass(frozen=True)
class Described:
    """One process of the compose file."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    secrets: dict[str, str]
    """Files below the folder of the secrets, by the name under which the process finds them."""


def described(file: Path, variables: Mapping[str, str]) -> dict[str, Described]:
    """The platform's own processes in the compose file, with these variables; servers of others are left out."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    files = {name: about["file"].partition("}/")[2] for name, about in data["secrets"].items()}
    return {
        name: Described(
            name,
            tuple(about["command"]),
            {key: _filled(str(value), variables) for key, value in about.get("environment", {}).items()},
            {each["target"]: files[each["source"]] for each in about.get("secrets", ())},
        )
        for name, about in data["services"].items()
        if "XIAONENG_IMAGE" in about["image"]
    }


def mounted(process: Described, secrets: Path, place: Path) -> Path:
    """The process's secrets under the names at which it looks for them."""
    place.mkdir(parents=True, exist_ok=True)
    for name, file in process.secrets.items():
        beside = place / f".{name}"
        shutil.copyfile(secrets / file, beside)  # a link would lead out of the folder, which is refused
        beside.replace(place / name)
    return place


def _filled(text: str, variables: Mapping[str, Any]) -> str:
    return _VARIABLE.sub(lambda found: str(variables.get(found[1], found[2] or "")), text)
