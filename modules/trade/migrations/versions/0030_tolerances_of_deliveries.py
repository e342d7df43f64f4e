"""Tolerances of deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("trade_buying_policy", sa.Column("received_percent", sa.BigInteger(), nullable=True))
    op.add_column("trade_buying_policy", sa.Column("shipped_percent", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("trade_buying_policy", "shipped_percent")
    op.drop_column("trade_buying_policy", "received_percent")
