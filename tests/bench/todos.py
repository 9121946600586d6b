"""To-do lists, inboxes, deliveries and reports with what a million documents left in one tenant and a thousand in each of nineteen others.

Asked as the service asks, and once more of views without row-level security, like the lists of documents.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import make_url

from services.kit import pages
from services.kit.pages import Page
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import database
from services.notifications import queries
from services.notifications.commands.remind import counts_of
from services.notifications.service import SPEC
from tests.bench import crowd, waiting
from tests.bench.asked import TOOK, Asker, Question, Reader
from tests.bench.bureau import a_bureau
from tests.bench.report import Figure

SIZE = 50
READERS = (
    Reader(waiting.BUSY, crowd.BIG, "big", "big tenant, a few hundred open"),
    Reader(waiting.LEADER, crowd.BIG, "big", "big tenant, a leader"),
    Reader(waiting.DELEGATE, crowd.BIG, "big", "big tenant, acts for two leaders"),
    Reader(waiting.ORDINARY, crowd.BIG, "big", "big tenant, one of five hundred"),
    Reader(waiting.IDLE, crowd.BIG, "big", "big tenant, nothing open"),
    Reader(waiting.BUSY, crowd.SMALL, "small", "small tenant"),
    Reader(waiting.DELEGATE, crowd.SMALL, "small", "small tenant, acts for two leaders"),
)
LOOKERS = (Reader("chen", crowd.BIG, "big", "big tenant, administers"), Reader("chen", crowd.SMALL, "small", "small tenant, administers"))


def figures(server: PostgresServer, documents: int = crowd.DOCUMENTS) -> list[Figure]:
    """Measures the questions of those with work, then those of the administrators."""
    with database(server.url, SPEC.name, SPEC.metadata, SPEC.migrations) as urls:
        now = waiting.this_moment()
        asker = Asker(SPEC, urls.app, lambda tx: tx.roster.calendar())
        secured = asker.secured()
        for tenant in crowd.tenants():
            office, year = a_bureau(tenant), timedelta(days=365)
            for leader in (waiting.LEADER, waiting.DEPUTY):
                office.delegate(leader, waiting.DELEGATE, now - year, now + year, "documents")
            office.install(secured)
        waiting.fill(server.url, make_url(urls.app).database or "", documents, now)
        found = []
        for reader, questions in [*((one, _own(one.person)) for one in READERS), *((one, _administered(now)) for one in LOOKERS)]:
            bare = asker.bare(reader.tenant)
            found += [asker.ask(about, question, reader, secured, bare) for about, question in questions.items()]
            bare.db.dispose()
        return found


def _own(person: str) -> dict[str, Question]:
    def todos(kind: str = "", *, overdue: bool = False) -> Callable[[Any, Page], Sequence[Any]]:
        return lambda tx, page: queries.list_todos(tx, person, kind, overdue, page)

    def messages(kind: str = "", *, unread: bool = False) -> Callable[[Any, Page], Sequence[Any]]:
        return lambda tx, page: queries.list_messages(tx, person, kind, unread, page)

    return {
        "todos": _paged(todos(), _place),
        "todos_deep": _paged(todos(), _place, further=6),
        "todos_action": _paged(todos("action"), _place),
        "todos_overdue": _paged(todos(overdue=True), _place),
        "todo_counts": lambda tx: queries.count_todos(tx, person),
        "messages": _paged(messages(), _written),
        "messages_deep": _paged(messages(), _written, further=40),
        "messages_breach": _paged(messages("breach"), _written),
        "messages_unread": _paged(messages(unread=True), _written),
    }


def _administered(now: datetime) -> dict[str, Question]:
    begin, end, month = now - timedelta(days=61), now - timedelta(days=31), f"{now:%Y-%m}"

    def deliveries(person: str, state: str) -> Question:
        return _paged(lambda tx, page: queries.list_deliveries(tx, person, state, page), _tried)

    return {
        "deliveries": deliveries("", ""),
        "deliveries_of_one": deliveries(waiting.BUSY, ""),
        "deliveries_failed": deliveries("", "failed"),
        "deliveries_no_address": deliveries("", "no_address"),
        "unreached": _paged(queries.list_unreached, _written),
        "report_of_one": lambda tx: queries.reports(tx, month, begin, end, person=waiting.BUSY),
        "reports": lambda tx: queries.reports(tx, month, begin, end, most=SIZE + 1),
        "reminded": counts_of,
    }


def _place(row: Any) -> tuple[Any, ...]:
    return (row.sort_at, row.item, row.person)


def _written(row: Any) -> tuple[Any, ...]:
    return (row["created_at"], row["id"])


def _tried(row: Any) -> tuple[Any, ...]:
    return (row.created_at, row.message, row.channel)


def _paged(listed: Callable[[Any, Page], Sequence[Any]], key: Callable[[Any], tuple[Any, ...]], further: int = 0) -> Question:
    """A page as a list shows it, `further` pages behind the first or the last one there is; only this one is timed."""

    def asked(tx: Any) -> object:
        token = ""
        for _turn in range(further + 1):
            began = time.perf_counter()
            page = pages.read(SIZE, token, scope=(), now=tx.now)
            shown, token = page.cut(listed(tx, page), key=key)
            tx.memo[TOOK] = time.perf_counter() - began
            if not token:
                break
        return shown

    return asked
