"""Weight and volume."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("warehouse_item", sa.Column("weight", sa.BigInteger(), nullable=True))
    op.add_column("warehouse_item", sa.Column("volume", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("warehouse_item", "volume")
    op.drop_column("warehouse_item", "weight")
