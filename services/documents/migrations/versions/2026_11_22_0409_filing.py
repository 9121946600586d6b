"""filing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_0409"
down_revision = "2026_11_22_0305"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archive_receipts",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("package_sha256", sa.Text(), nullable=False),
        sa.Column("document_count", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_archive_receipts")),
        info={"security": "tenant"},
    )
    op.create_table(
        "destructions",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "entries", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposer", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decider", sa.Text(), server_default="", nullable=False),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'done', 'rejected')", name=op.f("ck_destructions_state")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_destructions")),
        info={"security": "tenant"},
    )
    op.add_column("documents", sa.Column("file_number", sa.Text(), server_default="", nullable=False))
    op.add_column("documents", sa.Column("retention", sa.Text(), server_default="", nullable=False))
    op.add_column("documents", sa.Column("file_year", sa.Integer(), server_default="0", nullable=False))
    op.add_column("documents", sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_documents_filed",
        "documents",
        ["tenant", "file_year", "file_number", "id"],
        unique=False,
        postgresql_where=sa.text("file_number <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_documents_filed", table_name="documents", postgresql_where=sa.text("file_number <> ''"))
    op.drop_column("documents", "filed_at")
    op.drop_column("documents", "file_year")
    op.drop_column("documents", "retention")
    op.drop_column("documents", "file_number")
    op.drop_table("destructions")
    op.drop_table("archive_receipts")
