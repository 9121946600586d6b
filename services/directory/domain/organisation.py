"""What must hold between units, persons, posts, portfolios and delegations. Pure: asks a snapshot of the tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from services.directory.domain.errors import (
    DelegationChain,
    DelegationCycle,
    EndedAlready,
    PeriodEmpty,
    PersonUnknown,
    PortfolioOverlaps,
    PostOverlaps,
    UnitCycle,
    UnitExists,
    UnitInUse,
    UnitUnknown,
)
from services.kit.errors import Stale
from services.kit.roster.model import Delegation, Member, Portfolio, Post, Row, Timed, Unit, in_force
from services.kit.roster.snapshot import Roster

T = TypeVar("T", Unit, Member, Post, Portfolio, Delegation)


def etag(row: Row) -> str:
    """Changes whenever the row does."""
    return hashlib.sha256(repr(row).encode()).hexdigest()[:16]


def check_etag(row: Row, given: str) -> None:
    """Refuses when somebody has changed the row since it was read: Stale. An empty etag asks for nothing."""
    if given and given != etag(row):
        raise Stale()


def check_period(row: Timed) -> None:
    """Refuses a period that ends before it begins: PeriodEmpty."""
    if row.valid_from is not None and row.valid_until is not None and row.valid_until <= row.valid_from:
        raise PeriodEmpty()


def ended(row: T, at: datetime) -> T:
    """The row with its end at `at`; one that ends when it begins was never in force. Refuses: EndedAlready, PeriodEmpty."""
    if row.valid_until is not None and row.valid_until <= at:
        raise EndedAlready()
    if row.valid_from is not None and at < row.valid_from:
        raise PeriodEmpty()
    return replace(row, valid_until=at)


def check_member(roster: Roster, person: str, at: datetime) -> None:
    """Refuses a person who does not belong to the tenant at `at`: PersonUnknown."""
    if roster.member(person, at) is None:
        raise PersonUnknown(person=person)


def check_unit(roster: Roster, unit: str, at: datetime) -> None:
    """Refuses a unit that does not exist at `at`: UnitUnknown."""
    found = roster.unit(unit)
    if found is None or not in_force(found, at):
        raise UnitUnknown(unit=unit)


def check_new_unit(roster: Roster, unit: Unit, at: datetime) -> None:
    """Refuses: UnitExists, UnitUnknown (of the parent)."""
    if roster.unit(unit.id) is not None:
        raise UnitExists(unit=unit.id)
    if unit.parent:
        check_unit(roster, unit.parent, at)


def check_changed_unit(roster: Roster, unit: Unit, at: datetime) -> None:
    """Refuses: UnitUnknown (of the parent), UnitCycle."""
    if unit.parent:
        check_unit(roster, unit.parent, at)
        if unit.parent in roster.below(unit.id):
            raise UnitCycle(unit=unit.id)


def check_closed_unit(roster: Roster, unit: Unit, at: datetime) -> None:
    """Refuses to close a unit that others still need after `at`: UnitInUse."""
    others = [other for other in roster.units() if other.parent == unit.id]
    posts = [post for post in roster.posts if post.unit == unit.id]
    members = [member for member in roster.members() if member.unit == unit.id]
    rows: Iterable[Timed] = (*others, *posts, *members)
    if any(row.valid_until is None or row.valid_until > at for row in rows):
        raise UnitInUse(unit=unit.id)


def check_post(roster: Roster, post: Post, at: datetime) -> None:
    """Refuses: PeriodEmpty, PersonUnknown, UnitUnknown, PostOverlaps.

    The person must belong to the tenant when the post begins; now, where it began before it was written down here.
    """
    check_period(post)
    begins = _begins(post, at)
    check_member(roster, post.person, begins)
    check_unit(roster, post.unit, begins)
    for other in roster.posts:
        same = (other.person, other.unit, other.kind) == (post.person, post.unit, post.kind)
        if same and other.id != post.id and overlap(other, post):
            raise PostOverlaps()


def check_portfolio(roster: Roster, portfolio: Portfolio, at: datetime) -> None:
    """Refuses: PeriodEmpty, PersonUnknown, UnitUnknown, PortfolioOverlaps."""
    check_period(portfolio)
    begins = _begins(portfolio, at)
    check_member(roster, portfolio.person, begins)
    if portfolio.unit:
        check_unit(roster, portfolio.unit, begins)
    for other in roster.portfolios:
        same = (other.person, other.unit, other.field) == (portfolio.person, portfolio.unit, portfolio.field)
        if same and other.id != portfolio.id and overlap(other, portfolio):
            raise PortfolioOverlaps()


def check_delegation(roster: Roster, delegation: Delegation, at: datetime) -> None:
    """Refuses: PeriodEmpty, PersonUnknown, DelegationCycle, DelegationChain.

    A right that was given for a time cannot be passed on in that time: neither may the delegate have delegated acts of these kinds to
    somebody, nor the delegator be somebody's delegate for them.
    """
    check_period(delegation)
    begins = _begins(delegation, at)
    check_member(roster, delegation.delegator, begins)
    check_member(roster, delegation.delegate, begins)
    if delegation.delegator == delegation.delegate:
        raise DelegationCycle()
    for other in roster.delegations:
        if not overlap(other, delegation) or not _share_kinds(other, delegation):
            continue
        if (other.delegator, other.delegate) == (delegation.delegate, delegation.delegator):
            raise DelegationCycle()
        if other.delegator == delegation.delegate or other.delegate == delegation.delegator:
            raise DelegationChain()


def _begins(row: Timed, at: datetime) -> datetime:
    return max(row.valid_from or at, at)


def overlap(one: Timed, other: Timed) -> bool:
    """Half-open periods: one that ends when the other begins does not overlap it."""
    starts_before_end = one.valid_from is None or other.valid_until is None or one.valid_from < other.valid_until
    ends_after_start = one.valid_until is None or other.valid_from is None or one.valid_until > other.valid_from
    return starts_before_end and ends_after_start


def _share_kinds(one: Delegation, other: Delegation) -> bool:
    if not one.kinds or not other.kinds:
        return True
    return any(one.covers(kind) for kind in other.kinds) or any(other.covers(kind) for kind in one.kinds)
