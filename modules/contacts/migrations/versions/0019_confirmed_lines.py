"""Confirmed lines."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "contacts_bank_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signature", sa.String(length=160), nullable=False),
        sa.Column("expense_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["expense_item_id"], ["contacts_expense_item.id"], name=op.f("fk_contacts_bank_rule_expense_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_bank_rule_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_bank_rule")),
        sa.UniqueConstraint(
            "organisation_id", "signature", name=op.f("uq_contacts_bank_rule_organisation_id_signature")
        ),
    )
    op.create_index(
        op.f("ix_contacts_bank_rule_expense_item_id"), "contacts_bank_rule", ["expense_item_id"], unique=False
    )
    op.add_column(
        "contacts_bank_line", sa.Column("is_matched", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("contacts_bank_line", "is_matched")
    op.drop_index(op.f("ix_contacts_bank_rule_expense_item_id"), table_name="contacts_bank_rule")
    op.drop_table("contacts_bank_rule")
