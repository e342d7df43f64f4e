"""Digits of rates."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("trade_document", sa.Column("rate_scale", sa.SmallInteger(), server_default="9", nullable=False))
    op.add_column(
        "trade_document", sa.Column("rate_is_inverse", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("trade_document", "rate_is_inverse")
    op.drop_column("trade_document", "rate_scale")
