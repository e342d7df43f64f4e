"""Goods that are held back."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("warehouse_item", sa.Column("is_inspected", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("warehouse_claim", sa.Column("is_hold", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "warehouse_hold",
        sa.Column("id", _ID, nullable=False),
        sa.Column("place_id", _ID, nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("arrival_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_warehouse_hold_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_hold_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_hold")),
    )
    op.create_index(op.f("ix_warehouse_hold_arrival_id"), "warehouse_hold", ["arrival_id"], unique=False)
    op.create_index(op.f("ix_warehouse_hold_place_id"), "warehouse_hold", ["place_id"], unique=False)
    op.create_table(
        "warehouse_hold_line",
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("packing_id", _ID, nullable=True),
        sa.Column("lots", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["warehouse_hold.id"], name=op.f("fk_warehouse_hold_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_hold_line_item_id")),
        sa.ForeignKeyConstraint(
            ["packing_id"], ["warehouse_packing.id"], name=op.f("fk_warehouse_hold_line_packing_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_warehouse_hold_line")),
    )


def downgrade() -> None:
    op.drop_table("warehouse_hold_line")
    op.drop_table("warehouse_hold")
    op.drop_column("warehouse_claim", "is_hold")
    op.drop_column("warehouse_item", "is_inspected")
