"""What the letters of a repetition say. Its note was sent so far, and is the company's own: it isn't taken over."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("trade_repetition", sa.Column("letter", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("trade_repetition", "letter")
