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
    # nine digits after the point, as it was; what is quoted the other way round, or has more, comes to the nearest of those
    op.execute(
        "UPDATE trade_document SET rate = CAST(round(CASE WHEN rate_is_inverse THEN power(10.0, rate_scale) / rate"
        " ELSE rate / power(10.0, rate_scale) END * 1000000000) AS BIGINT) WHERE rate_scale <> 9 OR rate_is_inverse"
    )
    op.drop_column("trade_document", "rate_is_inverse")
    op.drop_column("trade_document", "rate_scale")
