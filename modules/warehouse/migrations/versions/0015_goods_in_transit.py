"""Goods in transit between warehouses."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column(
        "warehouse_movement", sa.Column("in_two_steps", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("warehouse_movement_line", sa.Column("missing", sa.BigInteger(), server_default="0", nullable=False))
    # Somebody's warehouse may have the code already.
    # Its name by which it stands in order: that of `app.ordering`.
    op.execute(
        """
        INSERT INTO warehouse_place (id, code, code_order, name, name_order, is_active, version)
        SELECT 1, code, code, 'In transit', 'in transit\x01\x01\x03', true, 1
        FROM (SELECT 'in-transit' AS code UNION ALL SELECT 'in-transit-1') AS free
        WHERE code NOT IN (SELECT code FROM warehouse_place) AND EXISTS (SELECT 1 FROM warehouse_place)
        ORDER BY code LIMIT 1
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM warehouse_place WHERE id = 1")
    op.drop_column("warehouse_movement_line", "missing")
    op.drop_column("warehouse_movement", "in_two_steps")
