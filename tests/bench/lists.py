"""Search, ledgers, work lists and exports over a million documents in one tenant and a thousand in each of nineteen others.

Each question is asked as a service asks it, and once more, with the same text, of views without row-level security that name the tenant.
The ratio says what keeping tenants apart costs; the milliseconds say whether a page follows what is shown or what is stored.
"""

from __future__ import annotations

import io
import time
from typing import Any

from sqlalchemy import make_url

from services.documents import export, queries, store
from services.documents.domain.listing import Order, View, Wish
from services.documents.service import SPEC
from services.documents.store import lists
from services.kit import pages
from services.kit.service import Ports
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import database
from tests.bench import crowd
from tests.bench.asked import TOOK, Asker, Question, Reader
from tests.bench.bureau import a_bureau
from tests.bench.report import Figure

DEEP = 40
ROWS = 10_000
SUPERVISE = frozenset({store.visibility.SUPERVISE})
READERS = (
    Reader("sun", crowd.BIG, "big", "big tenant, supervises", SUPERVISE),
    Reader("chen", crowd.BIG, "big", "big tenant, registry"),
    Reader("ma", crowd.BIG, "big", "big tenant, one section"),
    Reader("sun", crowd.SMALL, "small", "small tenant, supervises", SUPERVISE),
)


def figures(server: PostgresServer, documents: int = crowd.DOCUMENTS) -> list[Figure]:
    """Measures all questions of all readers."""
    with database(server.url, SPEC.name, SPEC.metadata, SPEC.migrations) as urls:
        asker = Asker(SPEC, urls.app, store.visibility.keys)
        secured = asker.secured()
        for tenant in crowd.tenants():
            a_bureau(tenant).install(secured)
        crowd.fill(server.url, make_url(urls.app).database or "", documents)
        found = []
        for reader in READERS:
            bare = asker.bare(reader.tenant)
            found += [asker.ask(about, question, reader, secured, bare) for about, question in _questions().items()]
            bare.db.dispose()
        found.append(_exported(READERS[0], secured, asker.bare(crowd.BIG)))
        return found


def _questions() -> dict[str, Question]:
    return {
        "search_rare_word": _listed(Wish(text=crowd.RARE)),
        "search_common_word": _listed(Wish(text="通知")),
        "search_phrase": _listed(Wish(text="防汛抗旱")),
        "search_two_words": _listed(Wish(text="水库 检查")),
        "search_nothing": _listed(Wish(text="龘靐")),
        "ledger_incoming": _listed(Wish(view=View.INCOMING)),
        "ledger_incoming_by_number": _listed(Wish(view=View.INCOMING, order=Order.NUMBER)),
        "ledger_incoming_deep": _listed(Wish(view=View.INCOMING), DEEP),
        "ledger_incoming_class": _listed(Wish(view=View.INCOMING, document_class="read")),
        "ledger_incoming_returned": _listed(Wish(view=View.INCOMING, state="returned")),
        "ledger_incoming_sender": _listed(Wish(view=View.INCOMING, sender="水利部")),
        "ledger_incoming_unit": _listed(Wish(view=View.INCOMING, unit="river")),
        "ledger_outgoing": _listed(Wish(view=View.OUTGOING)),
        "ledger_submission": _listed(Wish(view=View.SUBMISSION)),
        "ledger_supervised": _listed(Wish(view=View.SUPERVISED)),
        "ledger_supervised_overdue": _listed(Wish(view=View.SUPERVISED, overdue=True, ledger="open")),
        "ledger_supervised_closed": _listed(Wish(view=View.SUPERVISED, order=Order.CLOSED, person="p7")),
        "my_steps": lambda tx: queries.my_steps(tx, "action", pages.read(50, "", scope=(), now=tx.now)),
    }


def _listed(wish: Wish, further: int = 0) -> Question:
    """A page with its total, as a list shows it; `further` pages behind the first."""

    def asked(tx: Any) -> object:
        after = None
        for _ in range(further):
            rows = lists.page(tx, wish, after, 51)
            after = (rows[49].place, rows[49].id) if len(rows) > 50 else after
        began = time.perf_counter()
        shown = lists.page(tx, wish, after, 51)
        lists.total(tx, wish)
        tx.memo[TOOK] = time.perf_counter() - began
        return shown

    return asked


def _exported(reader: Reader, secured: Ports, bare: Ports) -> Figure:
    value, baseline = _export(reader, secured), _export(reader, bare)
    return Figure("export_rows", round(value), "rows/s", round(baseline), round(value / baseline, 2), f"{ROWS:,} lines of a spreadsheet")


def _export(reader: Reader, ports: Ports) -> float:
    wish = Wish(view=View.INCOMING)
    with ports.db.snapshot(reader.tenant, reader.caller) as tx:
        names, began = export.Names.of(tx), time.perf_counter()
        rows = (queries.ledger_entry(tx, row) for row, _ in zip(lists.everything(tx, wish), range(ROWS), strict=False))
        _, written = export.write(io.BytesIO(), Wish(view=View.INCOMING), rows, names)
        return written / (time.perf_counter() - began)
