"""Order of names."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

#: texts that are kept and ordered otherwise from now on
TEXTS = (
    {
        "name": "warehouse_item",
        "texts": ["code", "name", "barcode"],
        "orders": {"code": "code_order", "name": "name_order"},
        "unique": [("code",), ("barcode",)],
        "folded": ("folded", 500),
        "folds": ("code", "name", "barcode"),
    },
    {
        "name": "warehouse_item_group",
        "texts": ["name"],
        "orders": {"name": "name_order"},
        "unique": [("parent_id", "name")],
    },
    {"name": "warehouse_place", "texts": ["code", "name"], "orders": {"name": "name_order"}, "unique": [("code",)]},
)


def upgrade() -> None:
    op.add_column(
        "warehouse_item",
        sa.Column(
            "code_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )
    op.add_column(
        "warehouse_item",
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )
    op.drop_index(op.f("ix_warehouse_item_name_id"), table_name="warehouse_item")
    op.create_index("ix_warehouse_item_code_order_id", "warehouse_item", ["code_order", "id"], unique=False)
    op.create_index("ix_warehouse_item_name_order_id", "warehouse_item", ["name_order", "id"], unique=False)
    op.add_column(
        "warehouse_item_group",
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )
    op.add_column("warehouse_item_group", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "warehouse_place",
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )
    op.add_column("warehouse_place", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("warehouse_place", "version")
    op.drop_column("warehouse_place", "name_order")
    op.drop_column("warehouse_item_group", "version")
    op.drop_column("warehouse_item_group", "name_order")
    op.drop_index("ix_warehouse_item_name_order_id", table_name="warehouse_item")
    op.drop_index("ix_warehouse_item_code_order_id", table_name="warehouse_item")
    op.create_index(op.f("ix_warehouse_item_name_id"), "warehouse_item", ["name", "id"], unique=False)
    op.drop_column("warehouse_item", "name_order")
    op.drop_column("warehouse_item", "code_order")
