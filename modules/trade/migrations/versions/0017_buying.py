"""Buying."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "trade_buying_policy",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("price_percent", sa.BigInteger(), nullable=True),
        sa.Column("price_amount", sa.BigInteger(), nullable=True),
        sa.Column("quantity_percent", sa.BigInteger(), nullable=True),
        sa.Column("quantity_amount", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_buying_policy_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_trade_buying_policy")),
    )
    op.create_table(
        "trade_supplier_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_trade_supplier_request_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_supplier_request_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_supplier_request")),
    )
    op.create_table(
        "trade_supplier_request_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["trade_supplier_request.id"], name=op.f("fk_trade_supplier_request_line_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_supplier_request_line_item_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_trade_supplier_request_line")),
    )
    op.create_index(
        op.f("ix_trade_supplier_request_line_item_id"), "trade_supplier_request_line", ["item_id"], unique=False
    )
    op.create_table(
        "trade_landed_on",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["trade_document.id"], name=op.f("fk_trade_landed_on_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["trade_document.id"], name=op.f("fk_trade_landed_on_receipt_id")),
        sa.PrimaryKeyConstraint("document_id", "receipt_id", name=op.f("pk_trade_landed_on")),
    )
    op.create_index(op.f("ix_trade_landed_on_receipt_id"), "trade_landed_on", ["receipt_id"], unique=False)
    op.add_column("trade_document", sa.Column("basis", sa.String(length=8), server_default="", nullable=False))
    op.add_column(
        "trade_document",
        sa.Column(
            "supplier_request_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("trade_supplier_request.id", name=op.f("fk_trade_document_supplier_request_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("trade_document", sa.Column("answered", sa.Date(), nullable=True))
    op.add_column("trade_document", sa.Column("delivery_days", sa.Integer(), nullable=True))
    op.create_index(
        op.f("ix_trade_document_supplier_request_id"), "trade_document", ["supplier_request_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_document_supplier_request_id"), table_name="trade_document")
    op.drop_column("trade_document", "delivery_days")
    op.drop_column("trade_document", "answered")
    op.drop_column("trade_document", "supplier_request_id")
    op.drop_column("trade_document", "basis")
    op.drop_index(op.f("ix_trade_landed_on_receipt_id"), table_name="trade_landed_on")
    op.drop_table("trade_landed_on")
    op.drop_index(op.f("ix_trade_supplier_request_line_item_id"), table_name="trade_supplier_request_line")
    op.drop_table("trade_supplier_request_line")
    op.drop_table("trade_supplier_request")
    op.drop_table("trade_buying_policy")
