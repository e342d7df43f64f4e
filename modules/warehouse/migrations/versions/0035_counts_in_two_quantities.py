"""Counts take both quantities of goods that have two, and keep which bins they are of; models say the second unit."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

_NEW = (
    ("warehouse_count_tally", "second"),
    ("warehouse_count_line", "expected_second"),
    ("warehouse_count_line", "counted_second"),
)


def upgrade() -> None:
    for table, column in _NEW:
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.add_column("warehouse_count", sa.Column("bin_ids", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "warehouse_model",
        sa.Column(
            "second_unit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("core_unit.id", name=op.f("fk_warehouse_model_second_unit_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    priced = sa.Column("is_priced_by_second", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("warehouse_model", priced)
    op.add_column("warehouse_model", sa.Column("second_per_unit", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for column in ("second_per_unit", "is_priced_by_second", "second_unit_id"):
        op.drop_column("warehouse_model", column)
    op.drop_column("warehouse_count", "bin_ids")
    for table, column in _NEW:
        op.drop_column(table, column)
