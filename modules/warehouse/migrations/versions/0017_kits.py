"""Kits that are put together and taken apart."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "warehouse_movement",
        sa.Column(
            "kit_id",
            sa.BigInteger(),
            sa.ForeignKey("warehouse_item.id", name=op.f("fk_warehouse_movement_kit_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("warehouse_movement", sa.Column("kit_quantity", sa.BigInteger(), nullable=True))
    op.add_column("warehouse_movement", sa.Column("kit_lots", sa.Text(), server_default="", nullable=False))
    op.add_column("warehouse_movement_line", sa.Column("share", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("warehouse_movement_line", "share")
    op.drop_column("warehouse_movement", "kit_lots")
    op.drop_column("warehouse_movement", "kit_quantity")
    op.drop_column("warehouse_movement", "kit_id")
