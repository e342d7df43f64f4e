"""Lots are read by their numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index(
        "ix_warehouse_stock_on_hand_total_lot",
        "warehouse_stock_on_hand_total",
        ["organisation_id", "item_id", "lot_id"],
        sqlite_where=sa.text("lot_id > 0"),
        postgresql_where=sa.text("lot_id > 0"),
    )
    op.create_index(
        "ix_warehouse_stock_entry_lot",
        "warehouse_stock_entry",
        ["lot_to_id"],
        sqlite_where=sa.text("lot_to_id > 0"),
        postgresql_where=sa.text("lot_to_id > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_warehouse_stock_entry_lot", table_name="warehouse_stock_entry")
    op.drop_index("ix_warehouse_stock_on_hand_total_lot", table_name="warehouse_stock_on_hand_total")
