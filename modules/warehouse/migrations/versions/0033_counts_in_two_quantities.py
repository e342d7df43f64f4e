"""Counts take both quantities of goods that have two, and keep which bins they are of."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_NEW = (
    ("warehouse_count_tally", "second"),
    ("warehouse_count_line", "expected_second"),
    ("warehouse_count_line", "counted_second"),
)


def upgrade() -> None:
    for table, column in _NEW:
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.add_column("warehouse_count", sa.Column("bin_ids", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("warehouse_count", "bin_ids")
    for table, column in _NEW:
        op.drop_column(table, column)
