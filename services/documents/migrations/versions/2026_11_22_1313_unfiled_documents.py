"""What waits for being filed is found in the order in which it was closed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1313"
down_revision = "2026_11_22_0941"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waits = sa.text("state = 'closed' and file_number = ''")
    op.create_index("ix_documents_unfiled", "documents", ["tenant", "closed_at", "id"], postgresql_where=waits)


def downgrade() -> None:
    op.drop_index("ix_documents_unfiled", table_name="documents")
