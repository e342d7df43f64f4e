"""Direct deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("trade_document", sa.Column("ship_to", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "trade_document",
        sa.Column(
            "direct_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("trade_document.id", name=op.f("fk_trade_document_direct_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_trade_document_direct_id"), "trade_document", ["direct_id"], unique=False)
    op.add_column("trade_line", sa.Column("direct", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("trade_line", "direct")
    op.drop_index(op.f("ix_trade_document_direct_id"), table_name="trade_document")
    op.drop_column("trade_document", "direct_id")
    op.drop_column("trade_document", "ship_to")
