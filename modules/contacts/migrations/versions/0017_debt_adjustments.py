"""Debt adjustments."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "contacts_money_policy",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("write_off_limit", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_money_policy_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_contacts_money_policy")),
    )
    op.create_table(
        "contacts_adjustment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("rate_scale", sa.SmallInteger(), server_default="9", nullable=False),
        sa.Column("rate_is_inverse", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_adjustment_contact_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_contacts_adjustment_id")),
        sa.ForeignKeyConstraint(["other_id"], ["core_document.id"], name=op.f("fk_contacts_adjustment_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_adjustment")),
    )
    op.create_index(op.f("ix_contacts_adjustment_contact_id"), "contacts_adjustment", ["contact_id"], unique=False)
    op.create_index(op.f("ix_contacts_adjustment_other_id"), "contacts_adjustment", ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_adjustment_other_id"), table_name="contacts_adjustment")
    op.drop_index(op.f("ix_contacts_adjustment_contact_id"), table_name="contacts_adjustment")
    op.drop_table("contacts_adjustment")
    op.drop_table("contacts_money_policy")
