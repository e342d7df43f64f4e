"""Quotes, orders and sales say who is to bring the goods."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

_SAID = sa.text("carrier <> ''")


def upgrade() -> None:
    op.add_column("trade_document", sa.Column("carrier", sa.String(40), server_default="", nullable=False))
    op.create_index(
        "ix_trade_document_contact_id_carrier",
        "trade_document",
        ["contact_id", "id"],
        unique=False,
        sqlite_where=_SAID,
        postgresql_where=_SAID,
    )


def downgrade() -> None:
    op.drop_index("ix_trade_document_contact_id_carrier", table_name="trade_document")
    op.drop_column("trade_document", "carrier")
