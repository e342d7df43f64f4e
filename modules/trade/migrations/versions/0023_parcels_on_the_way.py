"""What is still to be delivered is found without walking through what was."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.drop_index("ix_trade_parcel_carrier_tour_day", table_name="trade_parcel")
    op.create_index(
        "ix_trade_parcel_carrier_tour_day",
        "trade_parcel",
        ["carrier", "tour_day"],
        unique=False,
        sqlite_where=sa.text("state <> 'delivered'"),
        postgresql_where=sa.text("state <> 'delivered'"),
    )


def downgrade() -> None:
    op.drop_index("ix_trade_parcel_carrier_tour_day", table_name="trade_parcel")
    op.create_index("ix_trade_parcel_carrier_tour_day", "trade_parcel", ["carrier", "tour_day"], unique=False)
