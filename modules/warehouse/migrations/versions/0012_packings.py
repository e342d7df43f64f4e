"""Packings of items, and the lines that are counted in them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "warehouse_packing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_warehouse_packing_contains")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_packing_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_packing")),
    )
    op.create_index(op.f("ix_warehouse_packing_item_id"), "warehouse_packing", ["item_id"], unique=False)
    op.add_column(
        "warehouse_barcode",
        sa.Column(
            "packing_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("warehouse_packing.id", name=op.f("fk_warehouse_barcode_packing_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_warehouse_barcode_packing_id"), "warehouse_barcode", ["packing_id"], unique=False)
    op.add_column(
        "warehouse_movement_line",
        sa.Column(
            "packing_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("warehouse_packing.id", name=op.f("fk_warehouse_movement_line_packing_id")),
            nullable=True,
        ),
        inline_references=True,
    )


def downgrade() -> None:
    op.drop_column("warehouse_movement_line", "packing_id")
    op.drop_index(op.f("ix_warehouse_barcode_packing_id"), table_name="warehouse_barcode")
    op.drop_column("warehouse_barcode", "packing_id")
    op.drop_index(op.f("ix_warehouse_packing_item_id"), table_name="warehouse_packing")
    op.drop_table("warehouse_packing")
