"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "contacts_contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("responsible_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("bank_account", sa.String(length=60), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("legal_name", sa.String(length=300), nullable=True),
        sa.Column("registration_number", sa.String(length=40), nullable=True),
        sa.Column("contact_person", sa.String(length=200), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("identity_document", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('legal_entity', 'individual')", name=op.f("ck_contacts_contact_kind")),
        sa.ForeignKeyConstraint(["responsible_id"], ["core_user.id"], name=op.f("fk_contacts_contact_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_contact")),
        sa.UniqueConstraint("code", name=op.f("uq_contacts_contact_code")),
    )
    op.create_index(op.f("ix_contacts_contact_folded"), "contacts_contact", ["folded"], unique=False)
    op.create_index("ix_contacts_contact_kind_name_id", "contacts_contact", ["kind", "name", "id"], unique=False)
    op.create_index(op.f("ix_contacts_contact_responsible_id"), "contacts_contact", ["responsible_id"], unique=False)
    op.create_table(
        "contacts_allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("released_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_allocation_contact_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_contacts_allocation_id")),
        sa.ForeignKeyConstraint(["released_id"], ["core_document.id"], name=op.f("fk_contacts_allocation_released_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_allocation")),
    )
    op.create_index(op.f("ix_contacts_allocation_contact_id"), "contacts_allocation", ["contact_id"], unique=False)
    op.create_table(
        "contacts_exchange_results_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["core_document.id"], name=op.f("fk_contacts_exchange_results_entry_cause_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_exchange_results_entry_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_contacts_exchange_results_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_exchange_results_entry_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_exchange_results_entry")),
    )
    op.create_index(
        "ix_contacts_exchange_results_entry_cause_id",
        "contacts_exchange_results_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_contacts_exchange_results_entry_document_id"),
        "contacts_exchange_results_entry",
        ["document_id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_exchange_results_entry_key",
        "contacts_exchange_results_entry",
        ["organisation_id", "contact_id", "currency", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_exchange_results_entry_moment",
        "contacts_exchange_results_entry",
        ["organisation_id", "moment", "side", "contact_id", "currency", "base"],
        unique=False,
    )
    op.create_table(
        "contacts_exchange_results_results_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_exchange_results_results_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_exchange_results_results_total_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "currency", name=op.f("pk_contacts_exchange_results_results_total")
        ),
    )
    op.create_table(
        "contacts_exchange_results_results_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base_in", sa.BigInteger(), nullable=False),
        sa.Column("base_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            name=op.f("fk_contacts_exchange_results_results_turnover_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_exchange_results_results_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "contact_id",
            "currency",
            "month",
            name=op.f("pk_contacts_exchange_results_results_turnover"),
        ),
    )
    op.create_index(
        "ix_contacts_exchange_results_results_turnover_month",
        "contacts_exchange_results_results_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "contacts_open_item",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_open_item_contact_id")),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_contacts_open_item_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_open_item")),
    )
    op.create_index(op.f("ix_contacts_open_item_document_id"), "contacts_open_item", ["document_id"], unique=False)
    op.create_table(
        "contacts_payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_payment_contact_id")),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_contacts_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_payment")),
    )
    op.create_index(op.f("ix_contacts_payment_contact_id"), "contacts_payment", ["contact_id"], unique=False)
    op.create_table(
        "contacts_settlements_balance_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_settlements_balance_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_settlements_balance_total_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "currency", name=op.f("pk_contacts_settlements_balance_total")
        ),
    )
    op.create_table(
        "contacts_settlements_balance_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount_in", sa.BigInteger(), nullable=False),
        sa.Column("amount_out", sa.BigInteger(), nullable=False),
        sa.Column("base_in", sa.BigInteger(), nullable=False),
        sa.Column("base_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_settlements_balance_turnover_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_settlements_balance_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "currency", "month", name=op.f("pk_contacts_settlements_balance_turnover")
        ),
    )
    op.create_index(
        "ix_contacts_settlements_balance_turnover_month",
        "contacts_settlements_balance_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "contacts_allocation_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_item_id", sa.BigInteger(), nullable=False),
        sa.Column("to_item_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_contacts_allocation_line_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_item_id"], ["contacts_open_item.id"], name=op.f("fk_contacts_allocation_line_from_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_item_id"], ["contacts_open_item.id"], name=op.f("fk_contacts_allocation_line_to_item_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_contacts_allocation_line")),
    )
    op.create_index(
        op.f("ix_contacts_allocation_line_from_item_id"), "contacts_allocation_line", ["from_item_id"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_allocation_line_to_item_id"), "contacts_allocation_line", ["to_item_id"], unique=False
    )
    op.create_table(
        "contacts_settlements_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["core_document.id"], name=op.f("fk_contacts_settlements_entry_cause_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_settlements_entry_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_contacts_settlements_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["contacts_open_item.id"], name=op.f("fk_contacts_settlements_entry_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_settlements_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_settlements_entry")),
    )
    op.create_index(
        "ix_contacts_settlements_entry_cause_id",
        "contacts_settlements_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_contacts_settlements_entry_document_id"), "contacts_settlements_entry", ["document_id"], unique=False
    )
    op.create_index(
        "ix_contacts_settlements_entry_key",
        "contacts_settlements_entry",
        ["organisation_id", "contact_id", "currency", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contacts_settlements_entry_moment",
        "contacts_settlements_entry",
        ["organisation_id", "moment", "side", "contact_id", "currency", "amount", "base"],
        unique=False,
    )
    op.create_table(
        "contacts_settlements_open_items_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_settlements_open_items_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["contacts_open_item.id"], name=op.f("fk_contacts_settlements_open_items_total_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_contacts_settlements_open_items_total_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "contact_id",
            "item_id",
            "currency",
            name=op.f("pk_contacts_settlements_open_items_total"),
        ),
    )
    op.create_index(
        "ix_contacts_settlements_open_items_total_open",
        "contacts_settlements_open_items_total",
        ["organisation_id", "contact_id", "item_id", "currency"],
        unique=False,
        sqlite_where=sa.text("amount <> 0 OR base <> 0"),
        postgresql_where=sa.text("amount <> 0 OR base <> 0"),
    )
    op.create_table(
        "contacts_contact_value",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("flag", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["field_id"], ["core_custom_field.id"], name=op.f("fk_contacts_contact_value_field_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["contacts_contact.id"], name=op.f("fk_contacts_contact_value_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "field_id", name=op.f("pk_contacts_contact_value")),
    )
    op.create_index(
        "ix_contacts_contact_value_day",
        "contacts_contact_value",
        ["field_id", "day"],
        unique=False,
        sqlite_where=sa.text("day IS NOT NULL"),
        postgresql_where=sa.text("day IS NOT NULL"),
    )
    op.create_index(
        "ix_contacts_contact_value_number",
        "contacts_contact_value",
        ["field_id", "number"],
        unique=False,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_index(
        "ix_contacts_contact_value_text",
        "contacts_contact_value",
        ["field_id", "text"],
        unique=False,
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_contacts_contact_value_text",
        table_name="contacts_contact_value",
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )
    op.drop_index(
        "ix_contacts_contact_value_number",
        table_name="contacts_contact_value",
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.drop_index(
        "ix_contacts_contact_value_day",
        table_name="contacts_contact_value",
        sqlite_where=sa.text("day IS NOT NULL"),
        postgresql_where=sa.text("day IS NOT NULL"),
    )
    op.drop_table("contacts_contact_value")
    op.drop_index(
        "ix_contacts_settlements_open_items_total_open",
        table_name="contacts_settlements_open_items_total",
        sqlite_where=sa.text("amount <> 0 OR base <> 0"),
        postgresql_where=sa.text("amount <> 0 OR base <> 0"),
    )
    op.drop_table("contacts_settlements_open_items_total")
    op.drop_index("ix_contacts_settlements_entry_moment", table_name="contacts_settlements_entry")
    op.drop_index("ix_contacts_settlements_entry_key", table_name="contacts_settlements_entry")
    op.drop_index(op.f("ix_contacts_settlements_entry_document_id"), table_name="contacts_settlements_entry")
    op.drop_index(
        "ix_contacts_settlements_entry_cause_id",
        table_name="contacts_settlements_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("contacts_settlements_entry")
    op.drop_index(op.f("ix_contacts_allocation_line_to_item_id"), table_name="contacts_allocation_line")
    op.drop_index(op.f("ix_contacts_allocation_line_from_item_id"), table_name="contacts_allocation_line")
    op.drop_table("contacts_allocation_line")
    op.drop_index("ix_contacts_settlements_balance_turnover_month", table_name="contacts_settlements_balance_turnover")
    op.drop_table("contacts_settlements_balance_turnover")
    op.drop_table("contacts_settlements_balance_total")
    op.drop_index(op.f("ix_contacts_payment_contact_id"), table_name="contacts_payment")
    op.drop_table("contacts_payment")
    op.drop_index(op.f("ix_contacts_open_item_document_id"), table_name="contacts_open_item")
    op.drop_table("contacts_open_item")
    op.drop_index(
        "ix_contacts_exchange_results_results_turnover_month", table_name="contacts_exchange_results_results_turnover"
    )
    op.drop_table("contacts_exchange_results_results_turnover")
    op.drop_table("contacts_exchange_results_results_total")
    op.drop_index("ix_contacts_exchange_results_entry_moment", table_name="contacts_exchange_results_entry")
    op.drop_index("ix_contacts_exchange_results_entry_key", table_name="contacts_exchange_results_entry")
    op.drop_index(op.f("ix_contacts_exchange_results_entry_document_id"), table_name="contacts_exchange_results_entry")
    op.drop_index(
        "ix_contacts_exchange_results_entry_cause_id",
        table_name="contacts_exchange_results_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("contacts_exchange_results_entry")
    op.drop_index(op.f("ix_contacts_allocation_contact_id"), table_name="contacts_allocation")
    op.drop_table("contacts_allocation")
    op.drop_index(op.f("ix_contacts_contact_responsible_id"), table_name="contacts_contact")
    op.drop_index("ix_contacts_contact_kind_name_id", table_name="contacts_contact")
    op.drop_index(op.f("ix_contacts_contact_folded"), table_name="contacts_contact")
    op.drop_table("contacts_contact")
