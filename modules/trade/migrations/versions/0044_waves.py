"""Waves: several orders picked in one walk."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

_OPEN = sa.text("is_open")


def _id(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "trade_wave",
        _id("id"),
        _id("organisation_id"),
        _id("place_id"),
        _id("picker_id", nullable=True),
        sa.Column("state", sa.String(length=10), server_default="picking", nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("operation_id", sa.String(length=100), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_wave_organisation_id")
        ),
        sa.ForeignKeyConstraint(["picker_id"], ["core_user.id"], name=op.f("fk_trade_wave_picker_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_wave_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_wave")),
    )
    op.create_index("ix_trade_wave_organisation_id_state", "trade_wave", ["organisation_id", "state"], unique=False)
    op.create_table(
        "trade_wave_order",
        _id("wave_id"),
        sa.Column("box", sa.Integer(), autoincrement=False, nullable=False),
        _id("order_id"),
        sa.Column("is_open", sa.Boolean(), server_default=sa.true(), nullable=False),
        _id("sale_id", nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["core_document.id"], name=op.f("fk_trade_wave_order_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["core_document.id"], name=op.f("fk_trade_wave_order_sale_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["trade_wave.id"], name=op.f("fk_trade_wave_order_wave_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wave_id", "box", name=op.f("pk_trade_wave_order")),
    )
    op.create_index(op.f("ix_trade_wave_order_order_id"), "trade_wave_order", ["order_id"], unique=False)
    op.create_index(op.f("ix_trade_wave_order_sale_id"), "trade_wave_order", ["sale_id"], unique=False)
    op.create_index(
        "uq_trade_wave_order_open",
        "trade_wave_order",
        ["order_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "trade_wave_line",
        _id("wave_id"),
        sa.Column("box", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_wave_line_item_id")),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["trade_wave.id"], name=op.f("fk_trade_wave_line_wave_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wave_id", "box", "line", name=op.f("pk_trade_wave_line")),
    )
    op.create_index(op.f("ix_trade_wave_line_item_id"), "trade_wave_line", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_table("trade_wave_line")
    op.drop_table("trade_wave_order")
    op.drop_table("trade_wave")
