"""Complaints."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "trade_complaint_reason",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_complaint_reason")),
        sa.UniqueConstraint("name", name=op.f("uq_trade_complaint_reason_name")),
    )
    op.create_table(
        "trade_complaint",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wish", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("reminded", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_complaint_contact_id")),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_trade_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_complaint")),
    )
    op.create_index(op.f("ix_trade_complaint_contact_id"), "trade_complaint", ["contact_id"], unique=False)
    op.create_index(
        "ix_trade_complaint_under_way",
        "trade_complaint",
        ["due"],
        unique=False,
        sqlite_where=sa.text("stage IN ('open', 'in_work')"),
        postgresql_where=sa.text("stage IN ('open', 'in_work')"),
    )
    op.create_table(
        "trade_complaint_answer",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("complaint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["trade_complaint.id"],
            name=op.f("fk_trade_complaint_answer_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["core_document.id"],
            name=op.f("fk_trade_complaint_answer_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_trade_complaint_answer")),
    )
    op.create_index(
        op.f("ix_trade_complaint_answer_complaint_id"), "trade_complaint_answer", ["complaint_id"], unique=False
    )
    op.create_table(
        "trade_complaint_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["trade_complaint.id"], name=op.f("fk_trade_complaint_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_complaint_line_item_id")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["trade_complaint_reason.id"], name=op.f("fk_trade_complaint_line_reason_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["contacts_contact.id"], name=op.f("fk_trade_complaint_line_supplier_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_trade_complaint_line")),
    )
    op.create_index(op.f("ix_trade_complaint_line_item_id"), "trade_complaint_line", ["item_id"], unique=False)
    op.create_index(op.f("ix_trade_complaint_line_reason_id"), "trade_complaint_line", ["reason_id"], unique=False)
    op.create_index(op.f("ix_trade_complaint_line_supplier_id"), "trade_complaint_line", ["supplier_id"], unique=False)
    # name, the key by which it stands in order
    op.execute(
        "INSERT INTO trade_complaint_reason (name, name_order, is_active, version) VALUES"
        " ('Defective', 'defective\x01\x01\x03', true, 1),"
        " ('Damaged on the way', 'damaged on the way\x01\x01\x03', true, 1),"
        " ('Wrong goods', 'wrong goods\x01\x01\x03', true, 1),"
        " ('Less than ordered', 'less than ordered\x01\x01\x03', true, 1),"
        " ('Late', 'late\x01\x01\x03', true, 1),"
        " ('Service was bad', 'service was bad\x01\x01\x03', true, 1)"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_complaint_line_supplier_id"), table_name="trade_complaint_line")
    op.drop_index(op.f("ix_trade_complaint_line_reason_id"), table_name="trade_complaint_line")
    op.drop_index(op.f("ix_trade_complaint_line_item_id"), table_name="trade_complaint_line")
    op.drop_table("trade_complaint_line")
    op.drop_index(op.f("ix_trade_complaint_answer_complaint_id"), table_name="trade_complaint_answer")
    op.drop_table("trade_complaint_answer")
    op.drop_index(
        "ix_trade_complaint_under_way",
        table_name="trade_complaint",
        sqlite_where=sa.text("stage IN ('open', 'in_work')"),
        postgresql_where=sa.text("stage IN ('open', 'in_work')"),
    )
    op.drop_index(op.f("ix_trade_complaint_contact_id"), table_name="trade_complaint")
    op.drop_table("trade_complaint")
    op.drop_table("trade_complaint_reason")
