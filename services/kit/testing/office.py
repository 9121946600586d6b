"""An organisation for tests: rows of the roster, as values or put into a service's database.

office = Office().unit("office", kind="office").unit("planning").person("chen", unit="planning", post="unit_head")
office.roster()                # pure
office.install(ports)          # as if the directory had sent it
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from services.kit import ids
from services.kit.identity import Caller
from services.kit.policy.load import load
from services.kit.roster import (
    CalendarDay,
    Delegation,
    Grant,
    Member,
    PackVersion,
    Portfolio,
    Post,
    Roster,
    Tenant,
    Unit,
)
from services.kit.roster import copy as roster_copy
from services.kit.roster.model import Row
from services.kit.testing.channel import TENANT

if TYPE_CHECKING:
    from services.kit.service import Ports

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def a_caller(person: str = "clerk", tenant: str = TENANT, permissions: Iterable[str] = (), **changes: Any) -> Caller:
    """A caller for tests of commands; over the wire `testing.channel` makes them from tokens."""
    return replace(Caller(person=person, tenant=tenant, permissions=frozenset(permissions)), **changes)


class Office:
    """Collects the rows of one tenant; every method returns the office itself."""

    def __init__(self, tenant: str = TENANT, display_name: str = "某局", **about: Any) -> None:
        self.tenant = tenant
        self.rows: list[Row] = [Tenant(tenant, display_name, **about)]
        self._number = 0

    def unit(self, unit: str, kind: str = "section", **about: Any) -> Office:
        """Adds a unit."""
        return self.add(Unit(unit, about.pop("display_name", unit), kind, **about))

    def person(self, person: str, unit: str = "", post: str = "", permissions: Iterable[str] = (), **about: Any) -> Office:
        """Adds a member, with a post of this kind in the unit when one is given."""
        name = about.pop("display_name", person)
        self.add(Member(person, name, unit=unit, permissions=tuple(permissions), valid_from=LONG_AGO, **about))
        return self.post(person, unit, post) if post else self

    def post(self, person: str, unit: str, kind: str, **about: Any) -> Office:
        """Gives a member a post."""
        about.setdefault("valid_from", LONG_AGO)
        return self.add(Post(about.pop("id", ids.new()), person, unit, kind, **about))

    def in_charge(self, person: str, *units: str, field: str = "", **about: Any) -> Office:
        """Puts a leader in charge of units, or of a field."""
        about.setdefault("valid_from", LONG_AGO)
        for unit in units:
            self.add(Portfolio(ids.new(), person, unit=unit, **about))
        return self.add(Portfolio(ids.new(), person, field=field, **about)) if field else self

    def delegate(self, delegator: str, to: str, since: datetime, until: datetime, *kinds: str) -> Office:
        """Lets somebody act for somebody."""
        return self.add(Delegation(ids.new(), delegator, to, tuple(kinds), since, until))

    def grant(self, role: str, *permissions: str) -> Office:
        """Lets the holders of a role, or with `member` everybody, do something."""
        return self.add(*(Grant(role, permission) for permission in permissions))

    def day(self, day: date, working: bool, reason: str = "", unit: str = "") -> Office:
        """Arranges a day otherwise than the country."""
        return self.add(CalendarDay(day, working, reason, unit))

    def pack(self, source: str, active_from: datetime = LONG_AGO, active_until: datetime | None = None) -> Office:
        """Puts a policy pack in force."""
        head = load(source).head
        return self.add(PackVersion(head.pack, head.version, head.title, source, active_from, active_until))

    def add(self, *rows: Row) -> Office:
        """Adds rows as they are."""
        self.rows.extend(rows)
        return self

    def roster(self, number: int = 1) -> Roster:
        """The organisation as a snapshot."""
        return Roster(self.tenant, number, self.rows)

    def install(self, ports: Ports) -> Office:
        """Writes all rows into the service's copy, as one further change of the directory."""
        with ports.db.tenant(self.tenant) as tx:
            number = roster_copy.lock(tx) + 1
            for row in self.rows:
                roster_copy.write(tx, row)
            tx.flush()
            roster_copy.set_number(tx, number)
        self._number = number
        return self
