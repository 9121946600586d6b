"""lists, search, grants, exports.

`access` gets copies of what lists are narrowed and sorted by. Triggers keep them: a row of `access` may be written before its document
(the writes of a transaction are sorted by table), and a document changes in many commands.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_0247"
down_revision = "2026_11_22_0316"
branch_labels = None
depends_on = None


_FILL = """
CREATE FUNCTION access_fill() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE listed record;
BEGIN
  SELECT d.kind, d.state, d.document_class, d.document_type, d.ledger, coalesce(d.registered_at, d.created_at) AS listed_at, d.due_at,
    coalesce(d.closed_at, '1970-01-01 00:00:00+00') AS closed_at, d.ordinal
    INTO listed FROM documents d WHERE d.tenant = NEW.tenant AND d.id = NEW.document;
  IF FOUND THEN
    NEW.kind := listed.kind; NEW.state := listed.state; NEW.document_class := listed.document_class;
    NEW.document_type := listed.document_type; NEW.ledger := listed.ledger; NEW.listed_at := listed.listed_at;
    NEW.due_at := listed.due_at; NEW.closed_at := listed.closed_at; NEW.ordinal := listed.ordinal;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_fill BEFORE INSERT ON access FOR EACH ROW EXECUTE FUNCTION access_fill();
"""
_FOLLOW = """
CREATE FUNCTION access_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE access SET kind = NEW.kind, state = NEW.state, document_class = NEW.document_class, document_type = NEW.document_type,
    ledger = NEW.ledger, listed_at = coalesce(NEW.registered_at, NEW.created_at), due_at = NEW.due_at,
    closed_at = coalesce(NEW.closed_at, '1970-01-01 00:00:00+00'), ordinal = NEW.ordinal
    WHERE tenant = NEW.tenant AND document = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER access_follow_new AFTER INSERT ON documents FOR EACH ROW EXECUTE FUNCTION access_follow();
CREATE TRIGGER access_follow AFTER UPDATE ON documents FOR EACH ROW
  WHEN ((OLD.kind, OLD.state, OLD.document_class, OLD.document_type, OLD.ledger, OLD.registered_at, OLD.created_at, OLD.due_at,
    OLD.closed_at, OLD.ordinal) IS DISTINCT FROM (NEW.kind, NEW.state, NEW.document_class, NEW.document_type, NEW.ledger,
    NEW.registered_at, NEW.created_at, NEW.due_at, NEW.closed_at, NEW.ordinal))
  EXECUTE FUNCTION access_follow();
"""
_NUMBERED = """
UPDATE documents SET ordinal = CASE
    WHEN document_number ~ '〔[0-9]{4}〕[0-9]{1,9}号$' THEN
      substring(document_number FROM '〔([0-9]{4})〕[0-9]+号$')::bigint * 1000000000
      + substring(document_number FROM '〕([0-9]+)号$')::bigint
    WHEN registration_number ~ '^[0-9]{4}-[0-9]{1,9}$' THEN
      split_part(registration_number, '-', 1)::bigint * 1000000000 + split_part(registration_number, '-', 2)::bigint
    ELSE 0 END
  WHERE document_number <> '' OR registration_number <> ''
"""
_SEEN_BY_PERMISSION = """
INSERT INTO access (tenant, holder, document)
  SELECT tenant, 'permission:documents:document:supervise', id FROM documents WHERE state <> 'draft'
  UNION ALL SELECT tenant, 'permission:documents:document:issue', id FROM documents WHERE state <> 'draft' AND kind = 'outgoing'
"""
_LISTED = """
UPDATE access a SET kind = d.kind, state = d.state, document_class = d.document_class, document_type = d.document_type,
    ledger = d.ledger, listed_at = coalesce(d.registered_at, d.created_at), due_at = d.due_at,
    closed_at = coalesce(d.closed_at, '1970-01-01 00:00:00+00'), ordinal = d.ordinal
  FROM documents d WHERE d.tenant = a.tenant AND d.id = a.document
"""
_TO_BE_READ = """
INSERT INTO text_jobs (tenant, document, stamp, next_at, attempts, error)
  SELECT tenant, id, 'migration', now(), 0, '' FROM documents
"""


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column(
            "wish", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'done', 'failed', 'expired')", name=op.f("ck_exports_state")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_exports")),
        info={"security": "plumbing"},
    )
    op.create_index("ix_exports_due", "exports", ["next_at"], unique=False, postgresql_where=sa.text("state IN ('pending', 'done')"))
    op.create_index("ix_exports_person", "exports", ["tenant", "person", "id"], unique=False)
    op.create_table(
        "grants",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("grantee", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("listed_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("revoked_by", sa.Text(), server_default="", nullable=False),
        sa.Column("revoke_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_grants")),
        info={"security": "tenant"},
    )
    op.create_index("ix_grants_document", "grants", ["tenant", "document", "id"], unique=False)
    op.create_index("ix_grants_giver", "grants", ["tenant", "granted_by", "id"], unique=False)
    op.create_index("ix_grants_grantee", "grants", ["tenant", "grantee", "valid_until"], unique=False)
    op.create_index("ix_grants_newest", "grants", ["tenant", "id"], unique=False)
    op.create_table(
        "ledger_views",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column(
            "wish", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person", "id", name=op.f("pk_ledger_views")),
        sa.UniqueConstraint("tenant", "person", "display_name", name=op.f("uq_ledger_views_tenant_person_display_name")),
        info={"security": "tenant"},
    )
    op.create_table(
        "search_texts",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "document", "source", name=op.f("pk_search_texts")),
        info={"security": "tenant"},
    )
    op.create_table(
        "text_jobs",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "document", name=op.f("pk_text_jobs")),
        info={"security": "plumbing"},
    )
    op.create_index("ix_text_jobs_due", "text_jobs", ["next_at"], unique=False)
    op.add_column("access", sa.Column("kind", sa.Text(), server_default="", nullable=False))
    op.add_column("access", sa.Column("state", sa.Text(), server_default="", nullable=False))
    op.add_column("access", sa.Column("document_class", sa.Text(), server_default="", nullable=False))
    op.add_column("access", sa.Column("document_type", sa.Text(), server_default="", nullable=False))
    op.add_column("access", sa.Column("ledger", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "access",
        sa.Column("listed_at", sa.DateTime(timezone=True), server_default=sa.text("'1970-01-01 00:00:00+00'::timestamptz"), nullable=False),
    )
    op.add_column(
        "access",
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("'9999-01-01 00:00:00+00'::timestamptz"), nullable=False),
    )
    op.add_column(
        "access",
        sa.Column("closed_at", sa.DateTime(timezone=True), server_default=sa.text("'1970-01-01 00:00:00+00'::timestamptz"), nullable=False),
    )
    op.add_column("access", sa.Column("ordinal", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(
        "ix_access_closed",
        "access",
        ["tenant", "holder", "ledger", "closed_at", "document"],
        unique=False,
        postgresql_where=sa.text("ledger <> ''"),
    )
    op.create_index(
        "ix_access_due",
        "access",
        ["tenant", "holder", "ledger", "due_at", "document"],
        unique=False,
        postgresql_where=sa.text("ledger <> ''"),
    )
    op.create_index("ix_access_listed", "access", ["tenant", "holder", "kind", "listed_at", "document"], unique=False)
    op.create_index("ix_access_ordinal", "access", ["tenant", "holder", "kind", "ordinal", "document"], unique=False)
    op.add_column("documents", sa.Column("ordinal", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_documents_class", "documents", ["tenant", "document_class", "id"], unique=False)
    op.create_index(
        "ix_documents_clause", "documents", ["tenant", "ledger_clause", "id"], unique=False, postgresql_where=sa.text("ledger_clause <> ''")
    )
    op.create_index("ix_documents_state", "documents", ["tenant", "state", "id"], unique=False)
    op.create_index("ix_documents_type", "documents", ["tenant", "document_type", "id"], unique=False)
    op.add_column("search_terms", sa.Column("field", sa.Text(), server_default="head", nullable=False))
    for statement in (_NUMBERED, _LISTED, _FILL, _FOLLOW, _SEEN_BY_PERMISSION, _TO_BE_READ):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    op.execute("DROP TRIGGER access_follow ON documents; DROP TRIGGER access_follow_new ON documents; DROP FUNCTION access_follow")
    op.execute("DROP TRIGGER access_fill ON access; DROP FUNCTION access_fill")
    op.drop_column("search_terms", "field")
    op.drop_index("ix_documents_type", table_name="documents")
    op.drop_index("ix_documents_state", table_name="documents")
    op.drop_index("ix_documents_clause", table_name="documents", postgresql_where=sa.text("ledger_clause <> ''"))
    op.drop_index("ix_documents_class", table_name="documents")
    op.drop_column("documents", "ordinal")
    op.drop_index("ix_access_ordinal", table_name="access")
    op.drop_index("ix_access_listed", table_name="access")
    op.drop_index("ix_access_due", table_name="access", postgresql_where=sa.text("ledger <> ''"))
    op.drop_index("ix_access_closed", table_name="access", postgresql_where=sa.text("ledger <> ''"))
    op.drop_column("access", "ordinal")
    op.drop_column("access", "closed_at")
    op.drop_column("access", "due_at")
    op.drop_column("access", "listed_at")
    op.drop_column("access", "ledger")
    op.drop_column("access", "document_type")
    op.drop_column("access", "document_class")
    op.drop_column("access", "state")
    op.drop_column("access", "kind")
    op.drop_index("ix_text_jobs_due", table_name="text_jobs")
    op.drop_table("text_jobs")
    op.drop_table("search_texts")
    op.drop_table("ledger_views")
    op.drop_index("ix_grants_newest", table_name="grants")
    op.drop_index("ix_grants_grantee", table_name="grants")
    op.drop_index("ix_grants_giver", table_name="grants")
    op.drop_index("ix_grants_document", table_name="grants")
    op.drop_table("grants")
    op.drop_index("ix_exports_person", table_name="exports")
    op.drop_index("ix_exports_due", table_name="exports", postgresql_where=sa.text("state IN ('pending', 'done')"))
    op.drop_table("exports")
