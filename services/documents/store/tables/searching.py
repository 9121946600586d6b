"""By what documents are found."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from services.documents.store.tables.base import metadata
from services.kit.db import tables
from services.kit.db.types import instant, text

# Terms of title, sender and numbers (`head`, in the transaction) and of body and files (`text`, by the worker).
search_terms = tables.tenant_table(
    "search_terms",
    metadata,
    text("term", key=True),
    text("document", key=True),
    text("field", default="head"),
    Index("ix_search_terms_document", "tenant", "document"),
)

# The folded text in which phrases are looked for: `head` (title, sender, numbers: a line each), `body`, `attachments/<id>`. `text` is what
# was read from a file.
search_texts = tables.tenant_table(
    "search_texts",
    metadata,
    text("document", key=True),
    text("source", key=True),
    text("folded"),
    text("text", default=""),
)

# Documents whose full text has to be read. `stamp` changes with every wish, so that none is lost while one is carried out.
text_jobs = tables.plumbing_table(
    "text_jobs",
    metadata,
    text("document", key=True),
    text("stamp"),
    instant("next_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    text("error", default=""),
    Index("ix_text_jobs_due", "next_at"),
)
