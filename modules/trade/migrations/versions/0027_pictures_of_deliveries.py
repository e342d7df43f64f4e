"""Pictures of deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "trade_parcel_picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parcel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["trade_parcel.id"], name=op.f("fk_trade_parcel_picture_parcel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_parcel_picture")),
        sa.UniqueConstraint("parcel_id", "what", name=op.f("uq_trade_parcel_picture_parcel_id_what")),
    )


def downgrade() -> None:
    op.drop_table("trade_parcel_picture")
