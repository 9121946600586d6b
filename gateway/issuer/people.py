"""Who may sign in at the embedded issuer; the composition root knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

DEMO_GRANT = "urn:xiaoneng:params:oauth:grant-type:demo-person"


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo. `subject` is what `xiaoneng token` takes: `clerk@<tenant>`."""

    subject: str
    display_name: str
    post: str = ""
    organ: str = ""


@dataclass(frozen=True)
class DemoClient:
    """Another system of the demo, with client credentials. `subject` is the service account that it is mapped to."""

    client_id: str
    client_secret: str
    subject: str


class People(Protocol):
    """Gives the people as they are now."""

    def people(self) -> list[DemoPerson]: ...

    def clients(self) -> list[DemoClient]: ...


@dataclass(frozen=True)
class FixedPeople:
    """People that do not change."""

    persons: tuple[DemoPerson, ...]
    systems: tuple[DemoClient, ...] = ()

    def people(self) -> list[DemoPerson]:
        return list(self.persons)

    def clients(self) -> list[DemoClient]:
        return list(self.systems)
