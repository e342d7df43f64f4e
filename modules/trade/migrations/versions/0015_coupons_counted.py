"""Coupons counted."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("trade_discount_rule", sa.Column("most_uses", sa.Integer(), nullable=True))
    op.add_column("trade_discount_rule", sa.Column("most_by_contact", sa.Integer(), nullable=True))
    op.create_index(
        "ix_trade_document_coupon",
        "trade_document",
        ["coupon"],
        unique=False,
        sqlite_where=sa.text("coupon <> ''"),
        postgresql_where=sa.text("coupon <> ''"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_trade_document_coupon",
        table_name="trade_document",
        sqlite_where=sa.text("coupon <> ''"),
        postgresql_where=sa.text("coupon <> ''"),
    )
    op.drop_column("trade_discount_rule", "most_by_contact")
    op.drop_column("trade_discount_rule", "most_uses")
