"""What kits are made of."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "warehouse_kit_component",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kit_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kit_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_kit_component_kit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_kit_component_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_kit_component")),
        sa.UniqueConstraint("kit_id", "item_id", name=op.f("uq_warehouse_kit_component_kit_id_item_id")),
    )
    op.create_index(op.f("ix_warehouse_kit_component_item_id"), "warehouse_kit_component", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_warehouse_kit_component_item_id"), table_name="warehouse_kit_component")
    op.drop_table("warehouse_kit_component")
