"""What is counted names its bin."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNT, _TALLY, _WHOLE = (f"warehouse_count{each}" for each in ("", "_tally", "_whole_bin"))


def upgrade() -> None:
    op.add_column(_COUNT, sa.Column("is_by_bin", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(_COUNT, sa.Column("bins", sa.Text(), server_default="", nullable=False))
    op.add_column(_COUNT, sa.Column("zone", sa.String(40), server_default="", nullable=False))
    op.add_column(_TALLY, sa.Column("bin_id", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f(f"ix_{_TALLY}_bin_id"), _TALLY, ["bin_id"], unique=False)
    op.create_table(
        _WHOLE,
        sa.Column("id", _ID, nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("bin_id", _ID, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("user_id", _ID, nullable=True),
        sa.Column("operation_id", sa.String(120), nullable=False),
        sa.Column("is_undone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], [f"{_COUNT}.id"], name=op.f(f"fk_{_WHOLE}_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["bin_id"], ["warehouse_bin.id"], name=op.f(f"fk_{_WHOLE}_bin_id")),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f(f"fk_{_WHOLE}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_WHOLE}")),
        sa.UniqueConstraint("operation_id", name=op.f(f"uq_{_WHOLE}_operation_id")),
    )
    op.create_index(op.f(f"ix_{_WHOLE}_document_id"), _WHOLE, ["document_id"], unique=False)
    op.create_index(op.f(f"ix_{_WHOLE}_bin_id"), _WHOLE, ["bin_id"], unique=False)
    # SQLite can't change a key, so recounts get a table with another.
    op.create_table(
        "warehouse_count_round",
        sa.Column("bin_id", _ID, autoincrement=False, nullable=False),
        *_columns_of_recounts(),
        sa.ForeignKeyConstraint(["bin_id"], ["warehouse_bin.id"], name=op.f("fk_warehouse_count_round_bin_id")),
        *_keys_of_recounts("warehouse_count_round"),
        sa.PrimaryKeyConstraint("document_id", "item_id", "bin_id", name=op.f("pk_warehouse_count_round")),
    )
    op.execute(
        "INSERT INTO warehouse_count_round (document_id, item_id, bin_id, round)"
        " SELECT document_id, item_id, 0, round FROM warehouse_count_recount"
    )
    op.drop_table("warehouse_count_recount")


def downgrade() -> None:
    op.create_table(
        "warehouse_count_recount",
        *_columns_of_recounts(),
        *_keys_of_recounts("warehouse_count_recount"),
        sa.PrimaryKeyConstraint("document_id", "item_id", name=op.f("pk_warehouse_count_recount")),
    )
    op.execute(
        "INSERT INTO warehouse_count_recount (document_id, item_id, round)"
        " SELECT document_id, item_id, round FROM warehouse_count_round WHERE bin_id = 0"
    )
    op.drop_table("warehouse_count_round")
    op.drop_table(_WHOLE)
    op.drop_index(op.f(f"ix_{_TALLY}_bin_id"), _TALLY)
    op.drop_column(_TALLY, "bin_id")
    for column in ("zone", "bins", "is_by_bin"):
        op.drop_column(_COUNT, column)


def _columns_of_recounts() -> list[sa.Column[int]]:
    return [
        sa.Column("document_id", _ID, autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
    ]


def _keys_of_recounts(table: str) -> list[sa.ForeignKeyConstraint]:
    document, item = (op.f(f"fk_{table}_{each}_id") for each in ("document", "item"))
    return [
        sa.ForeignKeyConstraint(["document_id"], [f"{_COUNT}.id"], name=document, ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=item),
    ]
