"""Suppliers of items."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "trade_item_supplier",
        sa.Column("id", number, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", number, nullable=False),
        sa.Column("code", sa.String(length=60), server_default="", nullable=False),
        sa.Column("name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("least_quantity", sa.BigInteger(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_item_supplier_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_item_supplier_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_item_supplier")),
        sa.UniqueConstraint(
            "item_id", "contact_id", "code", name=op.f("uq_trade_item_supplier_item_id_contact_id_code")
        ),
    )
    op.create_index(op.f("ix_trade_item_supplier_contact_id"), "trade_item_supplier", ["contact_id"])
    main = sa.text("is_main")
    op.create_index(
        "uq_trade_item_supplier_main",
        "trade_item_supplier",
        ["item_id"],
        unique=True,
        sqlite_where=main,
        postgresql_where=main,
    )


def downgrade() -> None:
    op.drop_table("trade_item_supplier")
