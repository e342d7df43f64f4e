"""Whether goods may leave that aren't there, by warehouse and by item."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("warehouse_place", sa.Column("below_zero", sa.String(5), nullable=False, server_default="block"))
    op.add_column("warehouse_item", sa.Column("below_zero", sa.String(5), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("warehouse_item", "below_zero")
    op.drop_column("warehouse_place", "below_zero")
