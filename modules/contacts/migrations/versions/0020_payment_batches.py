"""Payment batches."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "contacts_bank_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["contacts_money_account.id"], name=op.f("fk_contacts_bank_order_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_bank_order_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_bank_order")),
    )
    op.create_index(op.f("ix_contacts_bank_order_account_id"), "contacts_bank_order", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_contacts_bank_order_organisation_id"), "contacts_bank_order", ["organisation_id"], unique=False
    )
    op.create_table(
        "contacts_bank_order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("correspondent", sa.String(length=30), nullable=False),
        sa.Column("purpose", sa.String(length=140), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            name=op.f("fk_contacts_bank_order_line_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["core_document.id"],
            name=op.f("fk_contacts_bank_order_line_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["contacts_bank_order.id"],
            name=op.f("fk_contacts_bank_order_line_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_bank_order_line")),
    )
    op.create_index(
        op.f("ix_contacts_bank_order_line_contact_id"), "contacts_bank_order_line", ["contact_id"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_bank_order_line_document_id"), "contacts_bank_order_line", ["document_id"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_bank_order_line_order_id"), "contacts_bank_order_line", ["order_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_bank_order_line_order_id"), table_name="contacts_bank_order_line")
    op.drop_index(op.f("ix_contacts_bank_order_line_document_id"), table_name="contacts_bank_order_line")
    op.drop_index(op.f("ix_contacts_bank_order_line_contact_id"), table_name="contacts_bank_order_line")
    op.drop_table("contacts_bank_order_line")
    op.drop_index(op.f("ix_contacts_bank_order_organisation_id"), table_name="contacts_bank_order")
    op.drop_index(op.f("ix_contacts_bank_order_account_id"), table_name="contacts_bank_order")
    op.drop_table("contacts_bank_order")
