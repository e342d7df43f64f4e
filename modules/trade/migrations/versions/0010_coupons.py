"""Coupons."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("trade_discount_rule", sa.Column("coupon", sa.String(length=40), server_default="", nullable=False))
    op.add_column("trade_document", sa.Column("coupon", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("trade_document", "coupon")
    op.drop_column("trade_discount_rule", "coupon")
