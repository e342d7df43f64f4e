"""Commission."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "trade_commission_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("commission", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_trade_commission_entry_cause_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_commission_entry_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_trade_commission_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_commission_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_commission_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_commission_entry")),
    )
    op.create_index(
        "ix_trade_commission_entry_cause_id",
        "trade_commission_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_trade_commission_entry_document_id"), "trade_commission_entry", ["document_id"], unique=False
    )
    op.create_index(
        "ix_trade_commission_entry_key",
        "trade_commission_entry",
        ["organisation_id", "item_id", "contact_id", "direction", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_trade_commission_entry_moment",
        "trade_commission_entry",
        [
            "organisation_id",
            "moment",
            "side",
            "item_id",
            "contact_id",
            "direction",
            "quantity",
            "sold",
            "returned",
            "amount",
            "commission",
        ],
        unique=False,
    )
    op.create_table(
        "trade_commission_left_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.String(length=8), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("commission", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_commission_left_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_commission_left_total_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_commission_left_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "contact_id", "direction", name=op.f("pk_trade_commission_left_total")
        ),
    )
    op.create_table(
        "trade_commission_left_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.String(length=8), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity_in", sa.BigInteger(), nullable=False),
        sa.Column("quantity_out", sa.BigInteger(), nullable=False),
        sa.Column("sold_in", sa.BigInteger(), nullable=False),
        sa.Column("sold_out", sa.BigInteger(), nullable=False),
        sa.Column("returned_in", sa.BigInteger(), nullable=False),
        sa.Column("returned_out", sa.BigInteger(), nullable=False),
        sa.Column("amount_in", sa.BigInteger(), nullable=False),
        sa.Column("amount_out", sa.BigInteger(), nullable=False),
        sa.Column("commission_in", sa.BigInteger(), nullable=False),
        sa.Column("commission_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_commission_left_turnover_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_commission_left_turnover_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_trade_commission_left_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "item_id",
            "contact_id",
            "direction",
            "month",
            name=op.f("pk_trade_commission_left_turnover"),
        ),
    )
    op.create_index(
        "ix_trade_commission_left_turnover_month",
        "trade_commission_left_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "trade_commission_place",
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_commission_place_contact_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_commission_place_place_id")),
        sa.PrimaryKeyConstraint("contact_id", "direction", name=op.f("pk_trade_commission_place")),
        sa.UniqueConstraint("place_id", name=op.f("uq_trade_commission_place_place_id")),
    )
    op.add_column("trade_document", sa.Column("way", sa.String(length=8), nullable=True))
    op.add_column("trade_document", sa.Column("party_place_id", sa.BigInteger(), nullable=True))
    op.add_column("trade_line", sa.Column("commission", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("trade_line", "commission")
    op.drop_column("trade_document", "party_place_id")
    op.drop_column("trade_document", "way")
    op.drop_table("trade_commission_place")
    op.drop_index("ix_trade_commission_left_turnover_month", table_name="trade_commission_left_turnover")
    op.drop_table("trade_commission_left_turnover")
    op.drop_table("trade_commission_left_total")
    op.drop_index("ix_trade_commission_entry_moment", table_name="trade_commission_entry")
    op.drop_index("ix_trade_commission_entry_key", table_name="trade_commission_entry")
    op.drop_index(op.f("ix_trade_commission_entry_document_id"), table_name="trade_commission_entry")
    op.drop_index(
        "ix_trade_commission_entry_cause_id",
        table_name="trade_commission_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("trade_commission_entry")
