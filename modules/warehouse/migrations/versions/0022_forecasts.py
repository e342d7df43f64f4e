"""What is bought again by demand, and what is expected of it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RULE = "warehouse_reorder_rule"


def upgrade() -> None:
    op.add_column(_RULE, sa.Column("from_demand", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(_RULE, sa.Column("review_days", sa.Integer(), server_default="30", nullable=False))
    op.create_table(
        "warehouse_forecast",
        sa.Column("rule_id", _ID, autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("has_season", sa.Boolean(), nullable=False),
        sa.Column("growth", sa.Integer(), nullable=True),
        sa.Column("without", sa.Integer(), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], [f"{_RULE}.id"], name=op.f("fk_warehouse_forecast_rule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_warehouse_forecast")),
    )
    op.create_table(
        "warehouse_forecast_month",
        sa.Column("rule_id", _ID, autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], [f"{_RULE}.id"], name=op.f("fk_warehouse_forecast_month_rule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rule_id", "start", name=op.f("pk_warehouse_forecast_month")),
    )


def downgrade() -> None:
    op.drop_table("warehouse_forecast_month")
    op.drop_table("warehouse_forecast")
    op.drop_column(_RULE, "review_days")
    op.drop_column(_RULE, "from_demand")
