"""Answers of banks."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column(
        "contacts_bank_order_line", sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False)
    )
    op.add_column(
        "contacts_bank_order_line", sa.Column("reason", sa.String(length=500), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("contacts_bank_order_line", "reason")
    op.drop_column("contacts_bank_order_line", "state")
