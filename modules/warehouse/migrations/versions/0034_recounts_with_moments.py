"""Recounts say when they were asked for; lots are found by what their labels bear."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_INDEX = "ix_warehouse_lot_code"


def upgrade() -> None:
    op.add_column("warehouse_count_round", sa.Column("asked_at", sa.DateTime(), nullable=True))
    op.create_index(_INDEX, "warehouse_lot", ["code"])


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="warehouse_lot")
    op.drop_column("warehouse_count_round", "asked_at")
