"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "warehouse_item_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["warehouse_item_group.id"], name=op.f("fk_warehouse_item_group_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_item_group")),
    )
    op.create_index(op.f("ix_warehouse_item_group_parent_id"), "warehouse_item_group", ["parent_id"], unique=False)
    op.create_table(
        "warehouse_place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_place")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_place_code")),
    )
    op.create_table(
        "warehouse_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("barcode", sa.String(length=60), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_warehouse_item_kind")),
        sa.ForeignKeyConstraint(["group_id"], ["warehouse_item_group.id"], name=op.f("fk_warehouse_item_group_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["core_unit.id"], name=op.f("fk_warehouse_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_item")),
        sa.UniqueConstraint("barcode", name=op.f("uq_warehouse_item_barcode")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_item_code")),
    )
    op.create_index(op.f("ix_warehouse_item_folded"), "warehouse_item", ["folded"], unique=False)
    op.create_index(op.f("ix_warehouse_item_group_id"), "warehouse_item", ["group_id"], unique=False)
    op.create_index("ix_warehouse_item_name_id", "warehouse_item", ["name", "id"], unique=False)
    op.create_table(
        "warehouse_stock_total",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_total_item_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_stock_total_place_id")),
        sa.PrimaryKeyConstraint("item_id", "place_id", name=op.f("pk_warehouse_stock_total")),
    )
    op.create_table(
        "warehouse_stock_turnover",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity_in", sa.BigInteger(), nullable=False),
        sa.Column("quantity_out", sa.BigInteger(), nullable=False),
        sa.Column("value_in", sa.BigInteger(), nullable=False),
        sa.Column("value_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_turnover_item_id")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_stock_turnover_place_id")
        ),
        sa.PrimaryKeyConstraint("item_id", "place_id", "month", name=op.f("pk_warehouse_stock_turnover")),
    )
    op.create_index("ix_warehouse_stock_turnover_month", "warehouse_stock_turnover", ["month"], unique=False)
    op.create_table(
        "warehouse_movement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_warehouse_movement_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_movement_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_movement_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_movement")),
    )
    op.create_table(
        "warehouse_stock_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_warehouse_stock_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_entry_item_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_stock_entry_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_stock_entry")),
    )
    op.create_index(
        op.f("ix_warehouse_stock_entry_document_id"), "warehouse_stock_entry", ["document_id"], unique=False
    )
    op.create_index(
        "ix_warehouse_stock_entry_key", "warehouse_stock_entry", ["item_id", "place_id", "moment", "id"], unique=False
    )
    op.create_index(
        "ix_warehouse_stock_entry_moment",
        "warehouse_stock_entry",
        ["moment", "item_id", "place_id", "quantity", "value"],
        unique=False,
    )
    op.create_table(
        "warehouse_movement_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["warehouse_movement.id"], name=op.f("fk_warehouse_movement_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_movement_line_item_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_warehouse_movement_line")),
    )


def downgrade() -> None:
    op.drop_table("warehouse_movement_line")
    op.drop_index("ix_warehouse_stock_entry_moment", table_name="warehouse_stock_entry")
    op.drop_index("ix_warehouse_stock_entry_key", table_name="warehouse_stock_entry")
    op.drop_index(op.f("ix_warehouse_stock_entry_document_id"), table_name="warehouse_stock_entry")
    op.drop_table("warehouse_stock_entry")
    op.drop_table("warehouse_movement")
    op.drop_table("warehouse_stock_turnover")
    op.drop_table("warehouse_stock_total")
    op.drop_index("ix_warehouse_item_name_id", table_name="warehouse_item")
    op.drop_index(op.f("ix_warehouse_item_group_id"), table_name="warehouse_item")
    op.drop_index(op.f("ix_warehouse_item_folded"), table_name="warehouse_item")
    op.drop_table("warehouse_item")
    op.drop_table("warehouse_place")
    op.drop_index(op.f("ix_warehouse_item_group_parent_id"), table_name="warehouse_item_group")
    op.drop_table("warehouse_item_group")
