"""What builders work with: an office on a running platform, and who plays which part in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

INSTALLATION = "installation"
"""The part of whoever acts as the installation itself."""


@dataclass(frozen=True)
class Cast:
    """Who plays which part, by the ids of the organisation. A registrar and a clerk who proposes, both of the registry, are two persons."""

    admin: str
    registrar: str
    clerk: str
    registry_head: str
    section: str
    section_head: str
    section_staff: str
    other_section: str
    other_head: str
    leader: str
    principal: str
    """Of the regulation: the class of what is to be handled and of what is to be read, a register, a series of numbers."""
    handled_class: str
    read_class: str
    register: str
    series: str
    """A register of units to whose entries nobody consents, with its only column, a text."""
    plain_register: str
    plain_column: str


class Desk(Protocol):
    """An office on a running platform."""

    @property
    def cast(self) -> Cast:
        """Who plays which part."""

    @property
    def tenant(self) -> str:
        """Id of the tenant."""

    @property
    def now(self) -> datetime:
        """The moment on the office's clock."""

    @property
    def neighbour(self) -> Desk:
        """Another office on the same platform."""

    def person(self, part: str) -> str:
        """Id of whoever plays a part."""

    def unit(self, part: str) -> str:
        """Id of the unit that a part names."""

    def do(self, part: str, method: str, **fields: Any) -> Any:
        """Lets somebody call a method; what follows from it happens when `settle` is called."""

    def settle(self) -> None:
        """Lets everything happen that is due."""

    def pass_time(self, span: timedelta) -> None:
        """Lets time pass."""


@dataclass(frozen=True)
class Act:
    """A request that is done, and whose it is. `pieces` are the messages of a request that comes as a stream."""

    who: str
    request: Mapping[str, Any] = field(default_factory=dict)
    pieces: tuple[bytes, ...] = ()


Builder = Callable[[Desk], Act]


def instant(at: datetime) -> str:
    """A moment as JSON has it."""
    return at.isoformat().replace("+00:00", "Z")
