"""To-do entries, messages and deliveries that a crowd of documents leaves: nothing forgotten yet, all but the youngest closed.

Of each document: an item offered to two persons, of whom one did it; one to be handled; of every fourth also one to be read. Messages:
warnings and notices of every second document, and two reminders on each working day for everybody.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.notifications.domain.todo import NEVER
from tests.bench import crowd
from tests.bench.bulk import NULL, Bulk, Lines

KEPT = timedelta(days=390)
BUSY, LEADER, DEPUTY, DELEGATE, ORDINARY, IDLE = "ma", "huang", "li", "sun", "p7", "idle"
_OPEN = 250
"""One document of so many is still open, the youngest of course."""
_CITATION = '{"clause": "3.1", "article": "第三条", "quote": "收文后及时办理。", "regulation": "办法", "pack": "bench", "version": 1}'
_COLUMNS = {
    "work_items": "tenant, item, version, service, subject, kind, state, title, number, step, unit, role, urgency, arrived_at, due_at,"
    " provisional, citation, remark, delegable, ended_by, ended_for, ended_at, deadline, limit_label",
    "todos": "tenant, person, item, kind, state, service, delegable, sort_at, first_reminded_at, ended_at",
    "messages": "tenant, id, person, kind, cause, text, subject, deadline, link, citation, merged, planned_at, created_at, read_at, reach",
    "message_deliveries": "tenant, message, channel, person, state, attempts, error, created_at, attempted_at, next_at",
}


@dataclass(frozen=True)
class _Item:
    """An item of a document: what it is, with whom it lies, who did it; nobody while it is open."""

    name: str
    kind: str
    persons: tuple[str, ...]
    arrived_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    ended_by: str


def fill(url: str, database: str, documents: int, now: datetime) -> None:
    """Fills the tables of all tenants."""
    bulk = Bulk(_COLUMNS)
    tenants, bare = crowd.tenants(), (crowd.BIG, crowd.SMALL)
    bulk.fill(url, database, tenants, lambda tenant: _rows(tenant, documents if tenant == crowd.BIG else crowd.EACH, now), bare)


def _rows(tenant: str, count: int, now: datetime) -> Iterator[Lines]:
    chance = random.Random(f"{tenant}{count}").random  # a made-up office, no secret
    begin = now - KEPT
    open_from = count - max(20, count // _OPEN)
    for n in range(count):
        at = begin + KEPT * n / count
        yield _document(tenant, n, at, now, n >= open_from, chance)
    persons = [f"p{n}" for n in range(crowd.PERSONS if tenant == crowd.BIG else 20)]
    for day in range(KEPT.days):
        at = begin + timedelta(days=day)
        if at.weekday() < 5:
            for hour in (9, 15):
                yield _reminders(tenant, at.replace(hour=hour), (*persons, BUSY, LEADER, DEPUTY, DELEGATE))


def _document(tenant: str, n: int, at: datetime, now: datetime, is_open: bool, chance: Callable[[], float]) -> Lines:
    lines: Lines = {table: [] for table in _COLUMNS}
    person = _whose(n, chance)
    first = at + timedelta(hours=chance() * 20)
    done = None if is_open else at + timedelta(days=chance() * 9)
    items = [_Item("review", "action", ("zhou", f"p{int(chance() * crowd.PERSONS)}"), at, at + timedelta(days=1), first, "zhou")]
    due = None if n % 3 == 0 else max(at, now - timedelta(days=5)) + timedelta(days=chance() * 15) if is_open else at + timedelta(days=10)
    items.append(_Item("handle", "action", (person,), first, due, done, person if done else ""))
    if n % 4 == 0:
        items.append(_Item("read", "reading", (f"p{n % crowd.PERSONS}",), first, None, done, f"p{n % crowd.PERSONS}" if done else ""))
    for item in items:
        _item(lines, tenant, f"documents/{n:08x}", n, item)
    if n % 2 == 0:
        kind = "breach" if n % 1_000 == 0 else "warning" if n % 10 == 0 else "notice"
        _message(lines, tenant, person, kind, n, first, is_open)
    return lines


def _whose(n: int, chance: Callable[[], float]) -> str:
    """Most with anybody, many with one section's head, some with the leaders."""
    if n % 12 == 0:
        return BUSY
    return LEADER if n % 20 == 1 else DEPUTY if n % 25 == 2 else f"p{int(chance() * crowd.PERSONS)}"


def _item(lines: Lines, tenant: str, subject: str, n: int, item: _Item) -> None:
    id_, state = f"{subject}/steps/{item.name}", "done" if item.ended_at else "open"
    ended, due = str(item.ended_at or NULL), str(item.due_at or NULL)
    own = [
        tenant,
        id_,
        "2",
        "documents",
        subject,
        item.kind,
        state,
        f"关于水库安全检查的通知{n}",
        f"2026-{n}",
        "拟办",
        f"u{n % crowd.UNITS}",
    ]
    moved = ["registrar", "1", str(item.arrived_at), due, "f", _CITATION, "", "t", item.ended_by, "", ended, f"{id_}/deadline", "办理时限"]
    lines["work_items"].append("\t".join([*own, *moved]) + "\n")
    reminded = str(item.arrived_at + timedelta(hours=4))
    for person in item.persons:
        fate = "open" if not item.ended_at else "done" if person == item.ended_by else "cancelled"
        at = f"{item.due_at or NEVER}\t{reminded}\t{ended}"
        lines["todos"].append(f"{tenant}\t{person}\t{id_}\t{item.kind}\t{fate}\tdocuments\tt\t{at}\n")


def _message(lines: Lines, tenant: str, person: str, kind: str, n: int, at: datetime, unread: bool) -> None:
    failed = n % 20_006 == 0
    id_, reach = f"{n:08x}-0000-7000-8000-{'1' * 12}", "unreached" if failed else "reached"
    read, subject = NULL if unread or (failed and n % 3) else str(at + timedelta(hours=2)), f"documents/{n:08x}"
    text = f"《关于水库安全检查的通知{n}》的“拟办”环节将到期，请及时办理"
    said = [tenant, id_, person, kind, f"{subject}/deadline:1:0", text, subject, f"{subject}/deadline", f"/{subject}", _CITATION, "[]"]
    lines["messages"].append("\t".join([*said, str(at), str(at), read, reach]) + "\n")
    tried = f"{at}\t{at}\t{NULL}\n"
    lines["message_deliveries"].append(f"{tenant}\t{id_}\tin_app\t{person}\tdelivered\t1\t\t{tried}")
    state = "failed\t4\trefused" if failed else "delivered\t1\t"
    lines["message_deliveries"].append(f"{tenant}\t{id_}\trobot\t{person}\t{state}\t{tried}")


def _reminders(tenant: str, at: datetime, persons: tuple[str, ...]) -> Lines:
    lines: Lines = {"messages": [], "message_deliveries": []}
    for n, person in enumerate(persons):
        id_ = f"{int(at.timestamp()):08x}-{n:04x}-7000-8000-{'2' * 12}"
        said = [tenant, id_, person, "reminder", f"schedule:daily:{at}", "您有5件待办事项，请及时处理", "", "", "/todos", _CITATION, "[]"]
        lines["messages"].append("\t".join([*said, str(at), str(at), str(at + timedelta(hours=1)), "inbox"]) + "\n")
        lines["message_deliveries"].append(f"{tenant}\t{id_}\tin_app\t{person}\tdelivered\t1\t\t{at}\t{at}\t{NULL}\n")
    return lines


def this_moment() -> datetime:
    """Whole seconds of now; what is open is due around it."""
    return datetime.now(UTC).replace(microsecond=0)
