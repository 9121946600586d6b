"""Who a role of the packs is, in terms of posts, units and portfolios. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.kit.policy.model import RoleDefinition
from services.kit.roster.model import Post, in_force

if TYPE_CHECKING:
    from services.kit.roster.snapshot import Roster

FIELD_FACT = "field"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role: the person, the unit for which, and the holding of the post (empty without one)."""

    person: str
    unit: str = ""
    post: str = ""
    title: str = ""


def holders(
    roster: Roster, role: RoleDefinition, at: datetime, unit: str | None, initiator: str | None, facts: Mapping[str, Any]
) -> list[Holder]:
    """The holders of a role; where there are none, those of the first fallback that has any."""
    found = _once(_own(roster, role, at, unit, initiator, facts))
    if found:
        return found
    for other in role.fallback:
        found = holders(roster, other, at, unit, initiator, facts)
        if found:
            return found
    return []


def holds(roster: Roster, role: RoleDefinition, person: str, at: datetime) -> bool:
    """Says whether a person holds a role for at least one unit. A role of the matter itself (initiator, named person) is never held so."""
    if roster.member(person, at) is None:
        return False
    if any(_fits(roster, role, post, at) for post in roster.posts_of(person, at)):
        return True
    if role.members and any(_kind_fits(roster, role, unit) for unit in roster.units_of(person, at)):
        return True
    if role.register and any(person in entry.persons for entry in roster.entries(role.register, at)):
        return True
    if not role.fallback or _anybody(roster, role, at):
        return False
    return any(holds(roster, other, person, at) for other in role.fallback)


def _own(
    roster: Roster, role: RoleDefinition, at: datetime, unit: str | None, initiator: str | None, facts: Mapping[str, Any]
) -> Iterable[Holder]:
    if role.initiator and initiator:
        yield from _persons(roster, [initiator], at)
    if role.person:
        named = facts.get(role.person)
        yield from _persons(roster, [named] if isinstance(named, str) else list(named or ()), at)
    if role.register:
        for entry in roster.entries(role.register, at):
            if role.of != "unit" or entry.unit == unit:
                yield from _persons(roster, entry.persons, at)
    if not role.posts and not role.members:
        return
    if role.serves and not _serves(roster, role, unit):
        return
    places = _places(roster, role, at, unit, initiator)
    in_charge = _in_charge(roster, unit, facts, at) if role.of == "portfolio" else None
    for post in _posts(roster, role, at):
        if (places is None or post.unit in places) and (in_charge is None or post.person in in_charge):
            yield Holder(post.person, post.unit, post.id, post.title)
    if role.members:
        for member in roster.members(at):
            for place in roster.units_of(member.person, at):
                if (places is None or place in places) and _kind_fits(roster, role, place):
                    yield Holder(member.person, place)


def _places(roster: Roster, role: RoleDefinition, at: datetime, unit: str | None, initiator: str | None) -> frozenset[str] | None:
    """The units in which the role must be held; None for anywhere."""
    if role.of == "unit":
        return frozenset([unit] if unit else ())
    if role.of == "initiator_unit":
        return frozenset(roster.units_of(initiator, at) if initiator else ())
    return None


def _in_charge(roster: Roster, unit: str | None, facts: Mapping[str, Any], at: datetime) -> frozenset[str]:
    found = roster.in_charge_of(unit, at) if unit else []
    field = facts.get(FIELD_FACT)
    if not found and isinstance(field, str) and field:
        found = roster.in_charge_of_field(field, at)
    return frozenset(found)


def _posts(roster: Roster, role: RoleDefinition, at: datetime) -> Iterable[Post]:
    for post in roster.posts:
        fits = post.kind in role.posts and in_force(post, at) and _kind_fits(roster, role, post.unit)
        if fits and roster.member(post.person, at) is not None:
            yield post


def _fits(roster: Roster, role: RoleDefinition, post: Post, at: datetime) -> bool:
    if post.kind not in role.posts or not _kind_fits(roster, role, post.unit):
        return False
    return role.of != "portfolio" or bool(roster.portfolio_of(post.person, at))


def _serves(roster: Roster, role: RoleDefinition, unit: str | None) -> bool:
    """Says whether the unit that is asked about is of a kind that the role is there for."""
    asked = roster.unit(unit) if unit else None
    return asked is not None and asked.kind in role.serves


def _kind_fits(roster: Roster, role: RoleDefinition, unit: str) -> bool:
    if not role.unit_kinds:
        return True
    found = roster.unit(unit)
    return found is not None and found.kind in role.unit_kinds


def _anybody(roster: Roster, role: RoleDefinition, at: datetime) -> bool:
    if role.register and any(roster.member(person, at) for entry in roster.entries(role.register, at) for person in entry.persons):
        return True
    return any(_fits(roster, role, post, at) for post in _posts(roster, role, at))


def _persons(roster: Roster, persons: Iterable[str], at: datetime) -> Iterable[Holder]:
    for person in persons:
        member = roster.member(person, at)
        if member is not None:
            yield Holder(person, member.unit)


def _once(found: Iterable[Holder]) -> list[Holder]:
    first: dict[str, Holder] = {}
    for holder in found:
        first.setdefault(holder.person, holder)
    return list(first.values())
