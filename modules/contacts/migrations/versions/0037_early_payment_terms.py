"""Early payment terms."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column(
        "contacts_contact", sa.Column("discount_percent", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("contacts_contact", sa.Column("discount_days", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "contacts_contract", sa.Column("discount_percent", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("contacts_contract", sa.Column("discount_days", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("contacts_contract", "discount_days")
    op.drop_column("contacts_contract", "discount_percent")
    op.drop_column("contacts_contact", "discount_days")
    op.drop_column("contacts_contact", "discount_percent")
