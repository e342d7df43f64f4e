"""What lines say of lots and serial numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("trade_line", sa.Column("lots", sa.Text(), nullable=False, server_default=""))
    op.add_column("trade_line", sa.Column("expires", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("trade_line", "expires")
    op.drop_column("trade_line", "lots")
