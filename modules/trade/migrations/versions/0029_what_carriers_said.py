"""What carriers said."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column(
        "trade_carrier_booking", sa.Column("said_state", sa.String(length=12), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("trade_carrier_booking", "said_state")
