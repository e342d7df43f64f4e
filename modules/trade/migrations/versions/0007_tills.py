"""Tills."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "trade_till",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cash_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("card_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("difference_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tax_included", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("tax_rate", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_limited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_account_id"], ["contacts_money_account.id"], name=op.f("fk_trade_till_card_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["cash_account_id"], ["contacts_money_account.id"], name=op.f("fk_trade_till_cash_account_id")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_till_contact_id")),
        sa.ForeignKeyConstraint(
            ["difference_item_id"], ["contacts_expense_item.id"], name=op.f("fk_trade_till_difference_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_till_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_till_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_till")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_trade_till_organisation_id_name")),
    )
    op.create_table(
        "trade_shift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("till_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("left_before", sa.BigInteger(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["core_user.id"], name=op.f("fk_trade_shift_closed_by_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["core_user.id"], name=op.f("fk_trade_shift_opened_by_id")),
        sa.ForeignKeyConstraint(["till_id"], ["trade_till.id"], name=op.f("fk_trade_shift_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_shift")),
    )
    op.create_index("ix_trade_shift_till_id_opened_at", "trade_shift", ["till_id", "opened_at"], unique=False)
    op.create_index(
        "uq_trade_shift_open",
        "trade_shift",
        ["till_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "trade_till_user",
        sa.Column("till_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["till_id"], ["trade_till.id"], name=op.f("fk_trade_till_user_till_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_trade_till_user_user_id")),
        sa.PrimaryKeyConstraint("till_id", "user_id", name=op.f("pk_trade_till_user")),
    )
    op.create_index(op.f("ix_trade_till_user_user_id"), "trade_till_user", ["user_id"], unique=False)
    op.create_table(
        "trade_shift_count",
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("denomination", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["trade_shift.id"], name=op.f("fk_trade_shift_count_shift_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shift_id", "denomination", name=op.f("pk_trade_shift_count")),
    )
    op.create_table(
        "trade_shift_document",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_trade_shift_document_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["trade_shift.id"], name=op.f("fk_trade_shift_document_shift_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_trade_shift_document")),
    )
    op.create_index(op.f("ix_trade_shift_document_shift_id"), "trade_shift_document", ["shift_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_shift_document_shift_id"), table_name="trade_shift_document")
    op.drop_table("trade_shift_document")
    op.drop_table("trade_shift_count")
    op.drop_index(op.f("ix_trade_till_user_user_id"), table_name="trade_till_user")
    op.drop_table("trade_till_user")
    op.drop_index(
        "uq_trade_shift_open",
        table_name="trade_shift",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("ix_trade_shift_till_id_opened_at", table_name="trade_shift")
    op.drop_table("trade_shift")
    op.drop_table("trade_till")
