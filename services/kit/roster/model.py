"""What the directory says of a tenant, as frozen rows. Periods are half open: `valid_from <= at < valid_until`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organ with a registry and regulations of its own."""

    id: str
    display_name: str
    kind: str = ""
    parent: str = ""
    time_zone: str = "Asia/Shanghai"
    office_hours: str = "08:30-12:00,14:30-18:00"


@dataclass(frozen=True, slots=True)
class Unit:
    """A section, office, subordinate body or group."""

    id: str
    display_name: str
    kind: str = "section"
    parent: str = ""
    aliases: tuple[str, ...] = ()
    position: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person as a member of the tenant; `unit` is where the person belongs, whatever posts are held elsewhere."""

    person: str
    display_name: str
    kind: str = "person"
    unit: str = ""
    rank: str = ""
    email: str = ""
    mobile: str = ""
    permissions: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post held by a person for a time; `id` is the holding's."""

    id: str
    person: str
    unit: str
    kind: str
    title: str = ""
    rank: str = ""
    position: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A leader in charge of a unit or of a field of work; exactly one of the two is set."""

    id: str
    person: str
    unit: str = ""
    field: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """A right of `delegate` to act for `delegator`; no kinds means every kind of act."""

    id: str
    delegator: str
    delegate: str
    kinds: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def covers(self, kind: str) -> bool:
        """Says whether it is for acts of `kind`; `documents` covers `documents.step`, an empty kind asks for any."""
        if not self.kinds or not kind:
            return True
        return any(kind == own or kind.startswith(f"{own}.") for own in self.kinds)


@dataclass(frozen=True, slots=True)
class Grant:
    """What the holders of a role may do; the role `member` is everybody's."""

    role: str
    permission: str


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day on which the tenant, or one unit, works or rests otherwise than the country."""

    day: date
    working: bool
    reason: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PackVersion:
    """A version of a policy pack and when it is in force; `source` is its YAML."""

    pack: str
    version: int
    title: str
    source: str
    active_from: datetime
    active_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Says whether it is in force at `at`."""
        return self.active_from <= at and (self.active_until is None or at < self.active_until)


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """An entry of a register that the packs share with all services; `columns` are its texts, `persons` whom it names."""

    id: str
    register: str
    holder: str = ""
    unit: str = ""
    persons: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def listed(self, column: str) -> tuple[str, ...]:
        """The elements of a column that holds a list."""
        return tuple(line for line in self.columns.get(column, "").split("\n") if line)


Row = Tenant | Unit | Member | Post | Portfolio | Delegation | Grant | CalendarDay | PackVersion | RosterEntry
Timed = Unit | Member | Post | Portfolio | Delegation | RosterEntry


def in_force(row: Timed, at: datetime) -> bool:
    """Says whether a row's period contains `at`."""
    return (row.valid_from is None or row.valid_from <= at) and (row.valid_until is None or at < row.valid_until)
