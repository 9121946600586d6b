"""the issue list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_0305"
down_revision = "2026_11_22_0407"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue_entries",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("lead_unit", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("superior_document", sa.Text(), server_default="", nullable=False),
        sa.Column("superior_number", sa.Text(), server_default="", nullable=False),
        sa.Column("stated_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "marks", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("meeting_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("meeting", sa.Text(), server_default="", nullable=False),
        sa.Column("meeting_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matter", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("draft", sa.Text(), server_default="", nullable=False),
        sa.Column("document_number", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("press_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clause", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "pins", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.CheckConstraint("origin IN ('superior', 'meeting')", name=op.f("ck_issue_entries_origin")),
        sa.CheckConstraint("state IN ('open', 'delivered', 'issued', 'closed')", name=op.f("ck_issue_entries_state")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_issue_entries")),
        info={"security": "tenant"},
    )
    op.create_index("ix_issue_entries_due", "issue_entries", ["tenant", "draft_due_at", "id"], unique=False)
    superior = sa.text("superior_document <> ''")
    op.create_index("ix_issue_entries_superior", "issue_entries", ["tenant", "superior_document"], unique=False, postgresql_where=superior)
    op.create_index("uq_issue_entries_matter", "issue_entries", ["tenant", "matter"], unique=True, postgresql_where=sa.text("matter <> ''"))
    op.add_column("documents", sa.Column("issue_entry", sa.Text(), server_default="", nullable=False))
    op.add_column("documents", sa.Column("implements", sa.Text(), server_default="", nullable=False))
    issuing = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.add_column("documents", sa.Column("issuing", issuing, server_default=sa.text("'{}'::jsonb"), nullable=False))
    op.add_column("documents", sa.Column("overlap_percent", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "overlap_percent")
    op.drop_column("documents", "issuing")
    op.drop_column("documents", "implements")
    op.drop_column("documents", "issue_entry")
    op.drop_index("uq_issue_entries_matter", table_name="issue_entries", postgresql_where=sa.text("matter <> ''"))
    op.drop_index("ix_issue_entries_superior", table_name="issue_entries", postgresql_where=sa.text("superior_document <> ''"))
    op.drop_index("ix_issue_entries_due", table_name="issue_entries")
    op.drop_table("issue_entries")
