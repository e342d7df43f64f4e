"""Sales of principals' goods."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

ENTERED = ("trade.consigned",)
PROJECTIONS = ("trade.consigned.sold",)


def upgrade() -> None:
    op.create_table(
        "trade_consigned_entry",
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
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_trade_consigned_entry_cause_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_consigned_entry_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_trade_consigned_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_consigned_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_consigned_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_consigned_entry")),
    )
    op.create_index(
        "ix_trade_consigned_entry_cause_id",
        "trade_consigned_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_trade_consigned_entry_document_id"), "trade_consigned_entry", ["document_id"], unique=False
    )
    op.create_index(
        "ix_trade_consigned_entry_key",
        "trade_consigned_entry",
        ["organisation_id", "item_id", "contact_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_trade_consigned_entry_moment",
        "trade_consigned_entry",
        ["organisation_id", "moment", "side", "item_id", "contact_id", "quantity"],
        unique=False,
    )
    op.create_table(
        "trade_consigned_sold_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_consigned_sold_total_contact_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_consigned_sold_total_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_consigned_sold_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "item_id", "contact_id", name=op.f("pk_trade_consigned_sold_total")),
    )
    op.create_table(
        "trade_consigned_sold_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity_in", sa.BigInteger(), nullable=False),
        sa.Column("quantity_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_consigned_sold_turnover_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_consigned_sold_turnover_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_consigned_sold_turnover_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "contact_id", "month", name=op.f("pk_trade_consigned_sold_turnover")
        ),
    )
    op.create_index(
        "ix_trade_consigned_sold_turnover_month",
        "trade_consigned_sold_turnover",
        ["organisation_id", "month"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_trade_consigned_sold_turnover_month", table_name="trade_consigned_sold_turnover")
    op.drop_table("trade_consigned_sold_turnover")
    op.drop_table("trade_consigned_sold_total")
    op.drop_index("ix_trade_consigned_entry_moment", table_name="trade_consigned_entry")
    op.drop_index("ix_trade_consigned_entry_key", table_name="trade_consigned_entry")
    op.drop_index(op.f("ix_trade_consigned_entry_document_id"), table_name="trade_consigned_entry")
    op.drop_index(
        "ix_trade_consigned_entry_cause_id",
        table_name="trade_consigned_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("trade_consigned_entry")
