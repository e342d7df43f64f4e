"""Contracts."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "contacts_contract",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "number_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("remind_days", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("prepayment", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("payment_terms", sa.String(length=10), server_default="", nullable=False),
        sa.Column("payment_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("over_limit", sa.String(length=10), server_default="", nullable=False),
        sa.Column("overdue", sa.String(length=10), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_contract_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_contract")),
        sa.UniqueConstraint("contact_id", "number", name=op.f("uq_contacts_contract_contact_id_number")),
    )
    op.create_index("ix_contacts_contract_number_order_id", "contacts_contract", ["number_order", "id"], unique=False)
    op.create_index("ix_contacts_contract_until_id", "contacts_contract", ["until", "id"], unique=False)
    op.create_table(
        "contacts_settlements_by_contract_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_settlements_by_contract_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_settlements_by_contract_total_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "contact_id",
            "contract_id",
            "currency",
            name=op.f("pk_contacts_settlements_by_contract_total"),
        ),
    )
    op.create_table(
        "contacts_settlements_by_contract_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount_in", sa.BigInteger(), nullable=False),
        sa.Column("amount_out", sa.BigInteger(), nullable=False),
        sa.Column("base_in", sa.BigInteger(), nullable=False),
        sa.Column("base_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            name=op.f("fk_contacts_settlements_by_contract_turnover_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_settlements_by_contract_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "contact_id",
            "contract_id",
            "currency",
            "month",
            name=op.f("pk_contacts_settlements_by_contract_turnover"),
        ),
    )
    op.create_index(
        "ix_contacts_settlements_by_contract_turnover_month",
        "contacts_settlements_by_contract_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.add_column(
        "contacts_contact", sa.Column("payment_terms", sa.String(length=10), server_default="", nullable=False)
    )
    op.add_column("contacts_contact", sa.Column("payment_days", sa.Integer(), server_default="0", nullable=False))
    op.add_column("contacts_contact", sa.Column("over_limit", sa.String(length=10), server_default="", nullable=False))
    op.add_column("contacts_contact", sa.Column("overdue", sa.String(length=10), server_default="", nullable=False))
    op.add_column("contacts_open_item", sa.Column("contract_id", sa.BigInteger(), nullable=True))
    op.add_column("contacts_payment", sa.Column("contract_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_contacts_payment_contract_id"), "contacts_payment", ["contract_id"], unique=False)
    op.add_column(
        "contacts_settlements_entry", sa.Column("contract_id", sa.BigInteger(), server_default="0", nullable=False)
    )
    # What moved before was under none.
    op.execute(
        "INSERT INTO contacts_settlements_by_contract_total"
        " (organisation_id, contact_id, contract_id, currency, amount, base, entries, last_moment)"
        " SELECT organisation_id, contact_id, 0, currency, amount, base, entries, last_moment"
        " FROM contacts_settlements_balance_total"
    )
    op.execute(
        "INSERT INTO contacts_settlements_by_contract_turnover"
        " (organisation_id, contact_id, contract_id, currency, month, amount_in, amount_out, base_in, base_out)"
        " SELECT organisation_id, contact_id, 0, currency, month, amount_in, amount_out, base_in, base_out"
        " FROM contacts_settlements_balance_turnover"
    )


def downgrade() -> None:
    op.drop_column("contacts_settlements_entry", "contract_id")
    op.drop_index(op.f("ix_contacts_payment_contract_id"), table_name="contacts_payment")
    op.drop_column("contacts_payment", "contract_id")
    op.drop_column("contacts_open_item", "contract_id")
    op.drop_column("contacts_contact", "overdue")
    op.drop_column("contacts_contact", "over_limit")
    op.drop_column("contacts_contact", "payment_days")
    op.drop_column("contacts_contact", "payment_terms")
    op.drop_index(
        "ix_contacts_settlements_by_contract_turnover_month", table_name="contacts_settlements_by_contract_turnover"
    )
    op.drop_table("contacts_settlements_by_contract_turnover")
    op.drop_table("contacts_settlements_by_contract_total")
    op.drop_index("ix_contacts_contract_until_id", table_name="contacts_contract")
    op.drop_index("ix_contacts_contract_number_order_id", table_name="contacts_contract")
    op.drop_table("contacts_contract")
