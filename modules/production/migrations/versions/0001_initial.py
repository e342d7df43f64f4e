"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "production_bom",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("output", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_production_bom_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_bom")),
    )
    op.create_index("ix_production_bom_item_id_name", "production_bom", ["item_id", "name"], unique=True)
    op.create_table(
        "production_bom_line",
        sa.Column("bom_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bom_id"], ["production_bom.id"], name=op.f("fk_production_bom_line_bom_id")),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_production_bom_line_item_id")),
        sa.PrimaryKeyConstraint("bom_id", "line", name=op.f("pk_production_bom_line")),
    )
    op.create_table(
        "production_work_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bom_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["bom_id"], ["production_bom.id"], name=op.f("fk_production_work_order_bom_id")),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_production_work_order_id")),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_production_work_order_item_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_production_work_order_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_work_order")),
    )
    op.create_index(op.f("ix_production_work_order_bom_id"), "production_work_order", ["bom_id"], unique=False)
    op.create_table(
        "production_work_order_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["production_work_order.id"], name=op.f("fk_production_work_order_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_production_work_order_line_item_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_production_work_order_line")),
    )


def downgrade() -> None:
    op.drop_table("production_work_order_line")
    op.drop_index(op.f("ix_production_work_order_bom_id"), table_name="production_work_order")
    op.drop_table("production_work_order")
    op.drop_table("production_bom_line")
    op.drop_index("ix_production_bom_item_id_name", table_name="production_bom")
    op.drop_table("production_bom")
