"""In which bins items usually lie, and how much of them is kept there."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "warehouse_bin_level",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bin_id", _ID, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("maximum", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bin_id"], ["warehouse_bin.id"], name=op.f("fk_warehouse_bin_level_bin_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_bin_level_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_bin_level")),
        sa.UniqueConstraint("bin_id", "item_id", name=op.f("uq_warehouse_bin_level_bin_id_item_id")),
    )
    op.create_index(op.f("ix_warehouse_bin_level_item_id"), "warehouse_bin_level", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_warehouse_bin_level_item_id"), table_name="warehouse_bin_level")
    op.drop_table("warehouse_bin_level")
