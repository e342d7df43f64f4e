"""Why lines of purchase orders were proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "trade_proposed_purchase",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["core_document.id"],
            name=op.f("fk_trade_proposed_purchase_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_proposed_purchase_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "item_id", name=op.f("pk_trade_proposed_purchase")),
    )
    op.create_index(op.f("ix_trade_proposed_purchase_item_id"), "trade_proposed_purchase", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_proposed_purchase_item_id"), table_name="trade_proposed_purchase")
    op.drop_table("trade_proposed_purchase")
