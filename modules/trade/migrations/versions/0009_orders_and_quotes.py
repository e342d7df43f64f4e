"""Orders and quotes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "trade_orders_awaited_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_orders_awaited_total_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_orders_awaited_total_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_orders_awaited_total_place_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "item_id",
            "place_id",
            "direction",
            "order_id",
            "order_line_id",
            name=op.f("pk_trade_orders_awaited_total"),
        ),
    )
    op.create_index(
        "ix_trade_orders_awaited_total_open",
        "trade_orders_awaited_total",
        ["organisation_id", "item_id", "place_id", "direction", "order_id", "order_line_id"],
        unique=False,
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.create_table(
        "trade_orders_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("order_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_trade_orders_entry_cause_id")),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_trade_orders_entry_document_id")),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_orders_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_orders_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_orders_entry_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_orders_entry")),
    )
    op.create_index(
        "ix_trade_orders_entry_cause_id",
        "trade_orders_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_trade_orders_entry_document_id"), "trade_orders_entry", ["document_id"], unique=False)
    op.create_index(
        "ix_trade_orders_entry_key",
        "trade_orders_entry",
        ["organisation_id", "item_id", "place_id", "direction", "order_id", "order_line_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_trade_orders_entry_moment", "trade_orders_entry", ["organisation_id", "moment", "side"], unique=False
    )
    op.add_column("trade_document", sa.Column("delivery", sa.Date(), nullable=True))
    op.add_column("trade_document", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("trade_document", sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
    op.add_column("trade_document", sa.Column("reserves", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("trade_document", sa.Column("reserved_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("trade_document", "reserved_until")
    op.drop_column("trade_document", "reserves")
    op.drop_column("trade_document", "priority")
    op.drop_column("trade_document", "valid_until")
    op.drop_column("trade_document", "delivery")
    op.drop_index("ix_trade_orders_entry_moment", table_name="trade_orders_entry")
    op.drop_index("ix_trade_orders_entry_key", table_name="trade_orders_entry")
    op.drop_index(op.f("ix_trade_orders_entry_document_id"), table_name="trade_orders_entry")
    op.drop_index(
        "ix_trade_orders_entry_cause_id",
        table_name="trade_orders_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("trade_orders_entry")
    op.drop_index(
        "ix_trade_orders_awaited_total_open",
        table_name="trade_orders_awaited_total",
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.drop_table("trade_orders_awaited_total")
