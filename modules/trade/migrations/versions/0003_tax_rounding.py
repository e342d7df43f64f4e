"""Tax rounding."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "trade_document", sa.Column("tax_rounding", sa.String(length=4), server_default="line", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("trade_document", "tax_rounding")
