"""What may be given instead of an item."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_ITEM = ["warehouse_item.id"]


def upgrade() -> None:
    op.create_table(
        "warehouse_substitute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("preference", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("item_id <> other_id", name=op.f("ck_warehouse_substitute_other")),
        sa.ForeignKeyConstraint(["item_id"], _ITEM, name=op.f("fk_warehouse_substitute_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], _ITEM, name=op.f("fk_warehouse_substitute_other_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_substitute")),
        sa.UniqueConstraint("item_id", "other_id", name=op.f("uq_warehouse_substitute_item_id_other_id")),
    )
    op.create_index(op.f("ix_warehouse_substitute_other_id"), "warehouse_substitute", ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_warehouse_substitute_other_id"), table_name="warehouse_substitute")
    op.drop_table("warehouse_substitute")
