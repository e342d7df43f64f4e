"""Codes that others give to items."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "warehouse_other_code",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_other_code_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "number", name=op.f("pk_warehouse_other_code")),
    )
    op.create_index(op.f("ix_warehouse_other_code_item_id"), "warehouse_other_code", ["item_id"])
    op.create_index(op.f("ix_warehouse_other_code_code"), "warehouse_other_code", ["code"])


def downgrade() -> None:
    op.drop_table("warehouse_other_code")
