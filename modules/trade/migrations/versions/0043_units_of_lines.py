"""The boxes and pallets that were scanned for lines."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column("trade_line", sa.Column("logistic_unit", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("trade_line", "logistic_unit")
