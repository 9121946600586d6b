"""few among many.

Both tables have millions of rows: the indexes are built while these are written, so the statement_timeout does not hold for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1259"
down_revision = "2026_11_22_1016"
branch_labels = None
depends_on = None

_INDEXES = (
    (
        "ix_message_deliveries_wrong",
        "message_deliveries",
        ["tenant", "state", "created_at", "message", "channel"],
        "state <> 'delivered'",
    ),
    ("ix_messages_pressing", "messages", ["tenant", "person", "kind", "created_at", "id"], "kind IN ('breach', 'escalation')"),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        limit = op.get_bind().execute(sa.text("SHOW statement_timeout")).scalar()
        op.execute("SET statement_timeout = 0")
        for name, table, columns, where in _INDEXES:
            # An attempt that broke off leaves one that is not valid.
            op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
            op.create_index(name, table, columns, unique=False, postgresql_where=sa.text(where), postgresql_concurrently=True)
        op.execute(f"SET statement_timeout = '{limit}'")


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
