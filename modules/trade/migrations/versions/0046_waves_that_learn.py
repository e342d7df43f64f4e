"""Waves know what others shipped of their orders; a customer's last parcel is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.add_column("trade_wave_line", sa.Column("gone", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_trade_parcel_contact_id_id", "trade_parcel", ["contact_id", "id"], unique=False)
    op.drop_index("ix_trade_parcel_contact_id", table_name="trade_parcel")


def downgrade() -> None:
    op.create_index("ix_trade_parcel_contact_id", "trade_parcel", ["contact_id"], unique=False)
    op.drop_index("ix_trade_parcel_contact_id_id", table_name="trade_parcel")
    op.drop_column("trade_wave_line", "gone")
