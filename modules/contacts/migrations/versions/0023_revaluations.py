"""Revaluations."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "contacts_revaluation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("result", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_contacts_revaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_revaluation")),
    )


def downgrade() -> None:
    op.drop_table("contacts_revaluation")
