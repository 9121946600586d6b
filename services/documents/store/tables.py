"""Tables of documents. Every key begins with the tenant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, UniqueConstraint
from sqlalchemy import text as sql

from services.documents.domain.attachments import Scan
from services.documents.domain.document import Kind, Ledger, State
from services.documents.domain.exchange import TransmissionState
from services.documents.domain.handling import ExtensionState
from services.documents.domain.issuing import IssueState, Origin
from services.documents.domain.permits import PermitState
from services.kit.db import tables
from services.kit.db.types import Instant, Json, instant, new_metadata, one_of, text
from services.kit.deadline import store as deadline_store
from services.kit.procedure.steps import StepState
from services.kit.roster import tables as roster_tables

metadata = new_metadata()
tables.install(metadata)
roster_tables.install(metadata)
deadline_store.install(metadata)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=sql("false"))


def _json(name: str, default: str = "[]") -> Column[Any]:
    return Column(name, Json, nullable=False, server_default=sql(f"'{default}'::jsonb"))


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
    _json("matters"),
    _flag("comprehensive"),
    _flag("important"),
    _flag("difficult"),
    _flag("contains_request"),
    _flag("pre_forwarded"),
    _json("fields", "{}"),
    # What rules see of its records, the oldest first; the records themselves are rows of their own.
    _json("noted"),
    text("registration_number", default=""),
    text("document_number", default=""),
    instant("registered_at", null=True),
    _json("proposal", "{}"),
    _json("proposal_draft", "{}"),
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
    _json("issuing", "{}"),
    Column("overlap_percent", Integer),
    text("merged_into", default=""),
    _flag("returning"),
    text("resubmits", default=""),
    instant("first_at", null=True),
    text("text_hash", default=""),
    text("end_reason", default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    # The route: which procedure of which pack, under which versions, and what the engine keeps beside its steps.
    text("procedure_pack", default=""),
    text("procedure", default=""),
    _json("pins", "{}"),
    _json("route", "{}"),
    _json("findings"),
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
    _flag("lead"),
    # Who may act, as resolved when it opened (or when its post got a new holder), and the roster's number then.
    _json("persons"),
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
    _flag("differing"),
    _flag("objection"),
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

ledger_views = tables.tenant_table(
    "ledger_views",
    metadata,
    text("person", key=True),
    text("id", key=True),
    text("display_name"),
    _json("wish", "{}"),
    instant("created_at"),
    UniqueConstraint("tenant", "person", "display_name"),
)

# Ledgers that are too long to be waited for: made by the worker, fetched until they expire.
exports = tables.plumbing_table(
    "exports",
    metadata,
    text("id", key=True),
    text("person"),
    _json("wish", "{}"),
    text("state"),
    text("file_name", default=""),
    text("sha256", default=""),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    instant("created_at"),
    instant("next_at"),
    instant("finished_at", null=True),
    instant("expires_at", null=True),
    instant("fetched_at", null=True),
    one_of("state", "pending", "done", "failed", "expired"),
    Index("ix_exports_due", "next_at", postgresql_where=sql("state IN ('pending', 'done')")),
    Index("ix_exports_person", "tenant", "person", "id"),
)

dispatches = tables.tenant_table(
    "dispatches",
    metadata,
    text("id", key=True),
    text("document"),
    text("unit"),
    _json("units"),
    text("text"),
    text("person"),
    instant("recorded_at"),
    Index("ix_dispatches_document", "tenant", "document"),
)

materials = tables.tenant_table(
    "materials",
    metadata,
    text("id", key=True),
    text("document"),
    text("requesting_unit"),
    text("unit"),
    text("text"),
    text("requester"),
    instant("requested_at"),
    instant("due_at", null=True),
    text("answer", default=""),
    text("supplier", default=""),
    instant("supplied_at", null=True),
    Index("ix_materials_document", "tenant", "document"),
)

records = tables.tenant_table(
    "records",
    metadata,
    text("id", key=True),
    text("document"),
    text("kind"),
    text("unit", default=""),
    _json("persons"),
    text("text", default=""),
    _json("fields", "{}"),
    _json("attachments"),
    text("recorder"),
    instant("recorded_at"),
    text("withdrawn_by", default=""),
    text("withdraw_reason", default=""),
    instant("withdrawn_at", null=True),
    Index("ix_records_document", "tenant", "document", "recorded_at", "id"),
)

reports = tables.tenant_table(
    "reports",
    metadata,
    text("id", key=True),
    text("document"),
    text("unit"),
    text("text"),
    text("person"),
    instant("reported_at"),
    Index("ix_reports_document", "tenant", "document"),
)

feedbacks = tables.tenant_table(
    "feedbacks",
    metadata,
    text("id", key=True),
    text("document"),
    text("step"),
    text("unit"),
    _flag("lead"),
    text("result_text", default=""),
    text("measures", default=""),
    text("dispatch_text", default=""),
    _json("evidence"),
    _flag("completed"),
    text("person"),
    instant("submitted_at"),
    Column("margin_seconds", BigInteger, nullable=False, server_default="0"),
    Index("ix_feedbacks_document", "tenant", "document"),
)

extensions = tables.tenant_table(
    "extensions",
    metadata,
    text("id", key=True),
    text("document"),
    text("step"),
    text("unit"),
    text("deadline"),
    instant("old_due_at"),
    instant("new_due_at"),
    text("reason", default=""),
    text("requester"),
    instant("requested_at"),
    text("consenting_unit", default=""),
    _json("roles"),
    text("clause", default=""),
    text("state"),
    text("decider", default=""),
    text("decision", default=""),
    instant("decided_at", null=True),
    one_of("state", *ExtensionState),
    Index("ix_extensions_document", "tenant", "document"),
    Index("ix_extensions_pending", "tenant", "requested_at", "id", postgresql_where=sql("state = 'pending'")),
)

attachments = tables.tenant_table(
    "attachments",
    metadata,
    text("id", key=True),
    text("document", default=""),
    text("file_name"),
    text("content_type"),
    Column("size", BigInteger, nullable=False),
    text("sha256"),
    text("scan_state"),
    text("uploader"),
    instant("created_at"),
    one_of("scan_state", *Scan),
    Index("ix_attachments_document", "tenant", "document", "created_at"),
    Index("ix_attachments_sha256", "tenant", "sha256"),
    Index("ix_attachments_unscanned", "tenant", "created_at", "id", postgresql_where=sql("scan_state = 'unscanned'")),
)

# Deliberation: seen by the persons of a thread alone.
threads = tables.tenant_table(
    "threads",
    metadata,
    text("id", key=True),
    text("subject"),
    text("document", default=""),
    text("opener"),
    text("opener_unit", default=""),
    _json("persons"),
    instant("opened_at"),
)

thread_persons = tables.tenant_table(
    "thread_persons",
    metadata,
    text("person", key=True),
    text("thread", key=True),
    text("document", default=""),
    instant("opened_at"),
    Index("ix_thread_persons_list", "tenant", "person", "opened_at", "thread"),
)

opinions = tables.tenant_table(
    "opinions",
    metadata,
    text("id", key=True),
    text("thread"),
    text("person"),
    text("text"),
    instant("given_at"),
    Index("ix_opinions_thread", "tenant", "thread", "given_at", "id"),
)

# What takes a document out of the hands of its readers needs one of these where the regulation says so.
permits = tables.tenant_table(
    "permits",
    metadata,
    text("id", key=True),
    text("document"),
    text("person"),
    _json("acts"),
    text("reason", default=""),
    instant("asked_at"),
    _json("roles"),
    text("clause", default=""),
    text("state"),
    text("decider", default=""),
    text("decision", default=""),
    instant("decided_at", null=True),
    instant("expires_at", null=True),
    Column("uses_left", Integer, nullable=False, server_default="0"),
    one_of("state", *PermitState),
    Index("ix_permits_document", "tenant", "document", "asked_at", "id"),
)

# 发文清单: what has to be issued.
issue_entries = tables.tenant_table(
    "issue_entries",
    metadata,
    text("id", key=True),
    text("title"),
    text("origin"),
    text("lead_unit", default=""),
    instant("created_at"),
    text("creator"),
    text("superior_document", default=""),
    text("superior_number", default=""),
    instant("stated_due_at", null=True),
    _json("marks"),
    text("meeting_kind", default=""),
    text("meeting", default=""),
    instant("meeting_ended_at", null=True),
    text("matter", default=""),
    text("evidence", default=""),
    text("state"),
    text("draft", default=""),
    text("document_number", default=""),
    instant("received_at", null=True),
    instant("draft_due_at", null=True),
    instant("delivered_at", null=True),
    instant("issued_at", null=True),
    instant("closed_at", null=True),
    text("closed_by", default=""),
    Column("press_count", Integer, nullable=False, server_default="0"),
    instant("pressed_at", null=True),
    text("clause", default=""),
    _json("pins", "{}"),
    one_of("origin", *Origin),
    one_of("state", *IssueState),
    Index("ix_issue_entries_due", "tenant", "draft_due_at", "id"),
    Index("ix_issue_entries_superior", "tenant", "superior_document", postgresql_where=sql("superior_document <> ''")),
    Index("uq_issue_entries_matter", "tenant", "matter", unique=True, postgresql_where=sql("matter <> ''")),
)

# One row per series and year: locked while a number is taken.
number_series = tables.tenant_table(
    "number_series",
    metadata,
    text("series", key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

numbers = tables.tenant_table(
    "numbers",
    metadata,
    text("series", key=True),
    Column("year", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    text("number"),
    text("state"),
    text("document", default=""),
    text("person"),
    text("reason", default=""),
    instant("changed_at"),
    one_of("state", "issued", "reserved", "void", "imported"),
    UniqueConstraint("tenant", "number"),
)

# What was delivered to other offices; who receives keeps an arrival of the same id.
transmissions = tables.tenant_table(
    "transmissions",
    metadata,
    text("id", key=True),
    text("document"),
    text("receiver"),
    text("receiver_name"),
    text("state"),
    text("sender"),
    instant("sent_at"),
    instant("arrived_at", null=True),
    instant("answered_at", null=True),
    text("reason", default=""),
    Column("citation", Json),
    Column("findings", Json),
    instant("acknowledged_at", null=True),
    one_of("state", *TransmissionState),
    Index("ix_transmissions_newest", "tenant", "sent_at", "id"),
    Index("ix_transmissions_document", "tenant", "document", "receiver"),
)

# What other offices delivered. The document that it becomes has the same id, and so do its files hang on it from the first.
arrivals = tables.tenant_table(
    "arrivals",
    metadata,
    text("id", key=True),
    text("sending_tenant"),
    text("sender"),
    text("sender_number", default=""),
    Column("sender_date", Date),
    text("title"),
    text("body", default=""),
    text("document_type", default=""),
    text("urgency", default="ordinary"),
    text("note", default=""),
    text("state"),
    instant("arrived_at"),
    text("answerer", default=""),
    instant("answered_at", null=True),
    text("reason", default=""),
    one_of("state", *TransmissionState),
    Index("ix_arrivals_newest", "tenant", "state", "arrived_at", "id"),
)


archive_receipts = tables.tenant_table(
    "archive_receipts",
    metadata,
    text("id", key=True),
    Column("year", Integer, nullable=False),
    text("receipt_number"),
    Column("received_on", Date, nullable=False),
    text("package_sha256"),
    Column("document_count", Integer, nullable=False),
    text("person"),
    instant("recorded_at"),
)

# Lists of what is to be destroyed or was; they stay when the documents are gone.
destructions = tables.tenant_table(
    "destructions",
    metadata,
    text("id", key=True),
    text("state"),
    _json("entries"),
    text("reason"),
    text("proposer"),
    instant("proposed_at"),
    text("decider", default=""),
    text("decision", default=""),
    instant("decided_at", null=True),
    one_of("state", "proposed", "done", "rejected"),
)


def tables_of_a_document() -> list[Table]:
    """Everything that hangs on a document and goes with it. Its numbers stay taken."""
    return [table for table in metadata.sorted_tables if "document" in table.c and table is not numbers]


# What people ask of the office at its windows. `involved` says who may see it: `person:…`, `unit:…`.
service_matters = tables.tenant_table(
    "service_matters",
    metadata,
    text("id", key=True),
    text("title"),
    text("visitor", default=""),
    text("contact", default=""),
    text("item", default=""),
    text("duty"),
    text("first_asked"),
    text("handler"),
    text("handed_to", default=""),
    text("unit", default=""),
    text("department_named", default=""),
    text("state"),
    Column("notice", Json, nullable=False),
    Column("missing_papers", Json, nullable=False),
    Column("parts", Json, nullable=False),
    Column("serial", Boolean, nullable=False),
    text("reason", default=""),
    text("basis", default=""),
    text("result", default=""),
    Column("findings", Json, nullable=False),
    Column("involved", Json, nullable=False),
    Column("pins", Json, nullable=False),
    instant("created_at"),
    instant("due_at", null=True),
    instant("accepted_at", null=True),
    instant("ended_at", null=True),
    one_of("duty", "own", "own_organ", "other_organ"),
    one_of("state", "open", "handed_over", "accepted", "accepted_incomplete", "done", "refused", "closed"),
    Index("ix_service_matters_unit_due_at", "tenant", "unit", "due_at"),
    Index("ix_service_matters_handler", "tenant", "handler"),
)
