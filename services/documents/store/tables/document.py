"""Documents, their routes, and who may see them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer
from sqlalchemy import text as sql

from services.documents.domain.document import Kind, Ledger, State
from services.documents.store.tables.base import flag, json, metadata
from services.kit.db import tables
from services.kit.db.types import Instant, instant, one_of, text
from services.kit.procedure.steps import StepState

documents = tables.tenant_table(
    "documents",
    metadata,
    text("id", key=True),
    text("kind"),
    text("state"),
    text("title"),
    text("body", default=""),
    text("initiator"),
    text("initiating_unit", default=""),
    text("sender", default=""),
    text("sender_number", default=""),
    Column("sender_date", Date),
    text("document_type", default=""),
    text("document_class", default=""),
    text("medium", default="electronic"),
    text("urgency", default="ordinary"),
    text("source", default=""),
    json("matters"),
    flag("comprehensive"),
    flag("important"),
    flag("difficult"),
    flag("contains_request"),
    flag("pre_forwarded"),
    json("fields", "{}"),
    # What rules see of its records, the oldest first; the records themselves are rows of their own.
    json("noted"),
    text("registration_number", default=""),
    text("document_number", default=""),
    instant("registered_at", null=True),
    json("proposal", "{}"),
    json("proposal_draft", "{}"),
    text("ledger", default=""),
    text("ledger_clause", default=""),
    text("lead_unit", default=""),
    text("file_number", default=""),
    text("retention", default=""),
    Column("file_year", Integer, nullable=False, server_default="0"),
    instant("filed_at", null=True),
    # Year and place of its number, for lists in the order of numbers; 0 before it has one.
    Column("ordinal", BigInteger, nullable=False, server_default="0"),
    # Sorted by: a matter without a limit comes last.
    Column("due_at", Instant, nullable=False, server_default=sql("'9999-01-01 00:00:00+00'::timestamptz")),
    instant("closed_at", null=True),
    instant("replied_at", null=True),
    instant("interim_replied_at", null=True),
    # The entry of the issue list for which it is drafted, what it implements, and what rules may know of the entry.
    text("issue_entry", default=""),
    text("implements", default=""),
    json("issuing", "{}"),
    Column("overlap_percent", Integer),
    text("merged_into", default=""),
    flag("returning"),
    text("resubmits", default=""),
    instant("first_at", null=True),
    text("text_hash", default=""),
    text("end_reason", default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    # The route: which procedure of which pack, under which versions, and what the engine keeps beside its steps.
    text("procedure_pack", default=""),
    text("procedure", default=""),
    json("pins", "{}"),
    json("route", "{}"),
    json("findings"),
    instant("created_at"),
    instant("updated_at"),
    one_of("kind", *Kind),
    one_of("state", *State),
    one_of("ledger", *Ledger),
    one_of("medium", "electronic", "paper"),
    one_of("urgency", "ordinary", "urgent", "specially_urgent"),
    Index("ix_documents_newest", "tenant", "created_at", "id"),
    Index("ix_documents_sender", "tenant", "sender", "sender_number", postgresql_where=sql("sender_number <> ''")),
    Index("ix_documents_text", "tenant", "sender", "text_hash", postgresql_where=sql("text_hash <> ''")),
    Index("ix_documents_ledger", "tenant", "due_at", "id", postgresql_where=sql("ledger <> ''")),
    # What waits for being filed, in the order in which it was closed.
    Index("ix_documents_unfiled", "tenant", "closed_at", "id", postgresql_where=sql("state = 'closed' and file_number = ''")),
    # What lists are narrowed to, with the ids in the order of creation.
    Index("ix_documents_state", "tenant", "state", "id"),
    Index("ix_documents_class", "tenant", "document_class", "id"),
    Index("ix_documents_type", "tenant", "document_type", "id"),
    Index("ix_documents_clause", "tenant", "ledger_clause", "id", postgresql_where=sql("ledger_clause <> ''")),
    Index("ix_documents_filed", "tenant", "file_year", "file_number", "id", postgresql_where=sql("file_number <> ''")),
    Index("uq_documents_registration", "tenant", "registration_number", unique=True, postgresql_where=sql("registration_number <> ''")),
    Index("uq_documents_number", "tenant", "document_number", unique=True, postgresql_where=sql("document_number <> ''")),
)

steps = tables.tenant_table(
    "steps",
    metadata,
    text("id", key=True),
    text("document"),
    text("step"),
    text("act"),
    Column("generation", Integer, nullable=False),
    text("state"),
    Column("current", Boolean, nullable=False),
    text("role", default=""),
    text("unit", default=""),
    text("person", default=""),
    text("party", default=""),
    flag("lead"),
    # Who may act, as resolved when it opened (or when its post got a new holder), and the roster's number then.
    json("persons"),
    Column("roster_number", BigInteger, nullable=False, server_default="0"),
    text("remark", default=""),
    text("added_to", default=""),
    text("merged_into", default=""),
    text("opened_by", default=""),
    instant("opened_at"),
    instant("seen_at", null=True),
    instant("started_at", null=True),
    instant("due_at", null=True),
    instant("ended_at", null=True),
    text("done_by", default=""),
    text("done_for", default=""),
    text("verdict", default=""),
    text("opinion", default=""),
    flag("differing"),
    flag("objection"),
    text("reason", default=""),
    one_of("state", *StepState),
    Index("ix_steps_document", "tenant", "document", "opened_at"),
    Index("ix_steps_open", "tenant", "role", "unit", postgresql_where=sql("current AND state IN ('open', 'waiting')")),
    Index("ix_steps_unit", "tenant", "unit", "document", postgresql_where=sql("act = 'handle'")),
    Index("uq_steps_once", "tenant", "document", "step", "party", "generation", unique=True, postgresql_where=sql("added_to = ''")),
)

# The work lists: a row for each person who may act on an open step.
holders = tables.tenant_table(
    "step_holders",
    metadata,
    text("person", key=True),
    text("step", key=True),
    text("document"),
    text("queue"),
    # Sorted by due moment; a step without limit comes last.
    instant("sort_at"),
    instant("opened_at"),
    one_of("queue", "action", "reading"),
    Index("ix_step_holders_list", "tenant", "person", "sort_at", "step"),
    Index("ix_step_holders_document", "tenant", "document"),
)

# Who may see a document: `person:<id>`, `unit:<id>`, `permission:<name>` (whoever has it), `grant:<id>`. The other columns are copies of
# the document's by which lists are narrowed and sorted: triggers of the database keep them, whoever writes (migration
# 2026_11_22_0247). So a list walks one index of a holder and stops at the end of its page, however many documents there are.
access = tables.tenant_table(
    "access",
    metadata,
    text("holder", key=True),
    text("document", key=True),
    text("kind", default=""),
    text("state", default=""),
    text("document_class", default=""),
    text("document_type", default=""),
    text("ledger", default=""),
    Column("listed_at", Instant, nullable=False, server_default=sql("'1970-01-01 00:00:00+00'::timestamptz")),
    # Sorted last where there is none: without a limit, not closed.
    Column("due_at", Instant, nullable=False, server_default=sql("'9999-01-01 00:00:00+00'::timestamptz")),
    Column("closed_at", Instant, nullable=False, server_default=sql("'1970-01-01 00:00:00+00'::timestamptz")),
    Column("ordinal", BigInteger, nullable=False, server_default="0"),
    Index("ix_access_document", "tenant", "document"),
    Index("ix_access_listed", "tenant", "holder", "kind", "listed_at", "document"),
    Index("ix_access_ordinal", "tenant", "holder", "kind", "ordinal", "document"),
    Index("ix_access_due", "tenant", "holder", "ledger", "due_at", "document", postgresql_where=sql("ledger <> ''")),
    Index("ix_access_closed", "tenant", "holder", "ledger", "closed_at", "document", postgresql_where=sql("ledger <> ''")),
)

# A document, or a unit's documents of a period, lent to a person, a post or a unit until an end.
grants = tables.tenant_table(
    "grants",
    metadata,
    text("id", key=True),
    text("grantee"),
    text("document", default=""),
    text("unit", default=""),
    instant("listed_from", null=True),
    instant("listed_until", null=True),
    instant("valid_from"),
    instant("valid_until"),
    text("reason"),
    text("granted_by"),
    text("revoked_by", default=""),
    text("revoke_reason", default=""),
    instant("revoked_at", null=True),
    Index("ix_grants_grantee", "tenant", "grantee", "valid_until"),
    Index("ix_grants_document", "tenant", "document", "id"),
    Index("ix_grants_giver", "tenant", "granted_by", "id"),
    Index("ix_grants_newest", "tenant", "id"),
)
