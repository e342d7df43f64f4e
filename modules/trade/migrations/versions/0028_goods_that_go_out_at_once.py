"""Goods that go out at once."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "trade_crossing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["core_document.id"], name=op.f("fk_trade_crossing_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["core_document.id"], name=op.f("fk_trade_crossing_receipt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["core_document.id"], name=op.f("fk_trade_crossing_sale_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_crossing")),
        sa.UniqueConstraint("receipt_id", "order_id", name=op.f("uq_trade_crossing_receipt_id_order_id")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_trade_crossing_sale_id")),
    )
    op.create_index(op.f("ix_trade_crossing_order_id"), "trade_crossing", ["order_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_crossing_order_id"), table_name="trade_crossing")
    op.drop_table("trade_crossing")
