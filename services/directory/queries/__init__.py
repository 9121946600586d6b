"""Questions: lists along keys, who signs in as whom, what the rosters of other services are to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, tuple_

from services.directory import store
from services.directory.commands.packs import Kept, with_period
from services.directory.domain.errors import SubjectUnknown
from services.kit.db.engine import Database
from services.kit.db.tx import Tx
from services.kit.pages import Page
from services.kit.roster import Member
from services.kit.roster.cache import load
from services.kit.roster.model import Row

T = TypeVar("T")

LARGEST_ROSTER_PAGE = 2000
DEFAULT_ROSTER_PAGE = 500


def page_of(rows: Iterable[T], key: Callable[[T], tuple[Any, ...]], page: Page) -> tuple[Sequence[T], str]:
    """A page of rows that are in memory, in the order of `key`."""
    found = sorted((row for row in rows if page.after is None or key(row) > page.after), key=key)
    return page.cut(found[: page.size + 1], key)


@dataclass(frozen=True)
class Belonging:
    """A tenant in which a person may act now."""

    tenant: str
    display_name: str
    unit: str


@dataclass(frozen=True)
class Subject:
    """Who signs in as a subject."""

    person: str
    display_name: str
    kind: str
    memberships: tuple[Belonging, ...]


def subject(db: Database, issuer: str, sub: str) -> Subject:
    """The person that is bound to a subject. Refuses: SubjectUnknown."""
    with db.plumbing() as tx:
        bound, persons = store.bindings.c, store.persons.c
        row = tx.one(
            select(persons.id, persons.display_name, persons.kind)
            .join(store.bindings, bound.person == persons.id)
            .where(bound.issuer == issuer, bound.sub == sub)
        )
        if row is None:
            raise SubjectUnknown()
        return Subject(row.id, row.display_name, row.kind, _belongings(tx, row.id, db.clock.now()))


def belongings(db: Database, person: str) -> tuple[Belonging, ...]:
    """The tenants in which a person may act now, by display name."""
    with db.plumbing() as tx:
        return _belongings(tx, person, db.clock.now())


def _belongings(tx: Tx, person: str, at: datetime) -> tuple[Belonging, ...]:
    joined = store.person_tenants.c
    tenants = [row.tenant for row in tx.all(select(joined.tenant).where(joined.person == person))]
    found: list[Belonging] = []
    for tenant in tenants:
        tx.enter(tenant)
        member: Member | None = tx.roster.member(person, at)
        if member is not None:
            found.append(Belonging(tenant, tx.roster.tenant.display_name, member.unit))
    return tuple(sorted(found, key=lambda b: (b.display_name, b.tenant)))


def tenants(tx: Tx, page: Page) -> Sequence[Any]:
    """The tenants of the installation by id; asked as plumbing."""
    table = store.tenants
    statement = select(table).order_by(table.c.id).limit(page.size + 1)
    return tx.all(statement.where(table.c.id > page.after[0]) if page.after else statement)


def roster_page(tx: Tx, size: int, start: int) -> tuple[list[Row], int]:
    """Rows of the tenant's directory from `start` on, and where the next page starts (0: at the end). Asked in a snapshot."""
    rows = list(load(tx))
    chosen = rows[start : start + min(size or DEFAULT_ROSTER_PAGE, LARGEST_ROSTER_PAGE)]
    following = start + len(chosen)
    return chosen, following if following < len(rows) else 0


def packs(tx: Tx, page: Page, active_at: datetime | None) -> Sequence[Kept]:
    """Versions of packs by name and version, one more than the page has; `active_at`: only those in force then."""
    table = store.packs
    statement = select(table).order_by(table.c.pack, table.c.version)
    if active_at is not None:
        in_force = [(version.pack, version.version) for version in tx.roster.packs if version.holds(active_at)]
        statement = statement.where(tuple_(table.c.pack, table.c.version).in_(in_force))
    if page.after:
        statement = statement.where(tuple_(table.c.pack, table.c.version) > tuple_(*page.after))
    return [with_period(row, tx.roster.packs) for row in tx.all(statement.limit(page.size + 1))]
