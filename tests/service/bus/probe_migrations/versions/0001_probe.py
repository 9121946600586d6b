"""All tables of the probe services, straight from their mapping."""

from alembic import op

from tests.service.bus.probe import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
