"""The tables of notifications and the questions that commands and handlers ask of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    Table,
    UniqueConstraint,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert

from services.kit import roster, schedule
from services.kit.db import tables
from services.kit.db.tables import plumbing_table, tenant_table
from services.kit.db.types import Json, instant, new_metadata, one_of, text
from services.kit.errors import Stale
from services.notifications.domain.todo import NEVER, State, WorkItem

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

metadata = new_metadata()
tables.install(metadata)
roster.install(metadata)
schedules = schedule.install(metadata)

work_items = tenant_table(
    "work_items",
    metadata,
    text("item", key=True),
    Column("version", Integer, nullable=False),
    text("service"),
    text("subject"),
    text("kind"),
    text("state"),
    text("title"),
    text("number"),
    text("step"),
    text("unit"),
    text("role"),
    Column("urgency", Integer, nullable=False),
    instant("arrived_at"),
    instant("due_at", null=True),
    Column("provisional", Boolean, nullable=False),
    Column("citation", Json, nullable=False),
    text("remark"),
    Column("delegable", Boolean, nullable=False),
    text("ended_by"),
    text("ended_for"),
    instant("ended_at", null=True),
    text("deadline", default=""),
    text("limit_label", default=""),
    one_of("state", "open", "done", "cancelled"),
    one_of("kind", "action", "reading"),
    Index("ix_work_items_subject", "tenant", "subject"),
)

todos = tenant_table(
    "todos",
    metadata,
    text("person", key=True),
    text("item", key=True),
    text("kind"),
    text("state"),
    text("service"),
    Column("delegable", Boolean, nullable=False),
    instant("sort_at"),
    instant("first_reminded_at", null=True),
    instant("ended_at", null=True),
    one_of("state", "open", "done", "cancelled"),
    one_of("kind", "action", "reading"),
    Index("ix_todos_open", "tenant", "person", "sort_at", "item", postgresql_where=sql("state = 'open'")),
    Index("ix_todos_done", "tenant", "person", "ended_at", postgresql_where=sql("state = 'done'")),
    Index("ix_todos_item", "tenant", "item"),
)

messages = tenant_table(
    "messages",
    metadata,
    text("id", key=True),
    text("person"),
    text("kind"),
    text("cause"),
    text("text"),
    text("subject"),
    text("deadline"),
    text("link"),
    Column("citation", Json, nullable=False),
    Column("merged", Json, nullable=False),
    instant("planned_at"),
    instant("created_at"),
    instant("read_at", null=True),
    text("reach"),
    one_of("kind", "reminder", "warning", "breach", "escalation", "notice"),
    one_of("reach", "inbox", "pending", "reached", "unreached"),
    UniqueConstraint("tenant", "person", "cause"),
    Index("ix_messages_person", "tenant", "person", "created_at", "id"),
    Index("ix_messages_unread", "tenant", "person", "created_at", "id", postgresql_where=sql("read_at IS NULL")),
    Index("ix_messages_unreached", "tenant", "created_at", "id", postgresql_where=sql("reach = 'unreached' AND read_at IS NULL")),
    # Rare among a person's messages, and looked for by kind: without it all of them would be read.
    Index("ix_messages_pressing", "tenant", "person", "kind", "created_at", "id", postgresql_where=sql("kind IN ('breach', 'escalation')")),
)

child_counts = tenant_table(
    "child_counts",
    metadata,
    text("child", key=True),
    text("service", key=True),
    text("unit", key=True),
    text("rule", key=True),
    text("child_name"),
    text("unit_name"),
    text("label", default=""),
    Column("open", BigInteger, nullable=False),
    Column("overdue", BigInteger, nullable=False),
    Column("breaches", BigInteger, nullable=False),
    Column("set_aside", BigInteger, nullable=False),
    instant("counted_at"),
)

message_deliveries = plumbing_table(
    "message_deliveries",
    metadata,
    text("message", key=True),
    text("channel", key=True),
    text("person"),
    text("state"),
    Column("attempts", Integer, nullable=False),
    text("error"),
    instant("created_at"),
    instant("attempted_at", null=True),
    instant("next_at", null=True),
    one_of("state", "pending", "delivered", "failed", "no_address"),
    one_of("channel", "in_app", "robot", "mail"),
    Index("ix_message_deliveries_due", "next_at", postgresql_where=sql("state = 'pending'")),
    Index("ix_message_deliveries_list", "tenant", "created_at", "message", "channel"),
    # The few that went wrong among all that arrived.
    Index(
        "ix_message_deliveries_wrong", "tenant", "state", "created_at", "message", "channel", postgresql_where=sql("state <> 'delivered'")
    ),
    Index("ix_message_deliveries_person", "tenant", "person", "attempted_at"),
)

tenant_channels = tenant_table(
    "tenant_channels",
    metadata,
    Column("channel_order", Json, nullable=False),
    text("robot"),
    text("etag"),
)

person_channels = tenant_table(
    "person_channels",
    metadata,
    text("person", key=True),
    Column("channel_order", Json, nullable=False),
    text("mail"),
    text("robot_mention"),
    Column("inbox_only", Json, nullable=False),
)

kept_forms = tenant_table(
    "kept_forms",
    metadata,
    text("person", key=True),
    text("form", key=True),
    text("content"),
    instant("kept_at"),
)


def save_item(tx: Tx, item: WorkItem, version: int) -> bool:
    """Keeps an item as its service told it, unless something newer is known already; says whether it was kept."""
    row = {
        "tenant": tx.tenant, "item": item.item, "version": version, "service": item.service, "subject": item.subject,
        "kind": item.kind.value, "state": item.state.value, "title": item.title, "number": item.number, "step": item.step,
        "unit": item.unit, "role": item.role, "urgency": int(item.urgency), "arrived_at": item.arrived_at, "due_at": item.due_at,
        "provisional": item.provisional, "citation": item.citation, "remark": item.remark, "delegable": item.delegable,
        "ended_by": item.ended_by, "ended_for": item.ended_for, "ended_at": item.ended_at,
        "deadline": item.deadline, "limit_label": item.limit_label,
    }  # fmt: skip
    statement = insert(work_items).values(row)
    newer = {name: statement.excluded[name] for name in row if name not in ("tenant", "item")}
    kept = tx.returning(
        statement.on_conflict_do_update(
            index_elements=["tenant", "item"], set_=newer, where=work_items.c.version < statement.excluded.version
        ).returning(work_items.c.item)
    )
    return bool(kept)


def save_todos(tx: Tx, item: WorkItem) -> list[str]:
    """Puts the item into the lists of its persons and takes it out of the others'; returns whose list changed."""
    concerned = item.concerned
    gone = tx.returning(
        update(todos)
        .where(todos.c.item == item.item, todos.c.state == State.OPEN, todos.c.person.not_in(concerned))
        .values(state=State.CANCELLED.value, ended_at=item.ended_at or tx.now)
        .returning(todos.c.person)
    )
    if concerned:
        _put(tx, item, concerned)
    return sorted({*concerned, *(row.person for row in gone)})


def _put(tx: Tx, item: WorkItem, persons: Sequence[str]) -> None:
    rows = [
        {
            "tenant": tx.tenant, "person": person, "item": item.item, "kind": item.kind.value, "state": item.fate_for(person).value,
            "service": item.service, "delegable": item.delegable, "sort_at": item.sort_at, "ended_at": item.ended_at,
        }
        for person in persons
    ]  # fmt: skip
    statement = insert(todos).values(rows)
    kept = {name: statement.excluded[name] for name in ("kind", "state", "service", "delegable", "sort_at", "ended_at")}
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant", "person", "item"], set_=kept))


def open_counts(tx: Tx) -> Sequence[Row[Any]]:
    """Open items per person, service and whether a delegate may do them: what the reminders of a window are counted from."""
    return tx.all(
        select(todos.c.person, todos.c.service, todos.c.delegable, func.count().label("number"))
        .where(todos.c.state == State.OPEN)
        .group_by(todos.c.person, todos.c.service, todos.c.delegable)
    )


def note_reminded(tx: Tx, persons: Sequence[str]) -> None:
    """Keeps the moment at which open items were reminded of for the first time."""
    tx.execute(
        update(todos)
        .where(todos.c.state == State.OPEN, todos.c.first_reminded_at.is_(None), todos.c.person.in_(persons))
        .values(first_reminded_at=tx.now)
    )


def item_of(tx: Tx, subjects: Sequence[str]) -> Row[Any] | None:
    """The newest item with one of these names, or of the matter with one of these names."""
    return tx.one(
        select(work_items)
        .where(or_(work_items.c.item.in_(subjects), work_items.c.subject.in_(subjects)))
        .order_by(case((work_items.c.item.in_(subjects), 0), else_=1), work_items.c.arrived_at.desc())
        .limit(1)
    )


def holding(tx: Tx, item: str) -> list[str]:
    """The persons with whom an item lies."""
    lying = (todos.c.item == item, todos.c.state == State.OPEN)
    return [row.person for row in tx.all(select(todos.c.person).where(*lying).order_by(todos.c.person))]


def move_due(tx: Tx, item: str, before: datetime | None, due_at: datetime | None, provisional: bool) -> bool:
    """Moves an open item whose due moment is `before`; says whether there was one."""
    moved = tx.execute(
        update(work_items)
        .where(work_items.c.item == item, work_items.c.state == State.OPEN, work_items.c.due_at.is_not_distinct_from(before))
        .values(due_at=due_at, provisional=provisional)
    )
    if moved:
        tx.execute(update(todos).where(todos.c.item == item).values(sort_at=due_at or NEVER))
    return bool(moved)


def known_causes(tx: Tx, causes: Sequence[str], persons: Sequence[str]) -> set[tuple[str, str]]:
    """Which of these messages were written already, as (person, cause)."""
    rows = tx.all(select(messages.c.person, messages.c.cause).where(messages.c.cause.in_(causes), messages.c.person.in_(persons)))
    return {(row.person, row.cause) for row in rows}


def message_of(tx: Tx, id_: str, person: str) -> Row[Any] | None:
    """A message of `person`, locked; None when it is somebody else's or not there."""
    return next(iter(tx.locked(select(messages).where(messages.c.id == id_, messages.c.person == person))), None)


def offered(tx: Tx, *, lock: bool = False) -> Row[Any] | None:
    """The tenant's channels; with `lock` nobody else changes them meanwhile."""
    asked = select(tenant_channels)
    return next(iter(tx.locked(asked) if lock else tx.all(asked)), None)


def offer(tx: Tx, row: Mapping[str, Any], *, known: bool) -> None:
    """Keeps the tenant's channels. Refuses Stale when somebody else has set them for the first time meanwhile."""
    if known:
        tx.update(tenant_channels, {}, row)
    else:
        tx.on_conflict("pk_tenant_channels", Stale)
        tx.insert(tenant_channels, row)


def wanted(tx: Tx, persons: Sequence[str]) -> Mapping[str, Row[Any]]:
    """The persons' own settings of channels, of those that have any."""
    return {row.person: row for row in tx.all(select(person_channels).where(person_channels.c.person.in_(persons)))}


def sent_message(tx: Tx, message_id: str, *, lock: bool = False) -> Row[Any]:
    """A message that is known to be there; with `lock` nobody else changes it meanwhile."""
    asked = select(messages).where(messages.c.id == message_id)
    (row,) = tx.locked(asked) if lock else tx.all(asked)
    return row


def legs(tx: Tx, id_: str) -> Sequence[Row[Any]]:
    """What was tried for a message so far, in the order in which it was begun."""
    return tx.all(select(message_deliveries).where(message_deliveries.c.message == id_).order_by(message_deliveries.c.created_at))


def claim_due(tx: Tx, now: datetime, lease_until: datetime, most: int) -> Sequence[Row[Any]]:
    """Takes deliveries that are due for this worker alone until `lease_until`. Called as plumbing: they are of all tenants."""
    due = (
        select(message_deliveries.c.tenant, message_deliveries.c.message, message_deliveries.c.channel)
        .where(message_deliveries.c.state == "pending", message_deliveries.c.next_at <= now)
        .order_by(message_deliveries.c.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    same = and_(
        message_deliveries.c.tenant == due.c.tenant,
        message_deliveries.c.message == due.c.message,
        message_deliveries.c.channel == due.c.channel,
    )
    return tx.returning(update(message_deliveries).where(same).values(next_at=lease_until).returning(message_deliveries))


def next_due(tx: Tx) -> datetime | None:
    """The moment at which the next delivery is due, of all tenants."""
    at: datetime | None = tx.scalar(select(func.min(message_deliveries.c.next_at)).where(message_deliveries.c.state == "pending"))
    return at


def sent_since(tx: Tx, person: str, since: datetime) -> int:
    """How many messages a person got outside the inbox since a moment."""
    count = tx.scalar(
        select(func.count())
        .select_from(message_deliveries)
        .where(
            message_deliveries.c.person == person,
            message_deliveries.c.attempted_at >= since,
            message_deliveries.c.state == "delivered",
            message_deliveries.c.channel != "in_app",
        )
    )
    return int(count or 0)


def reminded_and_done(tx: Tx, item: str) -> list[tuple[datetime, datetime]]:
    """First reminder and handling of an item, for those of its persons who did it and had been reminded."""
    rows = tx.all(
        select(todos.c.first_reminded_at, todos.c.ended_at).where(
            todos.c.item == item, todos.c.state == State.DONE, todos.c.first_reminded_at.is_not(None)
        )
    )
    return [(row.first_reminded_at, row.ended_at) for row in rows]


def forget(tx: Tx, before: datetime, most: int) -> int:
    """Removes what ended before a moment: finished to-dos with their items, and messages with their deliveries. Says how many rows went.

    What is open stays, and so does a message that nobody has read while its item is open.
    """
    gone = 0
    ended = and_(todos.c.state != State.OPEN, todos.c.ended_at < before)
    gone += _forget(tx, todos, ended, most)
    unlisted = ~exists().where(todos.c.tenant == work_items.c.tenant, todos.c.item == work_items.c.item)
    gone += _forget(tx, work_items, and_(work_items.c.state != State.OPEN, work_items.c.ended_at < before, unlisted), most)
    waiting = exists().where(
        work_items.c.tenant == messages.c.tenant, work_items.c.subject == messages.c.subject, work_items.c.state == State.OPEN
    )
    old = and_(messages.c.created_at < before, or_(messages.c.read_at.is_not(None), ~waiting))
    gone += _forget(tx, messages, old, most)
    orphaned = ~exists().where(messages.c.tenant == message_deliveries.c.tenant, messages.c.id == message_deliveries.c.message)
    return gone + _forget(tx, message_deliveries, and_(message_deliveries.c.created_at < before, orphaned), most)


def _forget(tx: Tx, table: Table, which: ColumnElement[bool], most: int) -> int:
    keys = list(table.primary_key)
    chosen = select(*keys).where(which).limit(most).with_for_update(skip_locked=True).subquery()
    return tx.execute(delete(table).where(*(key == chosen.c[key.name] for key in keys)))
