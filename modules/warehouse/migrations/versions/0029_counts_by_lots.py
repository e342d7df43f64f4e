"""What is counted names its lot or serial number."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_TALLY = "warehouse_count_tally"


def upgrade() -> None:
    op.add_column(_TALLY, sa.Column("lot", sa.String(60), server_default="", nullable=False))
    op.add_column(_TALLY, sa.Column("expires", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column(_TALLY, "expires")
    op.drop_column(_TALLY, "lot")
