"""What an item's goods are tracked by, and what lines say of lots."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("warehouse_item", sa.Column("tracking", sa.String(6), nullable=False, server_default=""))
    op.add_column("warehouse_movement_line", sa.Column("lots", sa.Text(), nullable=False, server_default=""))
    op.add_column("warehouse_movement_line", sa.Column("expires", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("warehouse_movement_line", "expires")
    op.drop_column("warehouse_movement_line", "lots")
    op.drop_column("warehouse_item", "tracking")
