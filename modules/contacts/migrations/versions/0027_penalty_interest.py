"""Penalty interest."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "contacts_key_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_key_rate_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_key_rate")),
        sa.UniqueConstraint("organisation_id", "since", name=op.f("uq_contacts_key_rate_organisation_id_since")),
    )
    op.create_table(
        "contacts_penalty",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("penalty_kind", sa.String(length=10), server_default="", nullable=False),
        sa.Column("penalty_rate", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("penalty_part", sa.Integer(), server_default="1", nullable=False),
        sa.Column("penalty_basis", sa.String(length=6), server_default="actual", nullable=False),
        sa.Column("penalty_grace", sa.Integer(), server_default="0", nullable=False),
        sa.Column("penalty_cap", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("rate_scale", sa.SmallInteger(), server_default="9", nullable=False),
        sa.Column("rate_is_inverse", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_penalty_contact_id")),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_contacts_penalty_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_penalty")),
    )
    op.create_index(op.f("ix_contacts_penalty_contact_id"), "contacts_penalty", ["contact_id"], unique=False)
    op.create_index(op.f("ix_contacts_penalty_contract_id"), "contacts_penalty", ["contract_id"], unique=False)
    op.create_table(
        "contacts_penalty_income_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["core_document.id"], name=op.f("fk_contacts_penalty_income_entry_cause_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_penalty_income_entry_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_contacts_penalty_income_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_penalty_income_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_penalty_income_entry")),
    )
    op.create_index(
        "ix_contacts_penalty_income_entry_cause_id",
        "contacts_penalty_income_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_contacts_penalty_income_entry_document_id"),
        "contacts_penalty_income_entry",
        ["document_id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_penalty_income_entry_key",
        "contacts_penalty_income_entry",
        ["organisation_id", "contact_id", "currency", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_penalty_income_entry_moment",
        "contacts_penalty_income_entry",
        ["organisation_id", "moment", "side", "contact_id", "currency", "amount", "base"],
        unique=False,
    )
    op.create_table(
        "contacts_penalty_income_income_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_penalty_income_income_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_penalty_income_income_total_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "currency", name=op.f("pk_contacts_penalty_income_income_total")
        ),
    )
    op.create_table(
        "contacts_penalty_income_income_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount_in", sa.BigInteger(), nullable=False),
        sa.Column("amount_out", sa.BigInteger(), nullable=False),
        sa.Column("base_in", sa.BigInteger(), nullable=False),
        sa.Column("base_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_penalty_income_income_turnover_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_penalty_income_income_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "contact_id",
            "currency",
            "month",
            name=op.f("pk_contacts_penalty_income_income_turnover"),
        ),
    )
    op.create_index(
        "ix_contacts_penalty_income_income_turnover_month",
        "contacts_penalty_income_income_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "contacts_penalty_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("key_rate", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["contacts_penalty.id"], name=op.f("fk_contacts_penalty_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["contacts_open_item.id"], name=op.f("fk_contacts_penalty_line_item_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_contacts_penalty_line")),
    )
    op.create_index(op.f("ix_contacts_penalty_line_item_id"), "contacts_penalty_line", ["item_id"], unique=False)
    op.add_column(
        "contacts_contract", sa.Column("penalty_kind", sa.String(length=10), server_default="", nullable=False)
    )
    op.add_column("contacts_contract", sa.Column("penalty_rate", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("contacts_contract", sa.Column("penalty_part", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "contacts_contract", sa.Column("penalty_basis", sa.String(length=6), server_default="actual", nullable=False)
    )
    op.add_column("contacts_contract", sa.Column("penalty_grace", sa.Integer(), server_default="0", nullable=False))
    op.add_column("contacts_contract", sa.Column("penalty_cap", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("contacts_contract", "penalty_cap")
    op.drop_column("contacts_contract", "penalty_grace")
    op.drop_column("contacts_contract", "penalty_basis")
    op.drop_column("contacts_contract", "penalty_part")
    op.drop_column("contacts_contract", "penalty_rate")
    op.drop_column("contacts_contract", "penalty_kind")
    op.drop_index(op.f("ix_contacts_penalty_line_item_id"), table_name="contacts_penalty_line")
    op.drop_table("contacts_penalty_line")
    op.drop_index(
        "ix_contacts_penalty_income_income_turnover_month", table_name="contacts_penalty_income_income_turnover"
    )
    op.drop_table("contacts_penalty_income_income_turnover")
    op.drop_table("contacts_penalty_income_income_total")
    op.drop_index("ix_contacts_penalty_income_entry_moment", table_name="contacts_penalty_income_entry")
    op.drop_index("ix_contacts_penalty_income_entry_key", table_name="contacts_penalty_income_entry")
    op.drop_index(op.f("ix_contacts_penalty_income_entry_document_id"), table_name="contacts_penalty_income_entry")
    op.drop_index(
        "ix_contacts_penalty_income_entry_cause_id",
        table_name="contacts_penalty_income_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("contacts_penalty_income_entry")
    op.drop_index(op.f("ix_contacts_penalty_contract_id"), table_name="contacts_penalty")
    op.drop_index(op.f("ix_contacts_penalty_contact_id"), table_name="contacts_penalty")
    op.drop_table("contacts_penalty")
    op.drop_table("contacts_key_rate")
