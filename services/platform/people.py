"""The demo organisations as data: `deploy/demo/*.yaml`, one file per tenant. They come in through the gateway, never by SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from services.kit.policy.source import read, write

HOME = Path(__file__).resolve().parents[2]
ORGANISATIONS = HOME / "deploy" / "demo"
PACKS = HOME / "deploy" / "policies"


@dataclass(frozen=True)
class Unit:
    """A unit of a demo tenant."""

    id: str
    display_name: str
    kind: str


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in; `subject` is the name for that: `clerk@<tenant>`."""

    id: str
    tenant: str
    name: str
    unit: str
    post: str
    title: str
    in_charge_of: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The issuer's id of the person."""
        return f"{self.id}@{self.tenant}"

    @property
    def person(self) -> str:
        """The person's id on the installation."""
        return f"{self.tenant}-{self.id}"


@dataclass(frozen=True)
class Entry:
    """An entry of a register that belongs to the office: who makes it, of whom, and what it says."""

    by: str
    register: str
    holder: str
    columns: Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Organisation:
    """A demo tenant."""

    tenant: str
    display_name: str
    kind: str
    series: str
    """Series of the numbers of its outgoing documents."""
    packs: tuple[str, ...]
    administrator: Person
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    parent: str = ""
    """Tenant that it is subordinate to."""
    work: str = ""
    """What its people do in the demo: the name of a script."""
    entries: tuple[Entry, ...] = ()
    renewed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is otherwise in the heads of its packs: for a regulation that has ended and goes on in the demo."""

    def sources(self) -> list[str]:
        """Its packs, as texts."""
        return [pack_text(pack, self.renewed.get(pack)) for pack in self.packs]

    def person(self, id_: str) -> Person:
        """The person with this short id. Raises KeyError."""
        return {person.id: person for person in (self.administrator, *self.people)}[id_]

    def holding(self, post: str, unit: str = "") -> list[Person]:
        """The persons with this post, in this unit where one is given."""
        return [person for person in self.people if person.post == post and unit in ("", person.unit)]

    def unit_name(self, unit: str) -> str:
        """What a unit is called. Raises KeyError."""
        return {each.id: each.display_name for each in self.units}[unit]

    def renamed(self, tenant: str) -> Organisation:
        """The same organisation as another tenant, with persons of its own: for tests that need fresh ones."""
        data = _read(self._source)
        data["tenant"] = {**data["tenant"], "id": tenant}
        return parse(data, self._source)

    @property
    def _source(self) -> Path:
        return next(path for path in sorted(ORGANISATIONS.glob("*.yaml")) if _read(path)["tenant"]["display_name"] == self.display_name)


def organisations(only: Sequence[str] = ()) -> list[Organisation]:
    """All demo tenants, by file name; or only these and those that they are subordinate to. Raises ValueError for one that is not there."""
    found = [parse(_read(path), path) for path in sorted(ORGANISATIONS.glob("*.yaml"))]
    above = {each.tenant: each.parent for each in found}
    if unknown := set(only) - set(above):
        raise ValueError(f"no demo tenant {', '.join(sorted(unknown))}; there are {', '.join(above)}")
    wanted = {tenant for each in only for tenant in _line(each, above)}
    return [each for each in found if not only or each.tenant in wanted]


def from_above(found: Sequence[Organisation]) -> list[Organisation]:
    """The same tenants, each behind the one that it is subordinate to."""
    above = {each.tenant: each.parent for each in found}
    return sorted(found, key=lambda each: len(list(_line(each.tenant, above))))


def _line(tenant: str, above: dict[str, str]) -> Iterator[str]:
    while tenant in above:
        yield tenant
        tenant = above[tenant]


def parse(data: dict[str, Any], path: Path) -> Organisation:
    """Reads an organisation. Raises ValueError for a unit that somebody names and that is not there."""
    tenant = data["tenant"]["id"]
    units = tuple(Unit(**unit) for unit in data["units"])
    people = tuple(
        Person(**{**person, "tenant": tenant, "in_charge_of": tuple(person.get("in_charge_of", ()))}) for person in data["people"]
    )
    named = {unit for person in people for unit in (person.unit, *person.in_charge_of)}
    if unknown := named - {unit.id for unit in units}:
        raise ValueError(f"{path.name}: no unit {', '.join(sorted(unknown))}")
    administrator = Person(data["administrator"]["id"], tenant, data["administrator"]["display_name"], "", "", "系统管理员")
    about = data["tenant"]
    packs = tuple(data["packs"])
    organ = Organisation(tenant, about["display_name"], about["kind"], data.get("series", ""), packs, administrator, units, people)
    entries = tuple(Entry(**entry) for entry in data.get("entries", ()))
    return replace(organ, parent=about.get("parent", ""), work=data.get("work", ""), entries=entries, renewed=data.get("renewed", {}))


def pack_text(pack: str, renewed: Mapping[str, Any] | None = None) -> str:
    """The YAML of a pack of the platform, with what is otherwise in its head."""
    text = (PACKS / f"{pack}.yaml").read_text(encoding="utf-8")
    return write({**read(text).data, **renewed}) if renewed else text


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data
