"""Exchanges."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column(
        "trade_document",
        sa.Column(
            "exchange_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("trade_document.id", name=op.f("fk_trade_document_exchange_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_trade_document_exchange_id"), "trade_document", ["exchange_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_document_exchange_id"), table_name="trade_document")
    op.drop_column("trade_document", "exchange_id")
