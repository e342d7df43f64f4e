"""The index of what orders await leaves out lines of which more was delivered than ordered: nothing is to come of them."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_KEY = ["organisation_id", "item_id", "place_id", "direction", "order_id", "order_line_id"]


def upgrade() -> None:
    op.drop_index("ix_trade_orders_awaited_total_open", table_name="trade_orders_awaited_total")
    op.create_index(
        "ix_trade_orders_awaited_total_open",
        "trade_orders_awaited_total",
        _KEY,
        sqlite_where=sa.text("quantity > 0"),
        postgresql_where=sa.text("quantity > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_trade_orders_awaited_total_open", table_name="trade_orders_awaited_total")
    op.create_index(
        "ix_trade_orders_awaited_total_open",
        "trade_orders_awaited_total",
        _KEY,
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
