"""All tables of the toy service, straight from its mapping: it has no history to keep."""

from alembic import op

from services.kit.testing.toy import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
