"""Contracts of documents."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("trade_document", sa.Column("contract_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_trade_document_contract_id"), "trade_document", ["contract_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_document_contract_id"), table_name="trade_document")
    op.drop_column("trade_document", "contract_id")
