"""The places of goods on commission are not warehouses that one chooses."""

from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.execute(
        "UPDATE warehouse_place SET is_on_commission = true WHERE id IN (SELECT place_id FROM trade_commission_place)"
    )


def downgrade() -> None:
    op.execute("UPDATE warehouse_place SET is_on_commission = false")
