"""A tenant's organisation at one number of the directory: who holds what, for whom, until when. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from services.kit.policy.model import RoleDefinition
from services.kit.roster import roles
from services.kit.roster.model import (
    CalendarDay,
    Delegation,
    Grant,
    Member,
    PackVersion,
    Portfolio,
    Post,
    RosterEntry,
    Row,
    Tenant,
    Timed,
    Unit,
    in_force,
)
from services.kit.roster.roles import Holder
from services.kit.worktime import Calendar, OfficeHours, Override, PublishedYear

EVERYBODY = "member"


class Roles(Protocol):
    """What the roster needs of a tenant's rules: the roles by name, and what the packs let their holders do."""

    @property
    def roles(self) -> Mapping[str, RoleDefinition]:
        """Roles by name."""

    @property
    def grants(self) -> Mapping[str, tuple[str, ...]]:
        """Permissions by role."""


class Roster:
    """Frozen after construction; threads share it. Every question about persons takes the moment that is asked about."""

    def __init__(self, tenant: str, number: int = 0, rows: Iterable[Row] = (), published: Sequence[PublishedYear] = ()) -> None:
        sorted_rows: dict[type, list[Any]] = defaultdict(list)
        for row in rows:
            sorted_rows[type(row)].append(row)
        self.number = number
        self.tenant: Tenant = next(iter(sorted_rows[Tenant]), Tenant(tenant, tenant))
        self.published = published
        self._units: dict[str, Unit] = {unit.id: unit for unit in sorted_rows[Unit]}
        self._members: dict[str, Member] = {member.person: member for member in sorted_rows[Member]}
        self.posts: tuple[Post, ...] = tuple(sorted(sorted_rows[Post], key=lambda p: (p.position, p.person, p.id)))
        self.portfolios: tuple[Portfolio, ...] = tuple(sorted_rows[Portfolio])
        self.delegations: tuple[Delegation, ...] = tuple(sorted_rows[Delegation])
        self.grants: tuple[Grant, ...] = tuple(sorted_rows[Grant])
        self.calendar_days: tuple[CalendarDay, ...] = tuple(sorted_rows[CalendarDay])
        self.packs: tuple[PackVersion, ...] = tuple(sorted(sorted_rows[PackVersion], key=lambda p: (p.pack, p.version)))
        self._entries: dict[str, list[RosterEntry]] = defaultdict(list)
        for entry in sorted(sorted_rows[RosterEntry], key=lambda e: e.id):
            self._entries[entry.register].append(entry)
        self._calendars: dict[str, Calendar] = {}

    # -- units and persons ---------------------------------------------------------------------------------------------

    def units(self, at: datetime | None = None) -> list[Unit]:
        """The units by position and id; with `at` only those that exist then."""
        found = sorted(self._units.values(), key=lambda unit: (unit.position, unit.id))
        return [unit for unit in found if at is None or in_force(unit, at)]

    def unit(self, unit: str) -> Unit | None:
        """A unit by its id."""
        return self._units.get(unit)

    def ancestors(self, unit: str) -> Iterator[str]:
        """The unit itself and the units above it, upwards."""
        seen: set[str] = set()
        while unit and unit not in seen and unit in self._units:
            seen.add(unit)
            yield unit
            unit = self._units[unit].parent

    def below(self, unit: str) -> frozenset[str]:
        """The unit itself and every unit below it."""
        return frozenset(other for other in self._units if unit in self.ancestors(other))

    def member(self, person: str, at: datetime | None = None) -> Member | None:
        """A person as member of the tenant; with `at` only when the membership holds then."""
        found = self._members.get(person)
        return found if found is not None and (at is None or in_force(found, at)) else None

    def members(self, at: datetime | None = None, unit: str | None = None) -> list[Member]:
        """The members by id; with `unit` those that belong to it or hold a post in it."""
        found = [m for _, m in sorted(self._members.items()) if at is None or in_force(m, at)]
        if unit is None:
            return found
        inside = {post.person for post in self.posts if post.unit == unit and (at is None or in_force(post, at))}
        return [member for member in found if member.unit == unit or member.person in inside]

    def name_of(self, person: str) -> str:
        """What a person is called; the id of one who is not known here."""
        found = self._members.get(person)
        return found.display_name if found else person

    def posts_of(self, person: str, at: datetime) -> list[Post]:
        """The posts that a person holds at `at`."""
        return [post for post in self._posts_by_person.get(person, ()) if in_force(post, at)]

    def units_of(self, person: str, at: datetime) -> list[str]:
        """The units of a person: first the own one, then those in which a post is held."""
        member = self.member(person, at)
        own = [member.unit] if member is not None and member.unit else []
        return list(dict.fromkeys([*own, *(post.unit for post in self.posts_of(person, at))]))

    # -- roles and permissions -----------------------------------------------------------------------------------------

    def holders(
        self,
        role: RoleDefinition,
        at: datetime,
        unit: str | None = None,
        initiator: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> list[Holder]:
        """Who holds a role at `at`, for a unit, in a matter that `initiator` opened: in the order in which they are asked."""
        return roles.holders(self, role, at, unit, initiator, facts or {})

    def roles_of(self, person: str, at: datetime, rules: Roles) -> frozenset[str]:
        """The roles that a person holds at `at` for at least one unit. Roles of a single matter are not among them."""
        return frozenset(name for name, role in rules.roles.items() if roles.holds(self, role, person, at))

    def holds(self, role: RoleDefinition, person: str, at: datetime) -> bool:
        """Says whether a person holds a role at `at` for at least one unit."""
        return roles.holds(self, role, person, at)

    def permissions_of(self, person: str, at: datetime, rules: Roles) -> frozenset[str]:
        """What a person may do at `at`: what is granted in person, to the roles held and to every member. Nothing for a stranger."""
        member = self.member(person, at)
        if member is None:
            return frozenset()
        held = self.roles_of(person, at, rules) | {EVERYBODY}
        packs = frozenset(permission for role in held for permission in rules.grants.get(role, ()))
        return packs.union(member.permissions, (grant.permission for grant in self.grants if grant.role in held))

    def who_may(self, permission: str, at: datetime, rules: Roles) -> list[Member]:
        """The persons in force who hold a permission, however they came by it; programs are asked and told nothing."""
        return [m for m in self.members(at) if m.kind == "person" and permission in self.permissions_of(m.person, at, rules)]

    def in_charge_of(self, unit: str, at: datetime) -> list[str]:
        """The leaders with a unit in their portfolio; when nobody has it, those with the nearest unit above."""
        for above in self.ancestors(unit):
            found = [p.person for p in self.portfolios if p.unit == above and in_force(p, at)]
            if found:
                return list(dict.fromkeys(found))
        return []

    def in_charge_of_field(self, field: str, at: datetime) -> list[str]:
        """The leaders with a field of work in their portfolio."""
        return list(dict.fromkeys(p.person for p in self.portfolios if p.field == field and in_force(p, at)))

    def portfolio_of(self, person: str, at: datetime) -> list[Portfolio]:
        """What a leader is in charge of."""
        return [p for p in self.portfolios if p.person == person and in_force(p, at)]

    # -- registers -----------------------------------------------------------------------------------------------------

    def entries(self, register: str, at: datetime | None = None) -> list[RosterEntry]:
        """The entries of a shared register by id; with `at` only those that count then."""
        return [entry for entry in self._entries.get(register, ()) if at is None or in_force(entry, at)]

    def registers_naming(self, word: str) -> list[str]:
        """The shared registers in which some column of an entry reads like this."""
        return sorted(name for name, entries in self._entries.items() if any(word in entry.columns.values() for entry in entries))

    def entry(self, register: str, entry: str, at: datetime | None = None) -> RosterEntry | None:
        """An entry of a shared register by its id."""
        return next((found for found in self.entries(register, at) if found.id == entry), None)

    # -- delegations ---------------------------------------------------------------------------------------------------

    def acts_for(self, person: str, at: datetime, kind: str = "") -> list[Delegation]:
        """The delegations under which a person may act for others at `at`, for acts of `kind`. They make no chains."""
        return [d for d in self._delegations_in_force(at, kind) if d.delegate == person]

    def delegates_of(self, person: str, at: datetime, kind: str = "") -> list[Delegation]:
        """The delegations under which others may act for a person at `at`."""
        return [d for d in self._delegations_in_force(at, kind) if d.delegator == person]

    def may_act_for(self, person: str, other: str, at: datetime, kind: str = "") -> bool:
        """Says whether `person` may act for `other` at `at`: the same person always."""
        return person == other or any(d.delegator == other for d in self.acts_for(person, at, kind))

    def _delegations_in_force(self, at: datetime, kind: str) -> Iterator[Delegation]:
        for delegation in self.delegations:
            both = (delegation.delegator, delegation.delegate)
            if in_force(delegation, at) and delegation.covers(kind) and all(self.member(p, at) for p in both):
                yield delegation

    # -- time ----------------------------------------------------------------------------------------------------------

    def calendar(self, unit: str | None = None) -> Calendar:
        """The working calendar of the tenant, or of a unit: what the units above it arrange holds for it as well."""
        key = unit or ""
        if key not in self._calendars:
            chain = ["", *reversed(list(self.ancestors(key)))]
            overrides = [Override(day.day, day.working, day.reason) for place in chain for day in self.calendar_days if day.unit == place]
            hours = OfficeHours.parse(self.tenant.office_hours.split(","))
            self._calendars[key] = Calendar(self.published, overrides, hours, self.tenant.time_zone)
        return self._calendars[key]

    def next_change(self, after: datetime) -> datetime | None:
        """The first moment after `after` at which a period begins or ends: until then every answer stays the same."""
        return next((moment for moment in self._moments if moment > after), None)

    @cached_property
    def _moments(self) -> list[datetime]:
        timed: Iterable[Timed] = (
            *self._units.values(), *self._members.values(), *self.posts, *self.portfolios, *self.delegations,
            *(entry for entries in self._entries.values() for entry in entries),
        )  # fmt: skip
        moments = {moment for row in timed for moment in (row.valid_from, row.valid_until) if moment is not None}
        moments |= {moment for pack in self.packs for moment in (pack.active_from, pack.active_until) if moment is not None}
        return sorted(moments)

    @cached_property
    def _posts_by_person(self) -> Mapping[str, list[Post]]:
        by_person: dict[str, list[Post]] = defaultdict(list)
        for post in self.posts:
            by_person[post.person].append(post)
        return by_person
