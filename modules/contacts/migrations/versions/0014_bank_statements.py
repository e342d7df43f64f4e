"""Bank statements."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "contacts_bank_statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("bare", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=True),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_bank_statement_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_bank_statement")),
    )
    op.create_index(
        "ix_contacts_bank_statement_bare_currency", "contacts_bank_statement", ["bare", "currency"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_bank_statement_organisation_id"), "contacts_bank_statement", ["organisation_id"], unique=False
    )
    op.create_table(
        "contacts_bank_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value_day", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("bic", sa.String(length=20), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=140), nullable=False),
        sa.Column("bank_id", sa.String(length=140), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["core_document.id"], name=op.f("fk_contacts_bank_line_payment_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["contacts_bank_statement.id"],
            name=op.f("fk_contacts_bank_line_statement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_bank_line")),
    )
    op.create_index(op.f("ix_contacts_bank_line_fingerprint"), "contacts_bank_line", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_contacts_bank_line_payment_id"), "contacts_bank_line", ["payment_id"], unique=False)
    op.create_index(
        "ix_contacts_bank_line_statement_id_position", "contacts_bank_line", ["statement_id", "position"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_bank_line_statement_id_position", table_name="contacts_bank_line")
    op.drop_index(op.f("ix_contacts_bank_line_payment_id"), table_name="contacts_bank_line")
    op.drop_index(op.f("ix_contacts_bank_line_fingerprint"), table_name="contacts_bank_line")
    op.drop_table("contacts_bank_line")
    op.drop_index(op.f("ix_contacts_bank_statement_organisation_id"), table_name="contacts_bank_statement")
    op.drop_index("ix_contacts_bank_statement_bare_currency", table_name="contacts_bank_statement")
    op.drop_table("contacts_bank_statement")
