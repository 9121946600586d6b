"""What embedded mode keeps between runs beside its databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Memory:
    """What is kept between runs beside the databases: secrets, and the address under which people were bound; for its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, name: str, make: Any) -> str:
        """The value of a name; made and kept when it is asked for first."""
        if name not in self._values:
            self.set(name, str(make()))
        return self._values[name]

    def known(self, name: str) -> str:
        """The value of a name; empty when there is none."""
        return self._values.get(name, "")

    def set(self, name: str, value: str) -> None:
        """Keeps a value, in one move."""
        self._values[name] = value
        beside = self._path.with_suffix(".next")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(self._values, indent=1))
        beside.replace(self._path)
