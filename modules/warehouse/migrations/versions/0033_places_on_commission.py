"""Places of goods on commission say so, and are offered no more as warehouses. Trade says which there are already."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column(
        "warehouse_place", sa.Column("is_on_commission", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("warehouse_place", "is_on_commission")
