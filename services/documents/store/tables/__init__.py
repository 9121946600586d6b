"""All tables of documents."""

from __future__ import annotations

from sqlalchemy import Table

from services.documents.store.tables.base import metadata
from services.documents.store.tables.document import access, documents, grants, holders, steps
from services.documents.store.tables.exchange import arrivals, transmissions
from services.documents.store.tables.filing import archive_receipts, destructions
from services.documents.store.tables.handling import dispatches, extensions, feedbacks, materials, records, reports
from services.documents.store.tables.issuing import issue_entries, number_series, numbers
from services.documents.store.tables.listing import exports, ledger_views
from services.documents.store.tables.matters import service_matters
from services.documents.store.tables.searching import search_terms, search_texts, text_jobs
from services.documents.store.tables.talking import attachments, opinions, permits, thread_persons, threads

__all__ = [
    "access",
    "archive_receipts",
    "arrivals",
    "attachments",
    "destructions",
    "dispatches",
    "documents",
    "exports",
    "extensions",
    "feedbacks",
    "grants",
    "holders",
    "issue_entries",
    "ledger_views",
    "materials",
    "metadata",
    "number_series",
    "numbers",
    "opinions",
    "permits",
    "records",
    "reports",
    "search_terms",
    "search_texts",
    "service_matters",
    "steps",
    "tables_of_a_document",
    "text_jobs",
    "thread_persons",
    "threads",
    "transmissions",
]


def tables_of_a_document() -> list[Table]:
    """Everything that hangs on a document and goes with it. Its numbers stay taken."""
    return [table for table in metadata.sorted_tables if "document" in table.c and table is not numbers]
