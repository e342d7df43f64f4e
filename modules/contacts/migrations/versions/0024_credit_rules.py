"""Credit rules."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "contacts_credit_rule",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("over_limit", sa.String(length=10), nullable=False),
        sa.Column("overdue", sa.String(length=10), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_credit_rule_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_contacts_credit_rule")),
    )


def downgrade() -> None:
    op.drop_table("contacts_credit_rule")
