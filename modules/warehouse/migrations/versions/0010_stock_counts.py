"""Stock counts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "warehouse_count",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_blind", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("rest", sa.String(length=10), server_default="left", nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_warehouse_count_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_count_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_count")),
    )
    op.create_index(op.f("ix_warehouse_count_place_id"), "warehouse_count", ["place_id"], unique=False)
    op.create_table(
        "warehouse_count_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["warehouse_count.id"], name=op.f("fk_warehouse_count_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_count_line_item_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_warehouse_count_line")),
    )
    op.create_table(
        "warehouse_count_recount",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["warehouse_count.id"],
            name=op.f("fk_warehouse_count_recount_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_count_recount_item_id")),
        sa.PrimaryKeyConstraint("document_id", "item_id", name=op.f("pk_warehouse_count_recount")),
    )
    op.create_table(
        "warehouse_count_tally",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operation_id", sa.String(length=120), nullable=False),
        sa.Column("is_undone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["warehouse_count.id"],
            name=op.f("fk_warehouse_count_tally_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_count_tally_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_warehouse_count_tally_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_count_tally")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_warehouse_count_tally_operation_id")),
    )
    op.create_index(
        "ix_warehouse_count_tally_document_id_item_id",
        "warehouse_count_tally",
        ["document_id", "item_id"],
        unique=False,
    )
    op.create_index("ix_warehouse_count_tally_item_id", "warehouse_count_tally", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_warehouse_count_tally_item_id", table_name="warehouse_count_tally")
    op.drop_index("ix_warehouse_count_tally_document_id_item_id", table_name="warehouse_count_tally")
    op.drop_table("warehouse_count_tally")
    op.drop_table("warehouse_count_recount")
    op.drop_table("warehouse_count_line")
    op.drop_index(op.f("ix_warehouse_count_place_id"), table_name="warehouse_count")
    op.drop_table("warehouse_count")
