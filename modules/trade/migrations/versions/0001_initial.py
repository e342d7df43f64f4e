"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "trade_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_document_contact_id")),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_trade_document_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_document_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_document")),
    )
    op.create_index(op.f("ix_trade_document_contact_id"), "trade_document", ["contact_id"], unique=False)
    op.create_table(
        "trade_sales_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_trade_sales_entry_cause_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_sales_entry_contact_id")),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_trade_sales_entry_document_id")),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_sales_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_sales_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_sales_entry")),
    )
    op.create_index(
        "ix_trade_sales_entry_cause_id",
        "trade_sales_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_trade_sales_entry_document_id"), "trade_sales_entry", ["document_id"], unique=False)
    op.create_index(
        "ix_trade_sales_entry_key",
        "trade_sales_entry",
        ["organisation_id", "item_id", "contact_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_trade_sales_entry_moment",
        "trade_sales_entry",
        ["organisation_id", "moment", "side", "item_id", "contact_id", "quantity", "revenue", "cost"],
        unique=False,
    )
    op.create_table(
        "trade_sales_results_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_sales_results_total_contact_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_sales_results_total_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_sales_results_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "item_id", "contact_id", name=op.f("pk_trade_sales_results_total")),
    )
    op.create_table(
        "trade_sales_results_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity_in", sa.BigInteger(), nullable=False),
        sa.Column("quantity_out", sa.BigInteger(), nullable=False),
        sa.Column("revenue_in", sa.BigInteger(), nullable=False),
        sa.Column("revenue_out", sa.BigInteger(), nullable=False),
        sa.Column("cost_in", sa.BigInteger(), nullable=False),
        sa.Column("cost_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_sales_results_turnover_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_sales_results_turnover_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_sales_results_turnover_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "contact_id", "month", name=op.f("pk_trade_sales_results_turnover")
        ),
    )
    op.create_index(
        "ix_trade_sales_results_turnover_month",
        "trade_sales_results_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "trade_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["trade_document.id"], name=op.f("fk_trade_line_document_id")),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_line_item_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_trade_line")),
    )
    op.create_index(op.f("ix_trade_line_item_id"), "trade_line", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_line_item_id"), table_name="trade_line")
    op.drop_table("trade_line")
    op.drop_index("ix_trade_sales_results_turnover_month", table_name="trade_sales_results_turnover")
    op.drop_table("trade_sales_results_turnover")
    op.drop_table("trade_sales_results_total")
    op.drop_index("ix_trade_sales_entry_moment", table_name="trade_sales_entry")
    op.drop_index("ix_trade_sales_entry_key", table_name="trade_sales_entry")
    op.drop_index(op.f("ix_trade_sales_entry_document_id"), table_name="trade_sales_entry")
    op.drop_index(
        "ix_trade_sales_entry_cause_id",
        table_name="trade_sales_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("trade_sales_entry")
    op.drop_index(op.f("ix_trade_document_contact_id"), table_name="trade_document")
    op.drop_table("trade_document")
