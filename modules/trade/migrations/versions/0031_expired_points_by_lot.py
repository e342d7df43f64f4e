"""Expired points by lot."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_NAME, _SOME = "ix_trade_points_entry_lot_id", sa.text("expired <> 0")


def upgrade() -> None:
    op.create_index(_NAME, "trade_points_entry", ["lot_id"], sqlite_where=_SOME, postgresql_where=_SOME)


def downgrade() -> None:
    op.drop_index(_NAME, table_name="trade_points_entry")
