"""Receipts of orders."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("trade_document", sa.Column("supplier_number", sa.String(length=60), nullable=True))
    op.add_column("trade_document", sa.Column("supplier_day", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("trade_document", "supplier_day")
    op.drop_column("trade_document", "supplier_number")
