"""Money accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "contacts_expense_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("heading", sa.String(length=100), server_default="", nullable=False),
        sa.Column("direction", sa.String(length=4), server_default="out", nullable=False),
        sa.Column("purpose", sa.String(length=20), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_expense_item")),
        sa.UniqueConstraint("name", name=op.f("uq_contacts_expense_item_name")),
    )
    op.create_table(
        "contacts_money_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("number", sa.String(length=60), server_default="", nullable=False),
        sa.Column("bank", sa.String(length=200), server_default="", nullable=False),
        sa.Column("bic", sa.String(length=11), server_default="", nullable=False),
        sa.Column("correspondent", sa.String(length=30), server_default="", nullable=False),
        sa.Column("may_overdraw", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_main", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('cash', 'bank')", name=op.f("ck_contacts_money_account_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_money_account_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_money_account")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_contacts_money_account_organisation_id_name")),
    )
    op.create_index(op.f("ix_contacts_money_account_number"), "contacts_money_account", ["number"], unique=False)
    op.create_index(
        "uq_contacts_money_account_main",
        "contacts_money_account",
        ["organisation_id", "kind", "currency"],
        unique=True,
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    op.create_table(
        "contacts_account_results_results_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["contacts_money_account.id"],
            name=op.f("fk_contacts_account_results_results_total_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_account_results_results_total_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "account_id", "currency", name=op.f("pk_contacts_account_results_results_total")
        ),
    )
    op.create_table(
        "contacts_account_results_results_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base_in", sa.BigInteger(), nullable=False),
        sa.Column("base_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["contacts_money_account.id"],
            name=op.f("fk_contacts_account_results_results_turnover_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_account_results_results_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "account_id",
            "currency",
            "month",
            name=op.f("pk_contacts_account_results_results_turnover"),
        ),
    )
    op.create_index(
        "ix_contacts_account_results_results_turnover_month",
        "contacts_account_results_results_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "contacts_cash_balance_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_cash_balance_total_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_cash_balance_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "account_id", "currency", name=op.f("pk_contacts_cash_balance_total")
        ),
    )
    op.create_table(
        "contacts_cash_balance_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount_in", sa.BigInteger(), nullable=False),
        sa.Column("amount_out", sa.BigInteger(), nullable=False),
        sa.Column("base_in", sa.BigInteger(), nullable=False),
        sa.Column("base_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_cash_balance_turnover_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_cash_balance_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "account_id", "currency", "month", name=op.f("pk_contacts_cash_balance_turnover")
        ),
    )
    op.create_index(
        "ix_contacts_cash_balance_turnover_month",
        "contacts_cash_balance_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "contacts_account_results_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_account_results_entry_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["core_document.id"], name=op.f("fk_contacts_account_results_entry_cause_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_contacts_account_results_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_account_results_entry_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_account_results_entry")),
    )
    op.create_index(
        "ix_contacts_account_results_entry_cause_id",
        "contacts_account_results_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_contacts_account_results_entry_document_id"),
        "contacts_account_results_entry",
        ["document_id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_account_results_entry_key",
        "contacts_account_results_entry",
        ["organisation_id", "account_id", "currency", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_account_results_entry_moment",
        "contacts_account_results_entry",
        ["organisation_id", "moment", "side", "account_id", "currency", "base"],
        unique=False,
    )
    op.create_table(
        "contacts_cash_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_cash_entry_account_id")
        ),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_contacts_cash_entry_cause_id")),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_contacts_cash_entry_document_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_cash_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_cash_entry")),
    )
    op.create_index(
        "ix_contacts_cash_entry_cause_id",
        "contacts_cash_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_contacts_cash_entry_document_id"), "contacts_cash_entry", ["document_id"], unique=False)
    op.create_index(
        "ix_contacts_cash_entry_key",
        "contacts_cash_entry",
        ["organisation_id", "account_id", "currency", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_cash_entry_moment",
        "contacts_cash_entry",
        ["organisation_id", "moment", "side", "account_id", "currency", "amount", "base"],
        unique=False,
    )
    op.create_table(
        "contacts_other_payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expense_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("rate_scale", sa.SmallInteger(), server_default="9", nullable=False),
        sa.Column("rate_is_inverse", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_other_payment_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["expense_item_id"], ["contacts_expense_item.id"], name=op.f("fk_contacts_other_payment_expense_item_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_contacts_other_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_other_payment")),
    )
    op.create_index(
        op.f("ix_contacts_other_payment_account_id"), "contacts_other_payment", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_other_payment_expense_item_id"), "contacts_other_payment", ["expense_item_id"], unique=False
    )
    op.create_table(
        "contacts_transfer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("received_base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_contacts_transfer_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_transfer_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_transfer_target_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_transfer")),
    )
    op.create_index(op.f("ix_contacts_transfer_source_id"), "contacts_transfer", ["source_id"], unique=False)
    op.create_index(op.f("ix_contacts_transfer_target_id"), "contacts_transfer", ["target_id"], unique=False)
    op.add_column(
        "contacts_payment",
        sa.Column(
            "account_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("contacts_money_account.id", name=op.f("fk_contacts_payment_account_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_contacts_payment_account_id"), "contacts_payment", ["account_id"], unique=False)
    _bring_items()


def _bring_items() -> None:
    # name, the key by which it stands in order, heading, direction, what the program itself uses it for
    op.execute(
        "INSERT INTO contacts_expense_item (name, name_order, heading, direction, purpose, version) VALUES"
        " ('Opening balance', 'opening balance\x01\x01\x03', 'Own money', 'both', 'opening', 1),"
        " ('Cash count differences', 'cash count differences\x01\x01\x03', 'Own money', 'both', '', 1),"
        " ('Owners', 'owners\x01\x01\x03', 'Financing', 'both', '', 1),"
        " ('Loans', 'loans\x01\x01\x03', 'Financing', 'both', '', 1),"
        " ('Bank fees', 'bank fees\x01\x01\x03', 'Bank', 'out', '', 1),"
        " ('Interest received', 'interest received\x01\x01\x03', 'Bank', 'in', '', 1),"
        " ('Taxes', 'taxes\x01\x01\x03', 'Taxes and duties', 'out', '', 1),"
        " ('Social contributions', 'social contributions\x01\x01\x03', 'Taxes and duties', 'out', '', 1),"
        " ('Wages', 'wages\x01\x01\x03', 'Staff', 'out', '', 1),"
        " ('Advances to staff', 'advances to staff\x01\x01\x03', 'Staff', 'both', '', 1),"
        " ('Rent', 'rent\x01\x01\x03', 'Premises', 'out', '', 1),"
        " ('Office and utilities', 'office and utilities\x01\x01\x03', 'Premises', 'out', '', 1),"
        " ('Other', 'other\x01\x01\x03', 'Other', 'both', '', 1)"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_payment_account_id"), table_name="contacts_payment")
    op.drop_column("contacts_payment", "account_id")
    op.drop_index(op.f("ix_contacts_transfer_target_id"), table_name="contacts_transfer")
    op.drop_index(op.f("ix_contacts_transfer_source_id"), table_name="contacts_transfer")
    op.drop_table("contacts_transfer")
    op.drop_index(op.f("ix_contacts_other_payment_expense_item_id"), table_name="contacts_other_payment")
    op.drop_index(op.f("ix_contacts_other_payment_account_id"), table_name="contacts_other_payment")
    op.drop_table("contacts_other_payment")
    op.drop_index("ix_contacts_cash_entry_moment", table_name="contacts_cash_entry")
    op.drop_index("ix_contacts_cash_entry_key", table_name="contacts_cash_entry")
    op.drop_index(op.f("ix_contacts_cash_entry_document_id"), table_name="contacts_cash_entry")
    op.drop_index(
        "ix_contacts_cash_entry_cause_id",
        table_name="contacts_cash_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("contacts_cash_entry")
    op.drop_index("ix_contacts_account_results_entry_moment", table_name="contacts_account_results_entry")
    op.drop_index("ix_contacts_account_results_entry_key", table_name="contacts_account_results_entry")
    op.drop_index(op.f("ix_contacts_account_results_entry_document_id"), table_name="contacts_account_results_entry")
    op.drop_index(
        "ix_contacts_account_results_entry_cause_id",
        table_name="contacts_account_results_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("contacts_account_results_entry")
    op.drop_index("ix_contacts_cash_balance_turnover_month", table_name="contacts_cash_balance_turnover")
    op.drop_table("contacts_cash_balance_turnover")
    op.drop_table("contacts_cash_balance_total")
    op.drop_index(
        "ix_contacts_account_results_results_turnover_month", table_name="contacts_account_results_results_turnover"
    )
    op.drop_table("contacts_account_results_results_turnover")
    op.drop_table("contacts_account_results_results_total")
    op.drop_index(
        "uq_contacts_money_account_main",
        table_name="contacts_money_account",
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    op.drop_index(op.f("ix_contacts_money_account_number"), table_name="contacts_money_account")
    op.drop_table("contacts_money_account")
    op.drop_table("contacts_expense_item")
