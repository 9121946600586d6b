"""Lists and counts, straight from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, tuple_

from services.notifications.commands.remind import act_of
from services.notifications.domain.todo import State
from services.notifications.store import (
    child_counts,
    kept_forms,
    message_deliveries,
    messages,
    person_channels,
    tenant_channels,
    todos,
    work_items,
)

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.pages import Page


@dataclass(frozen=True)
class Counts:
    """What waits for a person, counted."""

    total: int
    actions: int
    readings: int
    overdue: int
    delegated: int


@dataclass(frozen=True)
class Report:
    """Times from first reminder to handling, of one person in one month."""

    person: str
    month: str
    items: int
    minutes: int
    longest: int
    unreminded: int


def visible_to(tx: Tx, person: str) -> ColumnElement[bool]:
    """Which open items a person sees: the own ones, and those that a delegation in force covers."""
    own = todos.c.person == person
    given: dict[str, set[str]] = {}
    for delegation in tx.roster.acts_for(person, tx.now):
        given.setdefault(delegation.delegator, set())
    services = _services(tx, sorted(given)) if given else []
    for service in services:
        for delegation in tx.roster.acts_for(person, tx.now, act_of(service)):
            given[delegation.delegator].add(service)
    covered = [
        and_(todos.c.person == other, todos.c.service.in_(sorted(covered_services)), todos.c.delegable)
        for other, covered_services in sorted(given.items())
        if covered_services and other != person
    ]
    return and_(todos.c.state == State.OPEN, or_(own, *covered) if covered else own)


def _services(tx: Tx, persons: Sequence[str]) -> list[str]:
    """The services of which something lies with these persons."""
    lying = (todos.c.state == State.OPEN, todos.c.person.in_(persons))
    return [row.service for row in tx.all(select(todos.c.service).where(*lying).distinct().order_by(todos.c.service))]


def list_todos(tx: Tx, person: str, kind: str, overdue_only: bool, page: Page) -> Sequence[Row[Any]]:
    """Open items by due moment. The keys of the page are found along the index first, the items are joined to these only."""
    wanted = [visible_to(tx, person)]
    if kind:
        wanted.append(todos.c.kind == kind)
    if overdue_only:
        wanted.append(todos.c.sort_at < tx.now)
    if page.after is not None:
        wanted.append(tuple_(todos.c.sort_at, todos.c.item, todos.c.person) > page.after)
    keys = (
        select(todos.c.sort_at, todos.c.item, todos.c.person)
        .where(*wanted)
        .order_by(todos.c.sort_at, todos.c.item, todos.c.person)
        .limit(page.size + 1)
        .subquery()
    )
    columns = [column for column in work_items.c if column.name not in ("tenant", "item")]
    return tx.all(
        select(keys.c.sort_at, keys.c.item, keys.c.person, *columns)
        .join(work_items, work_items.c.item == keys.c.item)
        .order_by(keys.c.sort_at, keys.c.item, keys.c.person)
    )


def count_todos(tx: Tx, person: str) -> Counts:
    """What waits for a person, counted."""
    row = tx.one(
        select(
            func.count().label("total"),
            func.count().filter(todos.c.kind == "action").label("actions"),
            func.count().filter(todos.c.kind == "reading").label("readings"),
            func.count().filter(todos.c.sort_at < tx.now).label("overdue"),
            func.count().filter(todos.c.person != person).label("delegated"),
        ).where(visible_to(tx, person))
    )
    assert row is not None
    return Counts(row.total, row.actions, row.readings, row.overdue, row.delegated)


def list_messages(tx: Tx, person: str, kind: str, unread_only: bool, page: Page) -> Sequence[Mapping[str, Any]]:
    """The messages of a person, newest first."""
    wanted = [messages.c.person == person]
    if kind:
        wanted.append(messages.c.kind == kind)
    if unread_only:
        wanted.append(messages.c.read_at.is_(None))
    return _messages(tx, wanted, page)


def list_unreached(tx: Tx, page: Page) -> Sequence[Mapping[str, Any]]:
    """Messages that arrived by none of the ways and that nobody has read, newest first."""
    return _messages(tx, [messages.c.reach == "unreached", messages.c.read_at.is_(None)], page)


def _messages(tx: Tx, wanted: list[ColumnElement[bool]], page: Page) -> Sequence[Mapping[str, Any]]:
    if page.after is not None:
        wanted.append(tuple_(messages.c.created_at, messages.c.id) < page.after)
    rows = tx.all(select(messages).where(*wanted).order_by(messages.c.created_at.desc(), messages.c.id.desc()).limit(page.size + 1))
    return [dict(row._mapping) for row in rows]


def list_deliveries(tx: Tx, person: str, state: str, page: Page) -> Sequence[Row[Any]]:
    """What was tried, newest first."""
    table = message_deliveries
    wanted: list[ColumnElement[bool]] = []
    if person:
        wanted.append(table.c.person == person)
    if state:
        wanted.append(table.c.state == state)
    if page.after is not None:
        wanted.append(tuple_(table.c.created_at, table.c.message, table.c.channel) < page.after)
    newest = (table.c.created_at.desc(), table.c.message.desc(), table.c.channel.desc())
    told = and_(messages.c.tenant == table.c.tenant, messages.c.id == table.c.message)
    return tx.all(select(table, messages.c.kind).outerjoin(messages, told).where(*wanted).order_by(*newest).limit(page.size + 1))


def reports(tx: Tx, month: str, begin: datetime, end: datetime, person: str = "", after: str = "", most: int = 1) -> Sequence[Report]:
    """The reports of a month by person. An item counts in the month in which it was handled."""
    took = func.floor(func.extract("epoch", todos.c.ended_at - todos.c.first_reminded_at) / 60)
    reminded = todos.c.first_reminded_at.is_not(None)
    wanted = [todos.c.state == State.DONE, todos.c.ended_at >= begin, todos.c.ended_at < end]
    wanted.append(todos.c.person == person if person else todos.c.person > after)
    rows = tx.all(
        select(
            todos.c.person,
            func.count().filter(reminded).label("items"),
            func.coalesce(func.sum(took).filter(reminded), 0).label("minutes"),
            func.coalesce(func.max(took).filter(reminded), 0).label("longest"),
            func.count().filter(~reminded).label("unreminded"),
        )
        .where(*wanted)
        .group_by(todos.c.person)
        .order_by(todos.c.person)
        .limit(most)
    )
    return [Report(row.person, month, row.items, int(row.minutes), int(row.longest), row.unreminded) for row in rows]


def person_settings(tx: Tx, person: str) -> Mapping[str, Any]:
    """A person's settings of channels, empty where none were made."""
    row = tx.one(select(person_channels).where(person_channels.c.person == person))
    return dict(row._mapping) if row else {"channel_order": [], "mail": "", "robot_mention": "", "inbox_only": []}


def tenant_settings(tx: Tx) -> Mapping[str, Any]:
    """The tenant's settings of channels, empty where none were made."""
    row = tx.one(select(tenant_channels))
    return dict(row._mapping) if row else {"channel_order": [], "robot": "", "etag": ""}


def kept_form(tx: Tx, person: str, form: str) -> Row[Any] | None:
    """A form as its person kept it last."""
    shown = select(kept_forms.c.form, kept_forms.c.content, kept_forms.c.kept_at)
    return tx.one(shown.where(kept_forms.c.person == person, kept_forms.c.form == form))


# ---- tenants below --------------------------------------------------------------------------------------------------------


def counted_at(tx: Tx, child: str, service: str) -> datetime | None:
    """When the counts of a tenant below were taken that are known; None without any."""
    table = child_counts
    found: datetime | None = tx.scalar(select(func.max(table.c.counted_at)).where(table.c.child == child, table.c.service == service))
    return found


def list_child_counts(tx: Tx, child: str, page: Page) -> Sequence[Row[Any]]:
    """The counts of the tenants below (of one, if named), one more than the page has."""
    table = child_counts
    wanted = [table.c.child == child] if child else []
    if page.after is not None:
        wanted.append(tuple_(table.c.child, table.c.service, table.c.unit, table.c.rule) > page.after)
    return tx.all(select(table).where(*wanted).order_by(table.c.child, table.c.service, table.c.unit, table.c.rule).limit(page.size + 1))
