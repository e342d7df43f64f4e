"""Taxes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ENTERED = ("trade.taxes",)
PROJECTIONS = ("trade.taxes.by_rate",)


def upgrade() -> None:
    op.create_table(
        "trade_cash_step",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_trade_cash_step")),
    )
    op.create_table(
        "trade_tax_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_tax_code")),
        sa.UniqueConstraint("name", name=op.f("uq_trade_tax_code_name")),
    )
    op.create_table(
        "trade_tax_policy",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("export_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reverse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("abroad_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["abroad_id"], ["trade_tax_code.id"], name=op.f("fk_trade_tax_policy_abroad_id")),
        sa.ForeignKeyConstraint(["code_id"], ["trade_tax_code.id"], name=op.f("fk_trade_tax_policy_code_id")),
        sa.ForeignKeyConstraint(["community_id"], ["trade_tax_code.id"], name=op.f("fk_trade_tax_policy_community_id")),
        sa.ForeignKeyConstraint(["export_id"], ["trade_tax_code.id"], name=op.f("fk_trade_tax_policy_export_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_tax_policy_organisation_id")
        ),
        sa.ForeignKeyConstraint(["reverse_id"], ["trade_tax_code.id"], name=op.f("fk_trade_tax_policy_reverse_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_trade_tax_policy")),
    )
    op.create_table(
        "trade_tax_rate",
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code_id"], ["trade_tax_code.id"], name=op.f("fk_trade_tax_rate_code_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_id", "since", name=op.f("pk_trade_tax_rate")),
    )
    op.create_table(
        "trade_taxes_by_rate_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.String(length=6), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(length=2), autoincrement=False, nullable=False),
        sa.Column("rate_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_taxes_by_rate_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "direction", "category", "rate_id", name=op.f("pk_trade_taxes_by_rate_total")
        ),
    )
    op.create_table(
        "trade_taxes_by_rate_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.String(length=6), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(length=2), autoincrement=False, nullable=False),
        sa.Column("rate_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base_in", sa.BigInteger(), nullable=False),
        sa.Column("base_out", sa.BigInteger(), nullable=False),
        sa.Column("tax_in", sa.BigInteger(), nullable=False),
        sa.Column("tax_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_taxes_by_rate_turnover_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "direction", "category", "rate_id", "month", name=op.f("pk_trade_taxes_by_rate_turnover")
        ),
    )
    op.create_index(
        "ix_trade_taxes_by_rate_turnover_month",
        "trade_taxes_by_rate_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "trade_tax_default",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN item_id IS NULL THEN 0 ELSE 1 END + CASE WHEN group_id IS NULL THEN 0 ELSE 1 END + CASE WHEN contact_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_trade_tax_default_one"),
        ),
        sa.ForeignKeyConstraint(["code_id"], ["trade_tax_code.id"], name=op.f("fk_trade_tax_default_code_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_tax_default_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["warehouse_item_group.id"], name=op.f("fk_trade_tax_default_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_tax_default_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_tax_default")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_trade_tax_default_contact_id")),
        sa.UniqueConstraint("group_id", name=op.f("uq_trade_tax_default_group_id")),
        sa.UniqueConstraint("item_id", name=op.f("uq_trade_tax_default_item_id")),
    )
    op.create_index(op.f("ix_trade_tax_default_code_id"), "trade_tax_default", ["code_id"], unique=False)
    op.create_table(
        "trade_taxes_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("rate_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_trade_taxes_entry_cause_id")),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_trade_taxes_entry_document_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_taxes_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_taxes_entry")),
    )
    op.create_index(
        "ix_trade_taxes_entry_cause_id",
        "trade_taxes_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_trade_taxes_entry_document_id"), "trade_taxes_entry", ["document_id"], unique=False)
    op.create_index(
        "ix_trade_taxes_entry_key",
        "trade_taxes_entry",
        ["organisation_id", "direction", "category", "rate_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_trade_taxes_entry_moment",
        "trade_taxes_entry",
        ["organisation_id", "moment", "side", "direction", "category", "base", "tax"],
        unique=False,
    )
    op.add_column("trade_document", sa.Column("is_cash", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("trade_document", sa.Column("rounding", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("trade_line", sa.Column("tax_category", sa.String(length=2), server_default="", nullable=False))
    op.add_column(
        "trade_line",
        sa.Column(
            "tax_code_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("trade_tax_code.id", name=op.f("fk_trade_line_tax_code_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("trade_line", sa.Column("reverse_rate", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_trade_line_tax_code_id"), "trade_line", ["tax_code_id"], unique=False)
    # What was taxed at a rate was taxed so; why the rest wasn't, nobody has said.
    op.execute("UPDATE trade_line SET tax_category = 'S' WHERE tax_rate <> 0")


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_line_tax_code_id"), table_name="trade_line")
    op.drop_column("trade_line", "reverse_rate")
    op.drop_column("trade_line", "tax_code_id")
    op.drop_column("trade_line", "tax_category")
    op.drop_column("trade_document", "rounding")
    op.drop_column("trade_document", "is_cash")
    op.drop_index("ix_trade_taxes_entry_moment", table_name="trade_taxes_entry")
    op.drop_index("ix_trade_taxes_entry_key", table_name="trade_taxes_entry")
    op.drop_index(op.f("ix_trade_taxes_entry_document_id"), table_name="trade_taxes_entry")
    op.drop_index(
        "ix_trade_taxes_entry_cause_id",
        table_name="trade_taxes_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("trade_taxes_entry")
    op.drop_index(op.f("ix_trade_tax_default_code_id"), table_name="trade_tax_default")
    op.drop_table("trade_tax_default")
    op.drop_index("ix_trade_taxes_by_rate_turnover_month", table_name="trade_taxes_by_rate_turnover")
    op.drop_table("trade_taxes_by_rate_turnover")
    op.drop_table("trade_taxes_by_rate_total")
    op.drop_table("trade_tax_rate")
    op.drop_table("trade_tax_policy")
    op.drop_table("trade_tax_code")
    op.drop_table("trade_cash_step")
