"""How much lines are in the second unit of their items."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("trade_line", sa.Column("second", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("trade_line", "second")
