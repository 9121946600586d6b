"""A million documents by COPY: what registering them would have written, without the year that it would take."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from services.documents.commands.text import folded_head
from services.documents.domain.search import terms
from services.documents.store import visibility
from tests.bench.bulk import NULL, Bulk, Lines

BIG, SMALL = "ganzhou", "office-1"
OTHERS = 19
DOCUMENTS = 1_000_000
EACH = 1_000
RARE = "应急水源"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNITS, PERSONS = 50, 500
_MATTERS = [
    "水库安全",
    "河道采砂",
    "供水管网",
    "防汛抗旱",
    "水土保持",
    "农田水利",
    "移民安置",
    "节水宣传",
    "水价改革",
    "堤防加固",
    "生态流量",
    "灌区建设",
]
_ACTS = ["检查", "督办", "整改", "培训", "评估", "验收", "调度", "普查"]
_KINDS = ["通知", "请示", "报告", "函", "意见", "批复"]
_SENDERS = ["市人民政府办公室", "省水利厅", "市财政局", "市发展改革委", "县人民政府", "市应急管理局"]
NEW_LINE = "\\n"
_NEVER, _LAST = "1970-01-01 00:00:00+00", "9999-01-01 00:00:00+00"
_COLUMNS = {
    "documents": "tenant, id, kind, state, title, initiator, initiating_unit, sender, document_class, document_type, registration_number,"
    " document_number, registered_at, ledger, ledger_clause, lead_unit, due_at, closed_at, ordinal, created_at, updated_at",
    "access": "tenant, holder, document, kind, state, document_class, document_type, ledger, listed_at, due_at, closed_at, ordinal",
    "search_terms": "tenant, term, document, field",
    "search_texts": "tenant, document, source, folded, text",
    "step_holders": "tenant, person, step, document, queue, sort_at, opened_at",
}


def tenants() -> list[str]:
    """The large one and the others."""
    return [BIG, *(f"office-{n}" for n in range(1, OTHERS + 1))]


def fill(url: str, database: str, documents: int) -> None:
    """Fills the tables of all tenants."""
    bulk = Bulk(_COLUMNS, ("steps", "grants", "attachments"))
    bulk.fill(url, database, tenants(), lambda tenant: _rows(tenant, documents if tenant == BIG else EACH), (BIG, SMALL))


def _rows(tenant: str, count: int) -> Iterator[Lines]:
    """The rows of each document, as lines of COPY."""
    chance = random.Random(f"{tenant}{count}")  # a made-up office, no secret
    known: dict[str, frozenset[str]] = {}
    begin = NOW - timedelta(days=3650)
    for n in range(count):
        yield _document(tenant, n, begin + timedelta(days=3650 * n / count), chance.random, known)


def _document(tenant: str, n: int, at: datetime, chance: Callable[[], float], known: dict[str, frozenset[str]]) -> Lines:
    def one_of(names: list[str]) -> str:
        return names[int(chance() * len(names))]

    id_ = f"{n:08x}-0000-7000-8000-000000000000"
    kind = "incoming" if n % 10 < 7 else "outgoing" if n % 10 < 9 else "submission"
    matter = RARE if n % 20_011 == 7 else one_of(_MATTERS)
    title = f"关于{matter}{one_of(_ACTS)}的{one_of(_KINDS)}"
    sender = "" if kind != "incoming" else "水利部" if n % 5_003 == 3 else one_of(_SENDERS)
    number = f"{at.year}-{n + 1}"
    state = "running" if (NOW - at).days < 30 else "returned" if n % 9_973 == 5 else "closed"
    ledger = "" if kind != "incoming" or n % 3 else "open" if state == "running" else "closed" if state == "closed" else ""
    due = f"{at + timedelta(days=10)}" if ledger else _LAST
    closed = f"{at + timedelta(days=chance() * 12)}" if state == "closed" else ""
    unit, person = f"u{n % UNITS}" if n % 53 else "river", f"p{int(chance() * PERSONS)}"
    class_, type_ = "read" if n % 7 == 0 else "action", f"t{n % 15}"
    ordinal = at.year * 1_000_000_000 + n + 1
    listed = f"{kind}\t{state}\t{class_}\t{type_}\t{ledger}\t{at}\t{due}\t{closed or _NEVER}\t{ordinal}\n"
    holders = [f"permission:{visibility.SUPERVISE}", f"unit:{unit}", f"person:{person}"]
    holders += ["unit:office", "person:zhou"] if kind == "incoming" else [f"permission:{visibility.ISSUE}"] if kind == "outgoing" else []
    head = (title, sender, number)
    for part in (title, sender):
        if part not in known:
            known[part] = terms(part)
    words = known[title] | known[sender] | {str(at.year), str(n + 1)}
    numbers = [number if kind == "incoming" else "", number if kind == "outgoing" else ""]
    own = [tenant, id_, kind, state, title, "zhou", "office", sender, class_, type_, *numbers, str(at)]
    moved = [ledger, "ganzhou/3.1" if ledger else "", unit, due, closed or NULL, str(ordinal), str(at), str(at)]
    held = [f"{tenant}\tma\ts{n}\t{id_}\taction\t{due}\t{at}\n"] if ledger == "open" and unit == "river" else []
    return {
        "documents": ["\t".join([*own, *moved]) + "\n"],
        "access": [f"{tenant}\t{holder}\t{id_}\t{listed}" for holder in holders],
        "search_terms": [f"{tenant}\t{term}\t{id_}\thead\n" for term in words],
        "search_texts": [f"{tenant}\t{id_}\thead\t{folded_head(head).replace(chr(10), NEW_LINE)}\t\n"],
        "step_holders": held,
    }
