"""Parcels."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "trade_parcel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=60), server_default="", nullable=False),
        sa.Column("tracking", sa.String(length=60), server_default="", nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="packed", nullable=False),
        sa.Column("tour_day", sa.Date(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.Column("received_by", sa.String(length=100), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_parcel_contact_id")),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["core_document.id"], name=op.f("fk_trade_parcel_sale_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_parcel")),
        sa.UniqueConstraint("sale_id", "position", name=op.f("uq_trade_parcel_sale_id_position")),
    )
    op.create_index("ix_trade_parcel_carrier_tour_day", "trade_parcel", ["carrier", "tour_day"], unique=False)
    op.create_index(op.f("ix_trade_parcel_contact_id"), "trade_parcel", ["contact_id"], unique=False)
    op.create_index(op.f("ix_trade_parcel_tracking"), "trade_parcel", ["tracking"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trade_parcel_tracking"), table_name="trade_parcel")
    op.drop_index(op.f("ix_trade_parcel_contact_id"), table_name="trade_parcel")
    op.drop_index("ix_trade_parcel_carrier_tour_day", table_name="trade_parcel")
    op.drop_table("trade_parcel")
