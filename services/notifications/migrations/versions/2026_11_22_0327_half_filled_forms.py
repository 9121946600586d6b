"""half filled forms."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0327"
down_revision = "2026_11_22_0317"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_forms",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person", "form", name=op.f("pk_kept_forms")),
        info={"security": "tenant"},
    )


def downgrade() -> None:
    op.drop_table("kept_forms")
