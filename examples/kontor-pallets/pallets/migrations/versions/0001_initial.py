"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "pallets_balance_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("pallets", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_pallets_balance_entry_cause_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_pallets_balance_entry_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_pallets_balance_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_pallets_balance_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pallets_balance_entry")),
    )
    op.create_index(
        "ix_pallets_balance_entry_cause_id",
        "pallets_balance_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_pallets_balance_entry_document_id"), "pallets_balance_entry", ["document_id"], unique=False
    )
    op.create_index(
        "ix_pallets_balance_entry_key",
        "pallets_balance_entry",
        ["organisation_id", "contact_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_pallets_balance_entry_moment",
        "pallets_balance_entry",
        ["organisation_id", "moment", "side", "contact_id", "pallets"],
        unique=False,
    )
    op.create_table(
        "pallets_balance_owed_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pallets", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_pallets_balance_owed_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_pallets_balance_owed_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "contact_id", name=op.f("pk_pallets_balance_owed_total")),
    )
    op.create_table(
        "pallets_balance_owed_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pallets_in", sa.BigInteger(), nullable=False),
        sa.Column("pallets_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_pallets_balance_owed_turnover_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_pallets_balance_owed_turnover_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "month", name=op.f("pk_pallets_balance_owed_turnover")
        ),
    )
    op.create_index(
        "ix_pallets_balance_owed_turnover_month",
        "pallets_balance_owed_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "pallets_exchange",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_pallets_exchange_contact_id")),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_pallets_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pallets_exchange")),
    )
    op.create_index(op.f("ix_pallets_exchange_contact_id"), "pallets_exchange", ["contact_id"], unique=False)
    op.create_table(
        "pallets_reminder",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pallets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_pallets_reminder_document_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_pallets_reminder")),
    )


def downgrade() -> None:
    op.drop_table("pallets_reminder")
    op.drop_index(op.f("ix_pallets_exchange_contact_id"), table_name="pallets_exchange")
    op.drop_table("pallets_exchange")
    op.drop_index("ix_pallets_balance_owed_turnover_month", table_name="pallets_balance_owed_turnover")
    op.drop_table("pallets_balance_owed_turnover")
    op.drop_table("pallets_balance_owed_total")
    op.drop_index("ix_pallets_balance_entry_moment", table_name="pallets_balance_entry")
    op.drop_index("ix_pallets_balance_entry_key", table_name="pallets_balance_entry")
    op.drop_index(op.f("ix_pallets_balance_entry_document_id"), table_name="pallets_balance_entry")
    op.drop_index(
        "ix_pallets_balance_entry_cause_id",
        table_name="pallets_balance_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("pallets_balance_entry")
