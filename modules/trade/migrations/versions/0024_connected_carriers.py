"""Connected carriers."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "trade_carrier_bridge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("sealed_secret", sa.Text(), server_default="", nullable=False),
        sa.Column("seconds", sa.Integer(), server_default="15", nullable=False),
        sa.Column("tracking_page", sa.String(length=300), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_carrier_bridge")),
        sa.UniqueConstraint("name", name=op.f("uq_trade_carrier_bridge_name")),
    )
    op.create_table(
        "trade_carrier_booking",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parcel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bridge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=60), server_default="", nullable=False),
        sa.Column("said", sa.String(length=300), server_default="", nullable=False),
        sa.Column("ask_at", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.String(length=300), server_default="", nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("label_type", sa.String(length=20), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["trade_carrier_bridge.id"], name=op.f("fk_trade_carrier_booking_bridge_id")
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["trade_parcel.id"], name=op.f("fk_trade_carrier_booking_parcel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_carrier_booking")),
        sa.UniqueConstraint("key", name=op.f("uq_trade_carrier_booking_key")),
    )
    op.create_index("ix_trade_carrier_booking_ask_at", "trade_carrier_booking", ["ask_at"], unique=False)
    op.create_index(op.f("ix_trade_carrier_booking_bridge_id"), "trade_carrier_booking", ["bridge_id"], unique=False)
    op.create_index(
        "uq_trade_carrier_booking_parcel_id",
        "trade_carrier_booking",
        ["parcel_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_trade_carrier_booking_parcel_id",
        table_name="trade_carrier_booking",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index(op.f("ix_trade_carrier_booking_bridge_id"), table_name="trade_carrier_booking")
    op.drop_index("ix_trade_carrier_booking_ask_at", table_name="trade_carrier_booking")
    op.drop_table("trade_carrier_booking")
    op.drop_table("trade_carrier_bridge")
