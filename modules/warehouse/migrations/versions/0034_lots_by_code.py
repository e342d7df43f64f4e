"""Lots are found by what their labels bear."""

from alembic import op

revision = "0034"
down_revision = "0033"

_INDEX = "ix_warehouse_lot_code"


def upgrade() -> None:
    op.create_index(_INDEX, "warehouse_lot", ["code"])


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="warehouse_lot")
