"""Moves of work orders are found among an item's others."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_IS_WORK = sa.text("work_order_from_id > 0 OR work_order_to_id > 0")


def upgrade() -> None:
    op.create_index(
        "ix_warehouse_stock_entry_work_order",
        "warehouse_stock_entry",
        ["organisation_id", "item_id", "moment"],
        sqlite_where=_IS_WORK,
        postgresql_where=_IS_WORK,
    )


def downgrade() -> None:
    op.drop_index("ix_warehouse_stock_entry_work_order", table_name="warehouse_stock_entry")
