"""Numbers across New Year's midnight: two clerks issue a thousand documents while the year changes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from services.kit import ids
from services.kit.testing.channel import TENANT
from tests.service.documents.conftest import Works
from xiaoneng.documents.v1 import types_pb2

DOCUMENTS = 1000
BEFORE = datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
"""In Shanghai the new year begins at 16:00 UTC."""

# A row with some of its columns changed, whatever the others are.
COPY = """INSERT INTO {table} SELECT copy.* FROM {table} AS old,
          unnest(CAST(:documents AS text[]), CAST(:steps AS text[])) AS made(document, step),
          jsonb_populate_record(old, jsonb_build_object({changed})) AS copy WHERE old.{key} = :original"""
TABLES = (
    ("documents", "id", "'id', made.document"),
    ("steps", "document", "'document', made.document, 'id', CASE old.act WHEN 'issue' THEN made.step ELSE gen_random_uuid()::text END"),
    ("step_holders", "document", "'document', made.document, 'step', made.step"),
    ("access", "document", "'document', made.document"),
)


def to_be_issued(works: Works) -> list[str]:
    """Outgoing documents that wait for their number: one on its way there, the others its copies."""
    draft = works.scribe.CreateDraft(kind=types_pb2.DOCUMENT_KIND_OUTGOING, title="关于开工的令", document_type="order")
    works.scribe.SubmitDraft(name=draft.name)
    works.eldest.CompleteStep(name=works.opened(draft)["weigh"].name, verdict="VERDICT_APPROVE")
    assert list(works.opened(draft)) == ["stamp"]
    copies = [ids.new() for _ in range(DOCUMENTS - 1)]
    said = {"documents": copies, "steps": [ids.new() for _ in copies], "original": draft.name.removeprefix("documents/")}
    with works.ports.db.tenant(TENANT) as tx:
        for table, key, changed in TABLES:
            tx.execute(text(COPY.format(table=table, key=key, changed=changed)).bindparams(**said))
    return [draft.name, *(f"documents/{copy}" for copy in copies)]


def test_two_threads_across_midnight_leave_no_gap_and_no_double_number(works: Works) -> None:
    works.clock.set(BEFORE)
    names = to_be_issued(works)
    failures: list[BaseException] = []

    def issue(mine: list[str], turn: bool) -> None:
        try:
            for place, name in enumerate(mine):
                if turn and place == len(mine) // 2:
                    works.clock.set(MIDNIGHT)
                works.scribe.IssueDocument(name=name, series="厂令")
        except BaseException as failed:  # a thread has nobody to tell
            failures.append(failed)
            raise

    threads = [threading.Thread(target=issue, args=(names[half::2], half == 0)) for half in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    taken = works.rows("numbers", series="厂令")
    by_year: dict[int, list[Any]] = {2025: [], 2026: []}
    for row in taken:
        by_year[row.year].append(row)
    assert len(taken) == DOCUMENTS
    for rows in by_year.values():
        assert rows
        assert sorted(row.position for row in rows) == list(range(1, len(rows) + 1))
    assert {f"documents/{row.document}" for row in taken} == set(names)
    assert all(row.changed_at < MIDNIGHT for row in by_year[2025])
    assert all(row.changed_at >= MIDNIGHT for row in by_year[2026])
    issued = {f"documents/{row.id}": row.document_number for row in works.rows("documents", kind="outgoing")}
    assert issued == {f"documents/{row.document}": row.number for row in taken}
    assert len(set(issued.values())) == DOCUMENTS
