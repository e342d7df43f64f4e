"""Pictures of items."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "warehouse_item_picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_item_picture_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_item_picture")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_warehouse_item_picture_item_id"), "warehouse_item_picture", ["item_id"])
    main = sa.text("is_main")
    op.create_index(
        "uq_warehouse_item_picture_main",
        "warehouse_item_picture",
        ["item_id"],
        unique=True,
        sqlite_where=main,
        postgresql_where=main,
    )


def downgrade() -> None:
    op.drop_table("warehouse_item_picture")
