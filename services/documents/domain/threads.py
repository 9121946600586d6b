"""酝酿、沟通: a thread of opinions, seen by its persons alone."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Opinion:
    """What somebody thinks."""

    id: str
    thread: str
    person: str
    text: str
    given_at: datetime


@dataclass(frozen=True)
class Thread:
    """Its persons are named when it is opened; the one who opens it is among them."""

    id: str
    subject: str
    document: str
    opener: str
    opener_unit: str
    persons: tuple[str, ...]
    opened_at: datetime

    @property
    def name(self) -> str:
        return f"threads/{self.id}"
