"""Repeating documents."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "trade_repetition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("month_end", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("posts", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mails", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("prices", sa.String(length=10), server_default="kept", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_repetition_contact_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["core_document.id"], name=op.f("fk_trade_repetition_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_trade_repetition_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_repetition")),
    )
    op.create_index(op.f("ix_trade_repetition_contact_id"), "trade_repetition", ["contact_id"], unique=False)
    op.create_index(op.f("ix_trade_repetition_source_id"), "trade_repetition", ["source_id"], unique=False)
    op.create_index("ix_trade_repetition_state_due", "trade_repetition", ["state", "due"], unique=False)
    op.create_table(
        "trade_repetition_turn",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("repetition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_skipped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["core_document.id"],
            name=op.f("fk_trade_repetition_turn_document_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["repetition_id"],
            ["trade_repetition.id"],
            name=op.f("fk_trade_repetition_turn_repetition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_repetition_turn")),
        sa.UniqueConstraint("repetition_id", "day", name=op.f("uq_trade_repetition_turn_repetition_id_day")),
    )
    op.create_index(
        op.f("ix_trade_repetition_turn_document_id"), "trade_repetition_turn", ["document_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_repetition_turn_document_id"), table_name="trade_repetition_turn")
    op.drop_table("trade_repetition_turn")
    op.drop_index("ix_trade_repetition_state_due", table_name="trade_repetition")
    op.drop_index(op.f("ix_trade_repetition_source_id"), table_name="trade_repetition")
    op.drop_index(op.f("ix_trade_repetition_contact_id"), table_name="trade_repetition")
    op.drop_table("trade_repetition")
