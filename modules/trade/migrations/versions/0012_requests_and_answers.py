"""Requests and answers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "trade_quote_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["trade_document.id"], name=op.f("fk_trade_quote_link_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_trade_quote_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_quote_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_trade_quote_link_digest")),
    )
    op.create_index(op.f("ix_trade_quote_link_document_id"), "trade_quote_link", ["document_id"], unique=False)
    op.create_table(
        "trade_quote_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["trade_document.id"], name=op.f("fk_trade_quote_answer_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["trade_quote_link.id"], name=op.f("fk_trade_quote_answer_link_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_quote_answer")),
    )
    op.create_index(op.f("ix_trade_quote_answer_document_id"), "trade_quote_answer", ["document_id"], unique=False)
    op.create_index(op.f("ix_trade_quote_answer_link_id"), "trade_quote_answer", ["link_id"], unique=False)
    op.add_column("trade_document", sa.Column("makes_order", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "trade_document",
        sa.Column(
            "request_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("trade_document.id", name="fk_trade_document_request_id"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("trade_document", sa.Column("asked", sa.Text(), server_default="", nullable=False))
    op.add_column("trade_document", sa.Column("channel", sa.String(length=10), server_default="", nullable=False))
    op.add_column("trade_document", sa.Column("answer_by", sa.Date(), nullable=True))
    op.create_index(op.f("ix_trade_document_request_id"), "trade_document", ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_document_request_id"), table_name="trade_document")
    op.drop_column("trade_document", "answer_by")
    op.drop_column("trade_document", "channel")
    op.drop_column("trade_document", "asked")
    op.drop_column("trade_document", "request_id")
    op.drop_column("trade_document", "makes_order")
    op.drop_index(op.f("ix_trade_quote_answer_link_id"), table_name="trade_quote_answer")
    op.drop_index(op.f("ix_trade_quote_answer_document_id"), table_name="trade_quote_answer")
    op.drop_table("trade_quote_answer")
    op.drop_index(op.f("ix_trade_quote_link_document_id"), table_name="trade_quote_link")
    op.drop_table("trade_quote_link")
