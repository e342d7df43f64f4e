"""Days of parcels."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("trade_parcel", sa.Column("made_on", sa.Date(), nullable=True))
    op.add_column("trade_parcel", sa.Column("state_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("trade_parcel", "state_on")
    op.drop_column("trade_parcel", "made_on")
