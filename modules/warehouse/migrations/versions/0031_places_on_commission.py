"""Places of goods on commission say so, and are offered no more as warehouses."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column(
        "warehouse_place", sa.Column("is_on_commission", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # Trade knows which there are already; without it, or before its own migrations, there are none.
    if sa.inspect(op.get_bind()).has_table("trade_commission_place"):
        op.execute(
            "UPDATE warehouse_place SET is_on_commission = true WHERE id IN (SELECT place_id FROM trade_commission_place)"
        )


def downgrade() -> None:
    op.drop_column("warehouse_place", "is_on_commission")
